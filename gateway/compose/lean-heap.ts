/** Garbage that waits for the collector is most of what a storm costs in memory: the main process collects it earlier than V8 would. */
import { setFlagsFromString } from 'node:v8'
import type { Clock } from '../core/ports.ts'

/**
 * The heap grows by so much of what lived at the last collection until the next one, instead of up to four times: what that gives in a storm is in
 * docs/performance.md.
 */
const GROWING_PERCENT = 30

/** While so many alarms wait to be worked, processor time is worth more than memory: half of V8's helpers' work goes, a fifth more memory is needed. */
const STORM_BACKLOG = 100
const STORM_GROWING_PERCENT = 100
const LOOK_MS = 250
/** A lull within a storm changes nothing. */
const CALM_MS = 30_000

/**
 * For this process and its threads, from the next collection on. No limit: what is needed is had. A nursery of 2 MB is collected by the thread itself:
 * helpers gain it no millisecond, and on a busy machine it stood still until each of them had had a core.
 */
export function keepHeapLean(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`)
  setFlagsFromString('--no-parallel-scavenge')
}

/** Gives the heap room while a storm is worked; returns what stops it. `setFlag` is V8's. */
export function roomInStorms(clock: Clock, backlog: () => number, setFlag = setFlagsFromString): () => void {
  let busyAtMs: number | undefined
  return clock.every(LOOK_MS, () => {
    if (backlog() >= STORM_BACKLOG) {
      if (busyAtMs === undefined) setFlag(`--heap-growing-percent=${STORM_GROWING_PERCENT}`)
      busyAtMs = clock.steady()
    } else if (busyAtMs !== undefined && clock.steady() - busyAtMs >= CALM_MS) {
      setFlag(`--heap-growing-percent=${GROWING_PERCENT}`)
      busyAtMs = undefined
    }
  })
}
