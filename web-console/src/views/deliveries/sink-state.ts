/** How a sink is and what a message waits for, in one word each: a sink is not well while it refuses, nor just after messages were given up. Pure. */
import type { Delivery, SinkView } from '../../../../gateway/core/outwards.ts'

/** Older dead letters are known to who looks here, and are counted beside it. */
const FRESH_MS = 24 * 3_600_000

export type SinkWord = SinkView['state'] | 'failing' | 'givenUp'

export function sinkState(
  sink: Pick<SinkView, 'state' | 'lastDeadMs'> & Partial<Pick<SinkView, 'error' | 'waiting'>>,
  nowMs: number
): SinkWord {
  if (sink.state !== 'ready') return sink.state
  if (sink.error !== undefined && (sink.waiting ?? 0) > 0) return 'failing'
  const isFresh = sink.lastDeadMs !== undefined && nowMs - sink.lastDeadMs < FRESH_MS
  return isFresh ? 'givenUp' : 'ready'
}

/** Of messages that wait, oldest first: those that are not tried before an earlier one of their incident has gone. */
export function behindOthers(
  rows: readonly Pick<Delivery, 'id' | 'sink' | 'number' | 'contact'>[]
): ReadonlySet<string> {
  const seen = new Set<string>()
  const behind = new Set<string>()
  // A contact's message that fails holds up no other, and a try of the line belongs to no incident.
  for (const { id, sink, number, contact } of rows) {
    if (number === '' || contact !== undefined) continue
    const lane = `${sink} ${number}`
    if (seen.has(lane)) behind.add(id)
    seen.add(lane)
  }
  return behind
}
