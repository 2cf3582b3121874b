/** Fences: circle and polygon, the margin, uncertain fixes, and a walk along the line that is no alarm storm. */
import { expect, test } from 'vitest'
import { afterFix, type Fence, type FenceState, INSIDE, outsideM } from './fence.ts'
import type { GeoPoint, Position } from './geo.ts'

const home: GeoPoint = { lat: 27.032, lon: 119.612, datum: 'wgs84' }
/** Metres north and east of home. */
const at = (north: number, east = 0): GeoPoint => ({
  lat: home.lat + north / 111_195,
  lon: home.lon + east / (111_195 * Math.cos((home.lat * Math.PI) / 180)),
  datum: 'wgs84'
})
const circle: Fence = { name: '家', circle: { center: home, radiusM: 100 } }
/** An L of two rooms, 100 m each, that misses its north-east. */
const polygon: Fence = {
  name: '小区',
  polygon: [at(0, 0), at(100, 0), at(100, 50), at(50, 50), at(50, 100), at(0, 100)]
}
const walk = (fence: Fence, steps: readonly (readonly [number, number?, number?])[]) => {
  let state: FenceState = INSIDE
  return steps.map(([north, east = 0, accuracyM]) => {
    const position: Position = { point: at(north, east), atMs: 1, ...(accuracyM === undefined ? {} : { accuracyM }) }
    state = afterFix(fence, state, position)
    return state.outside
  })
}

test.each([
  [circle, at(0), -100],
  [circle, at(100), 0],
  [circle, at(0, 250), 150],
  [polygon, at(25, 25), -25],
  [polygon, at(75, 75), 25],
  [polygon, at(-40, 50), 40],
  [polygon, at(130, 140), 89],
  [polygon, at(50, 140), 40]
])('%j from %j: %d m', (fence, point, expected) => {
  expect(outsideM(fence, point)).toBeGreaterThan(expected - 1)
  expect(outsideM(fence, point)).toBeLessThan(expected + 1)
})

test('out after two fixes beyond the margin, back with the first inside; along the line nothing happens', () => {
  expect(walk(circle, [[0], [120], [125], [128]])).toEqual([false, false, false, false])
  expect(walk(circle, [[0], [140], [0], [150], [160]])).toEqual([false, false, false, false, true])
  expect(walk(circle, [[140], [150], [110], [101], [99], [120], [125]])).toEqual([
    ...[false, true, true, true, false, false, false]
  ])
  expect(walk({ ...circle, hysteresisM: 0 }, [[101], [102]])).toEqual([false, true])
})

test('an uncertain fix needs to be farther out, a very uncertain one says nothing, in either direction', () => {
  expect(
    walk(circle, [
      [150, 0, 40],
      [160, 0, 40],
      [180, 0, 40],
      [180, 0, 40]
    ])
  ).toEqual([false, false, false, true])
  expect(
    walk(circle, [
      [500, 0, 300],
      [500, 0, 300]
    ])
  ).toEqual([false, false])
  expect(walk(circle, [[200], [200], [0, 0, 300], [0]])).toEqual([false, true, true, false])
})
