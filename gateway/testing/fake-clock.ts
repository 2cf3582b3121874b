/** A clock that only moves when a test says so. */
import type { Clock } from '../core/ports.ts'

interface Timer {
  dueMs: number
  readonly order: number
  readonly callback: () => void
  readonly everyMs?: number
}

export interface FakeClock extends Clock {
  /** Moves time forward and runs what falls due, in order, letting promises settle between two timers. */
  advance(ms: number): Promise<void>
  /** Sets the clock, as NTP does: time jumps, and timers run on as if nothing had happened. */
  set(byMs: number): void
  readonly pending: number
}

/** Starts at 2026-11-22 03:12:31 in Shanghai unless told otherwise. */
export function createFakeClock(startMs = Date.UTC(2026, 10, 21, 19, 12, 31)): FakeClock {
  let nowMs = startMs
  let setMs = startMs
  let order = 0
  const timers = new Set<Timer>()
  const add = (dueMs: number, callback: () => void, everyMs?: number) => {
    const timer: Timer = { dueMs, order: order++, callback, everyMs }
    timers.add(timer)
    return timer
  }
  const next = (untilMs: number): Timer | undefined => {
    let best: Timer | undefined
    for (const t of timers) {
      if (t.dueMs <= untilMs && (!best || t.dueMs < best.dueMs || (t.dueMs === best.dueMs && t.order < best.order)))
        best = t
    }
    return best
  }
  return {
    now: () => nowMs,
    steady: () => nowMs - setMs,
    after(ms, callback) {
      const timer = add(nowMs + ms, callback)
      return () => timers.delete(timer)
    },
    every(ms, callback) {
      let timer = add(nowMs + ms, tick, ms)
      let stopped = false
      function tick() {
        if (stopped) return
        timer = add(nowMs + ms, tick, ms)
        callback()
      }
      return () => {
        stopped = true
        timers.delete(timer)
      }
    },
    async advance(ms) {
      const untilMs = nowMs + ms
      for (let timer = next(untilMs); timer; timer = next(untilMs)) {
        timers.delete(timer)
        nowMs = Math.max(nowMs, timer.dueMs)
        timer.callback()
        await settle()
      }
      nowMs = untilMs
      await settle()
    },
    set(byMs) {
      nowMs += byMs
      setMs += byMs
      for (const timer of timers) timer.dueMs += byMs
    },
    get pending() {
      return timers.size
    }
  }
}

/** Lets every promise that can settle without I/O settle. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
  await new Promise<void>(resolve => setImmediate(resolve))
}
