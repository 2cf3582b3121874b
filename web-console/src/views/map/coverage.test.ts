/** Cameras that see a place: near, looking its way; those whose direction nobody knows come last. */
import { expect, it } from 'vitest'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { coverageOf, REACH_M } from './coverage.ts'

const PLACE = { lat: 27.03, lon: 119.61 }
/** So many metres north and east of the place. */
const camera = (id: string, north: number, east: number, yawDeg?: number, fovDeg?: number) =>
  ({
    ...{ id, name: id, ownership: 'public', health: 'live', yawDeg, fovDeg },
    position: {
      lat: PLACE.lat + north / 111_195,
      lon: PLACE.lon + east / (111_195 * Math.cos((PLACE.lat * Math.PI) / 180)),
      datum: 'wgs84'
    }
  }) as unknown as CameraView

const seen = (...cameras: CameraView[]) => coverageOf(PLACE, cameras).map(({ camera: { id }, way }) => `${id} ${way}`)

it('one that looks at the place sees it, one that looks away does not', () => {
  // North of it: looking south sees it; west of it: looking east.
  expect(seen(camera('south', 50, 0, 180, 90), camera('north', 50, 0, 0, 90), camera('east', 0, -30, 90, 60))).toEqual([
    ...['east looks', 'south looks']
  ])
})

it('over north the angle goes round', () => {
  expect(seen(camera('a', -40, 5, 350, 30), camera('b', -40, -5, 10, 30), camera('c', -40, 0, 20, 30))).toEqual([
    ...['a looks', 'b looks']
  ])
})

it('too far is too far; unknown directions come last; at its feet it sees whatever way it looks', () => {
  expect(
    seen(
      camera('far', REACH_M + 1, 0, 180, 90),
      camera('unknown', 5, 0),
      camera('edge', REACH_M - 1, 0, 180, 90),
      camera('feet', 2, 0, 0, 30)
    )
  ).toEqual(['feet looks', 'edge looks', 'unknown unknown'])
})
