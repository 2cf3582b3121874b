/** What the map is brought to show: every open incident whose place is known, a vehicle where it is now. */
import { expect, it } from 'vitest'
import type { Position } from '../../../../gateway/core/geo.ts'
import { incident } from '../../testing/samples.ts'
import { frameOf } from './frame.ts'

const at = (lat: number, lon: number) => ({ lat, lon, datum: 'wgs84' }) as const

it('holds every open incident that has a place, a vehicle where it is now, and none that is filed', () => {
  const incidents = [
    { ...incident('a'), position: at(27.03, 119.61) },
    { ...incident('b'), position: at(27.05, 119.6) },
    { ...incident('taxi'), position: at(20, 100) },
    { ...incident('old'), state: 'closed' as const, position: at(10, 10) },
    { ...incident('nowhere'), position: undefined }
  ] as never
  const vehicles = new Map([['taxi', { point: at(27.04, 119.65) } as Position]])
  expect(frameOf(incidents, vehicles)).toEqual([
    [119.6, 27.03],
    [119.65, 27.05]
  ])
})

it('is nothing where nothing is open', () => {
  expect(
    frameOf([{ ...incident('old'), state: 'resolved' as const, position: at(1, 1) } as never], new Map())
  ).toBeUndefined()
})
