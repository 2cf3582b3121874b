/** The queue: which incidents, in which group, in which order. Pure; the order under the hand is kept by the view. */
import type { Incident } from '../../../gateway/core/incident.ts'

export type QueueGroup = 'waiting' | 'mine' | 'others' | 'tray'
export const QUEUE_GROUPS: readonly QueueGroup[] = ['waiting', 'mine', 'others', 'tray']

const GONE = new Set(['resolved', 'closed'])

export function isOpen(incident: Incident): boolean {
  return !GONE.has(incident.state)
}

/** The group of an open incident for this person. Panic is never grouped out of sight (rule 4): the tray takes priorities 4 and 5 only. */
export function groupOf(incident: Incident, userId: string | undefined): QueueGroup {
  if (incident.owner) return incident.owner.userId === userId ? 'mine' : 'others'
  return incident.priority >= 4 ? 'tray' : 'waiting'
}

/** By priority, then first come first served. */
function byUrgency(a: Incident, b: Incident): number {
  return a.priority - b.priority || a.openedAtMs - b.openedAtMs || a.id.localeCompare(b.id)
}

export interface Queue {
  readonly groups: Readonly<Record<QueueGroup, readonly Incident[]>>
  /** All rows from top to bottom, for ↑ and ↓. */
  readonly order: readonly Incident[]
}

export function queueOf(incidents: Iterable<Incident>, userId: string | undefined): Queue {
  const groups: Record<QueueGroup, Incident[]> = { waiting: [], mine: [], others: [], tray: [] }
  for (const incident of incidents) if (isOpen(incident)) groups[groupOf(incident, userId)].push(incident)
  for (const group of QUEUE_GROUPS) groups[group].sort(byUrgency)
  return { groups, order: QUEUE_GROUPS.flatMap(group => groups[group]) }
}

/** Resolved and waiting for the leader's review, newest first. */
export function toReview(incidents: Iterable<Incident>): readonly Incident[] {
  return [...incidents]
    .filter(incident => incident.state === 'resolved')
    .sort((a, b) => (b.resolvedAtMs ?? 0) - (a.resolvedAtMs ?? 0))
}

/** Resolved or closed, newest first. */
export function recentlyDone(incidents: Iterable<Incident>, limit: number): readonly Incident[] {
  return [...incidents]
    .filter(incident => !isOpen(incident))
    .sort((a, b) => (b.resolvedAtMs ?? 0) - (a.resolvedAtMs ?? 0))
    .slice(0, limit)
}
