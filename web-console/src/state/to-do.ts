/** 需要你处理: what waits for a leader and nobody else, each incident once, the most pressing kind first, then the oldest. Pure. */
import type { Assignment, Incident } from '../../../gateway/core/incident.ts'
import type { ShelfView } from '../../../gateway/core/source-shelf.ts'
import { leaderToldMs } from './left-alone.ts'
import { isOpen } from './queue.ts'

export const TO_DO_KINDS = ['unanswered', 'alone', 'refused', 'duress', 'review', 'shelf'] as const
export type ToDoKind = (typeof TO_DO_KINDS)[number]

/** `sinceMs` UTC ms: since when it waits; of a shelf when it ends. */
export type ToDo =
  | { readonly kind: Exclude<ToDoKind, 'shelf'>; readonly incident: Incident; readonly sinceMs: number }
  | { readonly kind: 'shelf'; readonly shelf: ShelfView; readonly sinceMs: number }

/** So long before its end a shelf is told of. */
const SHELF_MS = 15 * 60_000
const REFUSALS = 2

export function toDoOf(incidents: Iterable<Incident>, shelves: readonly ShelfView[], nowMs: number): readonly ToDo[] {
  const found: ToDo[] = []
  for (const incident of incidents) {
    const why = whyOf(incident)
    if (why) found.push({ ...why, incident })
  }
  for (const shelf of shelves)
    if (nowMs < shelf.endMs && shelf.endMs - nowMs <= SHELF_MS)
      found.push({ kind: 'shelf', shelf, sinceMs: shelf.endMs })
  const rank = ({ kind }: ToDo) => TO_DO_KINDS.indexOf(kind)
  return found.sort((a, b) => rank(a) - rank(b) || a.sinceMs - b.sinceMs)
}

type Why = { readonly kind: Exclude<ToDoKind, 'shelf'>; readonly sinceMs: number } | undefined

function whyOf(incident: Incident): Why {
  const { owner, openedAtMs, acknowledgedAtMs, escalation } = incident
  if (!isOpen(incident)) return reviewOf(incident)
  if (!owner && escalation >= 2) return { kind: 'unanswered', sinceMs: openedAtMs }
  const aloneMs = leaderToldMs(incident)
  if (aloneMs !== undefined)
    return { kind: 'alone', sinceMs: incident.lastActionAtMs ?? acknowledgedAtMs ?? openedAtMs }
  const refusedMs = refusedAtMs(incident)
  if (refusedMs !== undefined) return { kind: 'refused', sinceMs: refusedMs }
  // Whoever has it does not end it alone: a report from the scene, or the word of a second person.
  if (incident.duress && owner && incident.reportedAtMs === undefined)
    return { kind: 'duress', sinceMs: acknowledgedAtMs ?? openedAtMs }
  return undefined
}

/** Nothing else is filed by a leader only; what he gave back, or has no result yet, is for its owner. */
function reviewOf({ state, priority, duress, facts, review, resolvedAtMs = 0 }: Incident): Why {
  const waits = state === 'resolved' && (priority === 1 || duress)
  return waits && facts && review?.verdict !== 'returned' ? { kind: 'review', sinceMs: resolvedAtMs } : undefined
}

const SAID_NO: ReadonlySet<Assignment['state']> = new Set(['declined', 'expired'])
const NOW: ReadonlySet<Assignment['state']> = new Set(['offered', 'enRoute', 'arrived'])

/** The last of two or more units that would not go, while no other goes or has been there. */
export function refusedAtMs({ assignments }: Pick<Incident, 'assignments'>): number | undefined {
  if (assignments.some(each => NOW.has(each.state) || each.arrivedAtMs !== undefined)) return undefined
  const refused = assignments.filter(each => SAID_NO.has(each.state))
  if (refused.length < REFUSALS) return undefined
  return Math.max(...refused.map(each => each.endedAtMs ?? each.offeredAtMs))
}
