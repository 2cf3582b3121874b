/** Garbage that waits for the collector is most of what a storm costs in memory: the main process collects it earlier than V8 would. */
import { setFlagsFromString } from 'node:v8'

/**
 * The heap grows by so much of what lived at the last collection until the next one, instead of up to four times: what that gives in a storm is in
 * docs/performance.md.
 */
const GROWING_PERCENT = 30

/** For this process and its threads, from the next collection on. No limit: what is needed is had. */
export function keepHeapLean(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`)
}
