/** Geometry of the map's changing layers. */
import { describe, expect, it } from 'vitest'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { incident, T0, unit } from '../../testing/samples.ts'
import { isBare, placeOf, routesOf } from './map-data.ts'

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
    expect(features.map(each => each.properties)).toEqual([{ by: 'straight' }])
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

  it('draws what lies before a unit of its way along the road, and a straight line to a vehicle', () => {
    const moving = unit('u-1', {
      state: 'enRoute',
      incidentId: there.id,
      position: { point: at(27.0201, 119.605), atMs: T0 }
    })
    const path = [
      [119.6, 27.02],
      [119.604, 27.02],
      [119.61, 27.02],
      [119.61, 27.03]
    ] as const
    const way = { unitId: moving.id, by: 'road', path } as const
    const lineTo = (to: Incident) => routesOf([moving], new Map([['i-1', to]]), new Map(), [way]).features[0]
    expect(lineTo(there)).toMatchObject({
      properties: { by: 'road' },
      geometry: {
        coordinates: [
          [119.605, 27.0201],
          [119.61, 27.02],
          [119.61, 27.03]
        ]
      }
    })
    expect(lineTo({ ...there, subject: { ...there.subject, kind: 'vehicle' } })?.properties).toEqual({ by: 'straight' })
  })
})

it('is bare without streets, unless a map server draws the ground', () => {
  const layers = (features: readonly object[]) => ({ streets: { features }, buildings: {}, water: {}, parks: {} })
  const tiles = { datum: 'wgs84', minZoom: 3, maxZoom: 18, attribution: '' } as const
  expect(isBare({ layers: layers([]) })).toBe(true)
  expect(isBare({ layers: layers([{}]) })).toBe(false)
  expect(isBare({ layers: layers([]), tiles })).toBe(false)
})
