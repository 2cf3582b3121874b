/** Geometry of the map's changing layers. */
import { describe, expect, it } from 'vitest'
import { bearingDeg, distanceM } from '../../../../gateway/core/geo.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { incident, T0, unit } from '../../testing/samples.ts'
import { dotsOf, placeOf, routesOf, sectorsOf } from './map-data.ts'

const at = (lat: number, lon: number) => ({ lat, lon, datum: 'wgs84' }) as const
const camera = {
  id: 'cam-1',
  name: '人民桥北头',
  position: at(27.03, 119.61),
  yawDeg: 90,
  fovDeg: 60,
  health: 'live'
} as unknown as CameraView

describe('cameras', () => {
  it('draws the sector along the yaw, as wide as the field of view', () => {
    const [feature] = sectorsOf([camera], new Set(['cam-1'])).features
    const ring = feature?.geometry.type === 'Polygon' ? (feature.geometry.coordinates[0] ?? []) : []
    const [apex, ...arc] = ring.map(([lon = 0, lat = 0]) => at(lat, lon))
    const middle = arc[5]
    const [first, last] = [arc[0], arc[10]]
    if (!apex || !middle || !first || !last) throw new Error('no sector')
    expect(distanceM(apex, middle)).toBeCloseTo(48, 0)
    expect(bearingDeg(apex, middle)).toBeCloseTo(90, 0)
    expect(bearingDeg(apex, first)).toBeCloseTo(60, 0)
    expect(bearingDeg(apex, last)).toBeCloseTo(120, 0)
    expect(ring.at(-1)).toEqual(ring[0])
    expect(feature?.properties).toEqual({ open: true })
  })

  it('draws a dot, but no sector, where the view is not known', () => {
    const { yawDeg: _, ...blind } = camera
    expect(sectorsOf([blind as CameraView], new Set()).features).toEqual([])
    expect(dotsOf([blind as CameraView], new Set()).features[0]?.properties).toMatchObject({
      open: false,
      health: 'live'
    })
  })
})

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
