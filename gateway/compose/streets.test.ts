/** Which incidents keep the place of their press, and that the words are asked for once. */
import { expect, it } from 'vitest'
import type { SubjectCard } from '../core/incident.ts'
import { createStreets } from './streets.ts'

const streets = createStreets({
  features: [
    {
      properties: { name: '东街' },
      geometry: {
        type: 'LineString',
        coordinates: [
          [119.6, 27.03],
          [119.61, 27.03]
        ]
      }
    }
  ]
})
const point = { lat: 27.03, lon: 119.605, datum: 'wgs84' as const }
const told = { point, atMs: 1, speedKmh: 40 }
const card = (kind: SubjectCard['kind']) => ({ kind }) as SubjectCard
const home = (lat: number) => ({ ...point, lat })

it('a vehicle and whoever is not at home keep it, in words; who is at home and a box on a wall do not', () => {
  const named = { ...told, street: { street: '东街' } }
  expect(streets.fixOf(told, 'taxi', card('vehicle'), undefined)).toEqual(named)
  expect(streets.fixOf(told, 'oneKeyCall', card('household'), home(27.04))).toEqual(named)
  expect(streets.fixOf(told, 'oneKeyCall', card('person'), undefined)).toEqual(named)
  expect(streets.fixOf(told, 'oneKeyCall', card('household'), home(27.0301))).toBeUndefined()
  expect(streets.fixOf(told, 'alarmBox', card('household'), home(27.04))).toBeUndefined()
})

it('where no street is near it keeps the numbers alone', () => {
  const far = { ...told, point: home(27.5) }
  expect(streets.fixOf(far, 'taxi', card('vehicle'), undefined)).toEqual(far)
})
