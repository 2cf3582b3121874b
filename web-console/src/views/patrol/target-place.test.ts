/** A car's place is one for the words and for the map: young, or that of the press. */
import { expect, it } from 'vitest'
import { T0 } from '../../testing/samples.ts'
import { youngOf } from './target-place.ts'

it('goes by the newest place of the car for ten minutes, as the gateway does, and then by that of the press', () => {
  const moving = { point: { lat: 27, lon: 119.6, datum: 'wgs84' as const }, atMs: T0 }
  const min = 60_000
  // Its clock may be a little ahead of ours.
  expect([-1, 0, 10].map(age => youngOf(moving, T0 + age * min))).toEqual([moving, moving, moving])
  expect(youngOf(moving, T0 + 10 * min + 1)).toBeUndefined()
  expect(youngOf(undefined, T0)).toBeUndefined()
})
