/** How far along its bar a time stands. Pure. */
import type { BoardRange } from '../../../../gateway/core/leader-board.ts'

export interface Marks {
  /** Percent of the bar; the target stands at the same place in every one. */
  readonly target: number
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly late: boolean
}

/** The target stands at two thirds, so that what kept it and how far something was beyond it can both be seen; twice and more is the end. */
const TARGET = 66
const END = 100

/** Undefined: nothing was measured. */
export function marksOf({ withinMs, p50Ms, p90Ms, p95Ms }: BoardRange): Marks | undefined {
  if (p50Ms === undefined || p90Ms === undefined || p95Ms === undefined) return undefined
  const at = (ms: number) =>
    ms <= withinMs ? (TARGET * ms) / withinMs : Math.min(END, TARGET + ((END - TARGET) * (ms - withinMs)) / withinMs)
  return { target: TARGET, p50: at(p50Ms), p90: at(p90Ms), p95: at(p95Ms), late: p90Ms > withinMs }
}
