/** What is missing of a recording's time, by one rule whether its pictures come from memory or are read back out of a file. */
import type { MediaGap } from '../../core/media.ts'
import type { WrittenSample } from './fragment.ts'
import { TIMESCALE } from './init.ts'

const TICKS_PER_MS = TIMESCALE / 1000
/** Frame intervals vary; from three of them and 200 ms more on, frames are missing. */
const GAP_INTERVALS = 3
const GAP_EXTRA_TICKS = 200 * TICKS_PER_MS
const FIRST_INTERVAL_TICKS = 40 * TICKS_PER_MS
/** A camera that stutters all the time is told by the total. */
const MAX_GAPS = 200

/** `measure` once per picture, in the order of their decode times; `restart` where another time line begins. */
export class GapMeter {
  /** Total of what is missing. */
  gapMs = 0
  /** Where it is missing, the first MAX_GAPS. */
  readonly gaps: MediaGap[] = []
  #intervalTicks = FIRST_INTERVAL_TICKS
  #lastDts: number | undefined

  /** The distance of two pictures, slowly following what it is. */
  get intervalTicks(): number {
    return this.#intervalTicks
  }

  restart(): void {
    this.#lastDts = undefined
  }

  add(fromMs: number, toMs: number): void {
    if (toMs <= fromMs) return
    this.gapMs += toMs - fromMs
    if (this.gaps.length < MAX_GAPS) this.gaps.push({ fromMs: Math.round(fromMs), toMs: Math.round(toMs) })
  }

  /** A picture at `dts` ticks and `wallMs`; `afterGap`: known to be missing before it, however little. */
  measure(dts: number, afterGap: boolean, wallMs: number): void {
    const step = this.#lastDts === undefined ? undefined : dts - this.#lastDts
    const interval = this.#intervalTicks
    this.#lastDts = dts
    if (step === undefined) return
    if (afterGap || step > Math.max(interval * GAP_INTERVALS, interval + GAP_EXTRA_TICKS))
      this.add(wallMs - (step - interval) / TICKS_PER_MS, wallMs)
    else this.#intervalTicks += (step - interval) / 8
  }

  /** A fragment that lies in a file: its first sample is at `baseTicks` of this recording's time line and at `wallMs`. */
  fragment(baseTicks: number, wallMs: number, samples: readonly WrittenSample[]): void {
    let ticks = 0
    for (const { duration, afterGap } of samples) {
      this.measure(baseTicks + ticks, afterGap, wallMs + ticks / TICKS_PER_MS)
      ticks += duration
    }
  }
}
