/** How a sink is, in one word: one that answers and has just had messages given up is not well. Pure. */
import type { SinkView } from '../../../../gateway/core/outwards.ts'

/** Older dead letters are known to who looks here, and are counted beside it. */
const FRESH_MS = 24 * 3_600_000

export function sinkState(sink: Pick<SinkView, 'state' | 'lastDeadMs'>, nowMs: number): SinkView['state'] | 'givenUp' {
  const isFresh = sink.lastDeadMs !== undefined && nowMs - sink.lastDeadMs < FRESH_MS
  return sink.state === 'ready' && isFresh ? 'givenUp' : sink.state
}
