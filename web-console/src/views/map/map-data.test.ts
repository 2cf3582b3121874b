/** Geometry of the map's changing layers. */
import { describe, expect, it } from 'vitest'
import { incident, T0, unit } from '../../testing/samples.ts'
import { placeOf, routesOf } from './map-data.ts'

const at = (lat: number, lon: number) => ({ lat, lon, datum: 'wgs84' }) as const
describe('places and routes', () => {
  const there = incident('i-1', { position: at(27.03, 119.61) })
  const position = { point: at(27.02, 119.6), atMs: T0 }

  it('takes the latest place of a vehicle before where it pressed', () => {
    expect(placeOf(there, new Map())).toEqual(at(27.03, 119.61))
    expect(placeOf(there, new Map([['i-1', position]]))).toEqual(at(27.02, 119.6))
    expect(placeOf(incident('i-2'), new Map())).toBeUndefined()
  })

  it('draws lines of units under way only', () => {
    const moving = unit('u-1', { state: 'enRoute', incidentId: there.id, position })
    const waiting = unit('u-2', { state: 'available', position })
    const { features } = routesOf([moving, waiting], new Map([['i-1', there]]), new Map())
    expect(features.map(each => each.geometry)).toEqual([
      {
        type: 'LineString',
        coordinates: [
          [119.6, 27.02],
          [119.61, 27.03]
        ]
      }
    ])
  })
})
