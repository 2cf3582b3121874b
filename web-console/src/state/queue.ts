/** The queue: which incidents, in which group, in which order. Pure; the order under the hand is kept by the view. */
import type { Incident } from '../../../gateway/core/incident.ts'
import type { SessionUser } from '../../../gateway/core/wire.ts'

export type QueueGroup = 'waiting' | 'mine' | 'others' | 'tray'
export const QUEUE_GROUPS: readonly QueueGroup[] = ['waiting', 'mine', 'others', 'tray']

const GONE = new Set(['resolved', 'closed'])

export function isOpen(incident: Pick<Incident, 'state'>): boolean {
  return !GONE.has(incident.state)
}

/** Never grouped out of sight, whatever priority an operator gave it (rule 4). */
const ALWAYS_SINGLE: ReadonlySet<string> = new Set(['panic', 'duress', 'medical', 'fire', 'gas'])

/** Stands among those that wait until somebody takes it; the rest is to do. */
export const waitsForAnswer = (
  { priority, alarmClass }: Pick<Incident, 'priority' | 'alarmClass'>,
  storm = false
): boolean => priority < (storm ? 3 : 4) || ALWAYS_SINGLE.has(alarmClass)

/** The group of an open incident for this person. The tray takes priorities 4 and 5, in a storm 3 as well. */
export function groupOf(incident: Incident, userId: string | undefined, storm = false): QueueGroup {
  if (incident.owner) return incident.owner.userId === userId ? 'mine' : 'others'
  return waitsForAnswer(incident, storm) ? 'waiting' : 'tray'
}

/** By priority, then first come first served. */
function byUrgency(a: Incident, b: Incident): number {
  return a.priority - b.priority || a.openedAtMs - b.openedAtMs || a.id.localeCompare(b.id)
}

/** Whose queue it is. */
export type QueueUser = Pick<SessionUser, 'userId' | 'role'>

export interface Queue {
  readonly groups: Readonly<Record<QueueGroup, readonly Incident[]>>
  /** All open rows from top to bottom. */
  readonly order: readonly Incident[]
  /** Resolved rows below them, which only the leader sees. */
  readonly review: readonly Incident[]
}

/** Every row that is drawn, from top to bottom, for ↑ and ↓. */
export function rowsOf({ order, review }: Queue): readonly Incident[] {
  return [...order, ...review]
}

export function queueOf(incidents: Iterable<Incident>, userId: string | undefined, storm = false): Queue {
  const groups: Record<QueueGroup, Incident[]> = { waiting: [], mine: [], others: [], tray: [] }
  for (const incident of incidents) if (isOpen(incident)) groups[groupOf(incident, userId, storm)].push(incident)
  for (const group of QUEUE_GROUPS) groups[group].sort(byUrgency)
  // As drawn: rows of one line stand together, so that the arrow keys go down and never back up.
  if (storm) groups.tray = clustersOf(groups.tray).flatMap(cluster => cluster.rows)
  return { groups, order: QUEUE_GROUPS.flatMap(group => groups[group]), review: [] }
}

/** The queue as this person sees it: a leader also has what is to be reviewed. */
export function queueFor(incidents: readonly Incident[], user: QueueUser, storm: boolean): Queue {
  const queue = queueOf(incidents, user.userId, storm)
  return user.role === 'leader' ? { ...queue, review: toReview(incidents) } : queue
}

/** What Space takes: the first waiting one; the opened one where that is no less urgent. The tray comes after everything that waits. */
export function nextToTake({ groups }: Queue, opened: Incident | undefined): Incident | undefined {
  const [first] = groups.waiting
  const free = opened && isOpen(opened) && !opened.owner ? opened : undefined
  if (!first) return free ?? groups.tray.find(each => !each.owner)
  const waits = free && groups.waiting.some(each => each.id === free.id)
  return waits && free.priority <= first.priority ? free : first
}

/** Rows of one class and grid cell that are shown as one during a storm. */
export interface Cluster {
  readonly key: string
  readonly rows: readonly Incident[]
}

/** Fewer than this are not worth a group. */
const CLUSTER_FROM = 3

/** The tray in a storm: by class and grid cell, single rows where there are few. Order by the most urgent row. */
export function clustersOf(rows: readonly Incident[]): readonly Cluster[] {
  const byKey = Map.groupBy(rows, incident => `${incident.alarmClass}/${incident.subject.gridCell?.id ?? ''}`)
  return [...byKey].flatMap(([key, group]) =>
    group.length >= CLUSTER_FROM ? [{ key, rows: group }] : group.map(row => ({ key: row.id, rows: [row] }))
  )
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
