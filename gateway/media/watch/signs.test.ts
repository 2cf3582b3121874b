/** Signs of health as a worker measures them: clocks that stand or drift, loss, reconnects, keyframes. */
import { expect, it } from 'vitest'
import { Signs } from './signs.ts'

const T0 = 1_800_000_000_000

/** `say` gives the packets and the RTP time of each second. */
function watched(
  seconds: number,
  say: (s: number) => { packets: number; rtpTime: number },
  each?: (signs: Signs, s: number) => void
) {
  const signs = new Signs()
  signs.opened(T0)
  signs.playing(T0)
  for (let s = 1; s <= seconds; s++) {
    each?.(signs, s)
    signs.tick(T0 + s * 1_000, say(s))
  }
  return signs.figures(T0 + seconds * 1_000)
}
const going = (s: number) => ({ packets: s * 100, rtpTime: s * 90_000 })

it('a clock that goes, a clock that stands, and a camera that says nothing', () => {
  expect(watched(60, going).clockStoodMs).toBe(0)
  expect(watched(60, s => ({ packets: s * 100, rtpTime: Math.min(s, 30) * 90_000 })).clockStoodMs).toBe(30_000)
  // No packets: nothing can be said of its clock.
  expect(watched(60, s => going(Math.min(s, 30))).clockStoodMs).toBe(0)
})

it('sender reports that repeat their time', () => {
  const report = (signs: Signs, s: number) =>
    s % 5 === 0 && signs.report(T0 + Math.min(s, 20) * 1_000 + 300, T0 + s * 1_000)
  expect(watched(60, going, report).clockStoodMs).toBe(40_000)
})

it('offset and drift from sender reports; what counts from the start of the device is no clock', () => {
  const drifting = (signs: Signs, s: number) =>
    s % 5 === 0 && signs.report(T0 + s * 1_000 + 192_000 + s / 2, T0 + s * 1_000)
  const figures = watched(1_800, going, drifting)
  expect(figures.clockOffsetMs).toBeGreaterThan(192_850)
  expect(figures.clockOffsetMs).toBeLessThan(192_901)
  // Half a millisecond a second.
  expect(figures.clockTrendMsPerHour).toBeGreaterThan(1_750)
  expect(figures.clockTrendMsPerHour).toBeLessThan(1_850)
  const uptime = (signs: Signs, s: number) => s % 5 === 0 && signs.report(s * 1_000, T0 + s * 1_000)
  expect(watched(60, going, uptime)).toMatchObject({ clockOffsetMs: undefined, clockStoodMs: 0 })
})

it('loss over about a minute', () => {
  expect(watched(300, going).lossPercent).toBe(0)
  expect(watched(300, going, signs => signs.lost(2)).lossPercent).toBeCloseTo(1.96, 1)
  const once = (signs: Signs, s: number) => s === 10 && signs.lost(500)
  expect(watched(20, going, once).lossPercent).toBeGreaterThan(10)
  expect(watched(600, going, once).lossPercent).toBeLessThan(0.01)
})

it('reconnects of the last hour; the first session is none', () => {
  const again = (signs: Signs, s: number) => s % 600 === 0 && signs.playing(T0 + s * 1_000)
  expect(watched(1_700, going, again).reconnects).toBe(2)
  expect(watched(2 * 3_600, going, again).reconnects).toBe(7)
})

it('keyframes: the newest, and how far apart', () => {
  const keys = (signs: Signs, s: number) => s % 4 === 0 && s <= 100 && signs.key(T0 + s * 1_000)
  expect(watched(130, going, keys)).toMatchObject({ lastKeyAtMs: T0 + 100_000, keyIntervalMs: 4_000 })
})
