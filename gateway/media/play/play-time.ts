/** Where recorded fragments lie on the player's time line: media time is wall time minus a base, across files, gaps and new parameters. */
import { TIMESCALE } from '../fmp4/init.ts'

const TICKS_PER_MS = TIMESCALE / 1000
const DAY_MS = 86_400_000
/** Wall clocks of neighbouring fragments jitter: below this they are laid end to end, since a player stalls at a hole. */
const JITTER_TICKS = 30 * TICKS_PER_MS

/** The base of an interval: a day before its own day begins (UTC), so that media times of one day agree and none is negative. */
export function baseOf(fromMs: number): number {
  return Math.floor(fromMs / DAY_MS) * DAY_MS - DAY_MS
}

export class PlayTime {
  readonly #baseMs: number
  #endTicks: number | undefined

  constructor(baseMs: number) {
    this.#baseMs = baseMs
  }

  /** Decode time of a fragment whose first sample was at `wallMs`; never off by more than 30 ms from the wall clock. */
  place(wallMs: number, durationTicks: number): number {
    const wanted = Math.max(0, Math.round((wallMs - this.#baseMs) * TICKS_PER_MS))
    const end = this.#endTicks
    const base = end !== undefined && Math.abs(wanted - end) <= JITTER_TICKS ? end : wanted
    this.#endTicks = base + durationTicks
    return base
  }
}
