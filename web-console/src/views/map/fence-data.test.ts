/** The fence on the map: a circle as a closed ring of its radius, a polygon closed, the place as a point. */
import { expect, it } from 'vitest'
import { fenceOf } from './fence-data.ts'

const at = (lat: number, lon: number) => ({ lat, lon, datum: 'wgs84' }) as const
const CENTER = at(27.032, 119.612)

it('draws a circle at its radius, closed, and the place', () => {
  const look = {
    consent: true,
    fenceShape: { name: '住处周边', circle: { center: CENTER, radiusM: 150 } },
    position: { point: at(27.035, 119.612), atMs: 1 }
  }
  const [fence, place] = fenceOf(look).features
  const ring = fence?.geometry.type === 'Polygon' ? (fence.geometry.coordinates[0] ?? []) : []
  expect(ring.at(-1)).toEqual(ring[0])
  const metres = (degrees: number, lat = 0) => degrees * 111_195 * Math.cos((lat * Math.PI) / 180)
  for (const [lon = 0, lat = 0] of ring)
    expect(Math.hypot(metres(lat - CENTER.lat), metres(lon - CENTER.lon, CENTER.lat))).toBeCloseTo(150, 0)
  expect(place?.geometry).toEqual({ type: 'Point', coordinates: [119.612, 27.035] })
})

it('closes a polygon; draws nothing without fence and place', () => {
  const polygon = [at(27, 119), at(27, 120), at(28, 120)]
  const [fence] = fenceOf({ consent: true, fenceShape: { name: 'a', polygon } }).features
  expect(fence?.geometry).toEqual({
    type: 'Polygon',
    coordinates: [
      [
        [119, 27],
        [120, 27],
        [120, 28],
        [119, 27]
      ]
    ]
  })
  expect(fenceOf(undefined).features).toEqual([])
  expect(fenceOf({ consent: false }).features).toEqual([])
})
