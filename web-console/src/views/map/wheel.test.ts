/** A turn of the wheel zooms as far as the map's library would. */
import { expect, it } from 'vitest'
import { zoomsOf } from './wheel.ts'

// By the library's rule: scale = 2 / (1 + e^(-|delta| / 450)).
it.each([
  ['a notch away', { deltaY: 120, deltaMode: 0 }, -0.1796],
  ['a notch nearer', { deltaY: -120, deltaMode: 0 }, 0.1796],
  ['three lines', { deltaY: 3, deltaMode: 1 }, -0.1796],
  ['a finger on a trackpad', { deltaY: 4, deltaMode: 0 }, -0.0286],
  ['a wheel that was thrown', { deltaY: -100_000, deltaMode: 0 }, 1],
  ['aside only', { deltaY: 0, deltaMode: 0 }, 0]
])('%s', (_, turn, zooms) => {
  expect(zoomsOf(turn)).toBeCloseTo(zooms, 3)
})
