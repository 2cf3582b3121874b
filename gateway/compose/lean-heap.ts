/** Garbage that waits for the collector is most of what a storm costs in memory: the main process collects it earlier than V8 would. */
import { setFlagsFromString } from 'node:v8'

/**
 * The heap grows by so much of what lived at the last collection until the next one, instead of up to four times: what that gives in a storm is in
 * docs/performance.md.
 */
const GROWING_PERCENT = 30

/**
 * For this process and its threads, from the next collection on. No limit: what is needed is had. A nursery of 2 MB is collected by the thread itself:
 * helpers gain it no millisecond, and on a busy machine it stood still until each of them had had a core.
 */
export function keepHeapLean(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`)
  setFlagsFromString('--no-parallel-scavenge')
}
