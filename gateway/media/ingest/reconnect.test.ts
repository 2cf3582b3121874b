/** Coming back: soon, then slower, spread, left alone where the camera asks for it, and never all cameras at once. */
import { describe, expect, it } from 'vitest'
import { createFakeClock, settle } from '../../testing/fake-clock.ts'
import { retryDelayMs } from './backoff.ts'
import { ConnectGate } from './gate.ts'

const fault = (kind: Parameters<typeof retryDelayMs>[1]['kind'], hints = {}) => ({ kind, hints })

describe('retryDelayMs', () => {
  it('doubles from half a second to 15 s, spread over a factor of three', () => {
    const delays = [1, 2, 3, 6, 30].map(attempt => retryDelayMs(attempt, fault('closed'), 0.5))
    expect(delays).toEqual([500, 1000, 2000, 15_000, 15_000])
    expect([0, 1].map(random => retryDelayMs(6, fault('closed'), random))).toEqual([7500, 22_500])
  })

  it('leaves a camera that refused the login alone for a minute and more, a busy one as long as it asks', () => {
    expect(retryDelayMs(1, fault('unauthorized'), 0)).toBe(60_000)
    expect(retryDelayMs(9, fault('unauthorized'), 1)).toBe(900_000)
    expect(retryDelayMs(1, fault('busy'), 0)).toBe(5000)
    expect(retryDelayMs(1, fault('busy', { retryAfterMs: 120_000 }), 0)).toBe(120_000)
    expect(retryDelayMs(20, fault('busy', { retryAfterMs: 0 }), 0)).toBe(15_000)
  })
})

describe('ConnectGate', () => {
  it('lets so many in at a time, in order, however many come', async () => {
    const clock = createFakeClock()
    const gate = new ConnectGate(clock, 100)
    const { signal } = new AbortController()
    const inside: number[] = []
    const leaves: (() => void)[] = []
    for (let i = 0; i < 1000; i++)
      void gate.enter(signal).then(leave => {
        inside.push(i)
        leaves.push(leave)
      })
    await settle()
    expect([inside.length, gate.waiting]).toEqual([100, 900])
    for (const leave of leaves.splice(0, 30)) {
      leave()
      leave()
    }
    await settle()
    expect(inside.length).toBe(130)
    expect(inside).toEqual([...inside].sort((a, b) => a - b))
    // Those that hang give their places up after a second: ten seconds for a thousand dead cameras.
    await clock.advance(9000)
    expect([inside.length, gate.waiting]).toEqual([1000, 0])
  })

  it('forgets who gave up waiting', async () => {
    const clock = createFakeClock()
    const gate = new ConnectGate(clock, 1)
    const stay = await gate.enter(new AbortController().signal)
    const abort = new AbortController()
    const waiting = gate.enter(abort.signal)
    abort.abort()
    ;(await waiting)()
    expect(gate.waiting).toBe(0)
    stay()
    await gate.enter(new AbortController().signal)
    const late = gate.enter(abort.signal)
    ;(await late)()
    expect(gate.waiting).toBe(0)
  })
})
