/** What a peer is sent and when: from a keyframe on, never a burst, never what comes too late, RTP time never backwards. */
import { describe, expect, it } from 'vitest'
import type { RtpFrame } from './frames.ts'
import { Pace, type Packet, STEP_BYTES } from './pace.ts'

const frame = (n: number, key = false, packets = 2): RtpFrame => ({
  key,
  ticks: n * 3600,
  wallMs: n * 40,
  bytes: new Uint8Array(packets * 1000),
  ends: Array.from({ length: packets }, (_, i) => (i + 1) * 1000)
})
const gop = (from: number, count: number, packets = 2): RtpFrame[] =>
  Array.from({ length: count }, (_, n) => frame(from + n, n === 0, packets))
const all = (pace: Pace): Packet[] => {
  const packets: Packet[] = []
  while (!pace.isEmpty) packets.push(...pace.next())
  return packets
}
const times = (packets: readonly Packet[]): number[] => packets.filter(({ marker }) => marker).map(p => p.timestamp)

describe('the pace of a peer', () => {
  it('begins with everything since the last keyframe, close together, and goes on in the time of the source', () => {
    const pace = new Pace(500)
    pace.begin(gop(10, 4), 0)
    pace.frame(frame(14))
    pace.frame(frame(15))
    const sent = times(all(pace))
    expect(sent.map(time => time - 500)).toEqual([...[30, 20, 10, 0].map(n => 13 * 3600 - n), 14 * 3600, 15 * 3600])
    expect(pace.dropped).toBe(0)
  })

  it('sends nothing before the first keyframe', () => {
    const pace = new Pace(0)
    pace.begin([], 0)
    pace.frame(frame(1))
    expect([pace.isEmpty, pace.dropped]).toEqual([true, 1])
    pace.frame(frame(2, true))
    expect(times(all(pace))).toEqual([7200])
  })

  it('never sends more than a step at once, not even of one picture', () => {
    const pace = new Pace(0)
    pace.begin([frame(0, true, 300)], 0)
    const steps: number[] = []
    while (!pace.isEmpty) steps.push(pace.next().reduce((sum, { payload }) => sum + payload.length, 0))
    expect(steps.length).toBe(5)
    expect(Math.max(...steps)).toBeLessThan(STEP_BYTES + 1000)
  })

  it('leaves out what comes too late, up to a keyframe', () => {
    const pace = new Pace(0)
    pace.begin(gop(0, 1), 0)
    for (let n = 1; n < 30; n++) pace.frame(frame(n, false, 100))
    // 2 kB of replay and 1 MiB of waiting, the last one over it.
    expect(pace.dropped).toBe(18)
    pace.frame(frame(30, true))
    expect(pace.dropped).toBe(19)
    all(pace)
    pace.frame(frame(31))
    pace.frame(frame(32, true))
    pace.frame(frame(33))
    expect(times(all(pace))).toEqual([32 * 3600, 33 * 3600])
  })

  it('answers a wish for a keyframe with the last one, once a second, later than what went before', () => {
    const pace = new Pace(0)
    const replay = gop(0, 50)
    pace.begin(replay, 0)
    const first = times(all(pace))
    expect(pace.wantsKey(999)).toBe(false)
    expect(pace.wantsKey(1000)).toBe(true)
    pace.begin(replay, 1000)
    const again = times(all(pace))
    expect(again[0]).toBeGreaterThan(first.at(-1) ?? 0)
    expect(again).toHaveLength(50)
    // Half a frame's time at most: the picture does not fall behind by it.
    expect((again.at(-1) ?? 0) - (first.at(-1) ?? 0)).toBeLessThan(1000)
    pace.frame(frame(50))
    expect(times(all(pace))[0]).toBeGreaterThan(again.at(-1) ?? 0)
  })

  it('sends keyframes only while the line loses packets, and everything again from a keyframe on', () => {
    const pace = new Pace(0)
    pace.begin(gop(0, 2), 0)
    all(pace)
    pace.lost(0.05)
    pace.frame(frame(2))
    pace.lost(0.3)
    for (const each of gop(3, 3)) pace.frame(each)
    expect(times(all(pace))).toEqual([7200, 10_800])
    expect(pace.wantsKey(5000)).toBe(false)
    pace.lost(0.01)
    pace.frame(frame(6))
    for (const each of gop(7, 2)) pace.frame(each)
    expect(times(all(pace))).toEqual([7 * 3600, 8 * 3600])
  })

  it('goes on after a source whose time is another, and over the end of 32 bits', () => {
    const pace = new Pace(2 ** 32 - 5000)
    pace.begin(gop(0, 2), 0)
    pace.begin(gop(500_000, 1), 100)
    pace.begin(gop(3, 1), 200)
    pace.frame(frame(4))
    const sent = times(all(pace))
    expect(sent.every(time => time >= 0 && time < 2 ** 32)).toBe(true)
    const steps = sent.slice(1).map((time, n) => (time - (sent[n] ?? 0) + 2 ** 32) % 2 ** 32)
    expect(steps.every(step => step > 0 && step < 2 ** 31)).toBe(true)
  })
})
