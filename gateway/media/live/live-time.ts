/** The time line of live fragments: without holes, because MSE stalls at a hole, and true to the source over time. */
import { TIMESCALE } from '../fmp4/init.ts'

/** A longer pause of the source is closed up. */
const MAX_STEP_TICKS = TIMESCALE
const FIRST_STEP_TICKS = TIMESCALE / 25

/**
 * A frame is sent before its duration is known, so the last interval is taken for it; each fragment begins exactly where the one
 * before ended, and the next duration makes up for the error.
 */
export class LiveTime {
  baseTicks = 0
  duration = FIRST_STEP_TICKS
  cts = 0
  #trueTicks = 0
  #endTicks = 0
  #interval = FIRST_STEP_TICKS
  #lastDts: number | undefined

  /** Decode time and composition offset as the stream has them; the answer is in the fields. */
  place(dts: number, cts: number): void {
    const step = this.#lastDts === undefined ? undefined : dts - this.#lastDts
    this.#lastDts = dts
    if (step !== undefined && step <= MAX_STEP_TICKS) {
      this.#interval = Math.max(1, step)
      this.#trueTicks += this.#interval
    } else this.#trueTicks = this.#endTicks
    this.baseTicks = this.#endTicks
    this.duration = Math.max(1, Math.round(this.#trueTicks + this.#interval - this.baseTicks))
    this.#endTicks = this.baseTicks + this.duration
    this.cts = cts === 0 ? 0 : Math.max(0, Math.round(this.#trueTicks + cts - this.baseTicks))
  }
}
