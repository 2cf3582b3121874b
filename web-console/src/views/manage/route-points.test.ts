/** Places of check points: what people paste, what is picked on the map, and which point a picked place is for. */
import { expect, it } from 'vitest'
import { type FormPoint, placed, placeOf, pointOf } from './route-points.ts'

const point = (key: number, place: string): FormPoint => ({ key, name: `点 ${key}`, place, radiusM: '50' })
const AT = { lat: 27.0312345, lon: 119.6198765 }

it('reads a place as it is copied, and nothing else', () => {
  expect(placeOf('27.0330, 119.6130')).toEqual({ lat: 27.033, lon: 119.613 })
  expect(placeOf(' 27.0320，119.6122 ')).toEqual({ lat: 27.032, lon: 119.6122 })
  for (const wrong of ['', '27.03', '27.03, east', '91, 119', '1, 2, 3']) expect(placeOf(wrong)).toBeUndefined()
  expect(pointOf(point(1, 'nowhere'))).toMatchObject({ lat: 0, lon: 0, radiusM: 50 })
})

it('a picked place goes to the chosen point, else to the one that waits for it, else it is a new point', () => {
  const points = [point(1, '27.0330, 119.6130'), point(2, '')]
  expect(placed(points, 1, AT, () => 9)[0]?.place).toBe('27.03123, 119.61988')
  expect(placed(points, undefined, AT, () => 9).map(({ place }) => place)).toEqual([
    '27.0330, 119.6130',
    '27.03123, 119.61988'
  ])
  expect(placed(points.slice(0, 1), undefined, AT, () => 9)[1]).toMatchObject({ key: 9, place: '27.03123, 119.61988' })
})
