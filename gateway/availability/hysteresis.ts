/** Hysteresis in time, pure: what is wrong must be wrong for a while before it is told, and well for a while before it is over. */

export interface HoldTimes {
  /** Wrong without a break for so long: raised. */
  readonly raiseAfterMs: number
  /** Well without a break for so long: cleared. */
  readonly clearAfterMs: number
}

/** One cause of one camera. `sinceMs`: how long the opposite of what is told has held without a break. */
export interface Hold {
  readonly raised: boolean
  readonly sinceMs?: number
  readonly raisedAtMs?: number
  /** Times it was well for a moment and wrong again while raised: counted, never raised anew. */
  readonly relapses: number
  /** Times it was raised lately, oldest first: the more, the longer it must be well. */
  readonly lately: readonly number[]
}

export const QUIET: Hold = { raised: false, relapses: 0, lately: [] }

/** Raised again within this time, it is flapping. */
const FLAP_WINDOW_MS = 1_800_000
const MAX_CLEAR_MS = 600_000
const MAX_LATELY = 8

export interface Held {
  readonly hold: Hold
  readonly change?: 'raise' | 'clear'
}

/** `wrong` undefined: nothing can be said now; what is raised stays, what was about to change starts over. */
export function hold(before: Hold, wrong: boolean | undefined, nowMs: number, times: HoldTimes): Held {
  if (wrong === undefined || wrong === before.raised) {
    if (before.sinceMs === undefined) return { hold: before }
    const relapsed = before.raised && wrong === true ? 1 : 0
    return { hold: { ...before, sinceMs: undefined, relapses: before.relapses + relapsed } }
  }
  const sinceMs = before.sinceMs ?? nowMs
  const lately = before.lately.filter(atMs => nowMs - atMs < FLAP_WINDOW_MS)
  const waitMs = before.raised ? clearAfter(times, lately.length) : times.raiseAfterMs
  if (nowMs - sinceMs < waitMs) return { hold: before.sinceMs === undefined ? { ...before, sinceMs } : before }
  if (before.raised) return { hold: { raised: false, relapses: 0, lately }, change: 'clear' }
  const raisedAtMs = nowMs
  return {
    hold: { raised: true, raisedAtMs, relapses: 0, lately: [...lately, nowMs].slice(-MAX_LATELY) },
    change: 'raise'
  }
}

/** In the clock of after it was set back by `-byMs`; when it was raised stays, which names its signal. */
export function shifted(before: Hold, byMs: number): Hold {
  const { sinceMs, lately } = before
  return {
    ...before,
    ...(sinceMs === undefined ? {} : { sinceMs: sinceMs + byMs }),
    lately: lately.map(atMs => atMs + byMs)
  }
}

/** What was told before a restart. */
export function alreadyRaised(raisedAtMs: number): Hold {
  return { raised: true, raisedAtMs, relapses: 0, lately: [raisedAtMs] }
}

/** Doubled by every further time it was raised lately. */
function clearAfter({ clearAfterMs }: HoldTimes, raisedLately: number): number {
  return Math.max(clearAfterMs, Math.min(MAX_CLEAR_MS, clearAfterMs * 2 ** Math.max(0, raisedLately - 1)))
}
