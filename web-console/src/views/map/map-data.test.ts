/** Geometry of the map's changing layers. */
import { describe, expect, it } from 'vitest'
import { incident, T0, unit } from '../../testing/samples.ts'
import { boundsOf, paddingOf } from './frame.ts'
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

describe('the frame', () => {
  it('holds every open incident that has a place, and no other', () => {
    const at = (id: string, lon: number, lat: number, state: 'new' | 'closed' = 'new') =>
      incident(id, { state, position: { lon, lat, datum: 'wgs84' } })
    const all = [at('a', 119.6, 27.03), at('b', 119.62, 27.01), at('gone', 120, 28, 'closed'), incident('nowhere')]
    expect(boundsOf(all, new Map())).toEqual([119.6, 27.01, 119.62, 27.03])
    expect(boundsOf([incident('nowhere')], new Map())).toBeUndefined()
    expect(paddingOf(560).left * 2).toBeLessThan(560)
  })
})
