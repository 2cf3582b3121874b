/** Keeps rows still under the hand: while pointer or keys are at work in the queue nothing moves, but what is new comes in at once. Pure. */
import type { Incident } from '../../../gateway/core/incident.ts'
import { QUEUE_GROUPS, type Queue, type QueueGroup, rowsOf } from './queue.ts'

/** `shown` as drawn now, `next` as it should be. Rows keep group and place; records are the newest ones known to `latest`. */
export function heldQueue(shown: Queue, next: Queue, latest: ReadonlyMap<string, Incident>): Queue {
  const known = new Set(rowsOf(shown).map(incident => incident.id))
  const newest = (incident: Incident) => latest.get(incident.id) ?? incident
  const groups = Object.fromEntries(
    QUEUE_GROUPS.map(group => {
      const kept = shown.groups[group].map(newest)
      const fresh = next.groups[group].filter(incident => !known.has(incident.id))
      const urgent = fresh.filter(incident => incident.priority === 1)
      return [group, [...urgent, ...kept, ...fresh.filter(incident => incident.priority > 1)]]
    })
  ) as unknown as Readonly<Record<QueueGroup, readonly Incident[]>>
  // Resolved a moment ago it still stands in its group: one row of it is enough.
  const review = [...next.review.filter(incident => !known.has(incident.id)), ...shown.review.map(newest)]
  return { groups, order: QUEUE_GROUPS.flatMap(group => groups[group]), review }
}
