/** What a report counts of one incident: a few figures, so that a hundred thousand of them fit into memory. */
import type { Disposition, Incident } from '../core/incident.ts'
import type { Priority } from '../core/priority.ts'
import type { AlarmClass, SourceKind } from '../core/signal.ts'

export interface Fact {
  readonly openedAtMs: number
  readonly priority: Priority
  readonly alarmClass: AlarmClass
  readonly sourceKind: SourceKind
  readonly sourceId: string
  readonly name: string
  readonly gridId: string
  readonly gridName: string
  readonly answerMs?: number
  /** Taken after it was put back. */
  readonly takenAgainAtMs?: number
  readonly dispatchMs?: number
  readonly responseMs?: number
  readonly filedAtMs?: number
  readonly acknowledged: boolean
  readonly resolved: boolean
  readonly disposition?: Disposition
  /** What it was found to be, else what it was taken for; empty: nobody has said. */
  readonly category: string
  readonly categoryZh: string
  readonly categoryEn: string
  readonly injured: number
  readonly dead: number
  readonly lossYuan: number
}

export function factOf(incident: Incident, sourceId: string): Fact {
  const { openedAtMs, acknowledgedAtMs, onSceneAtMs, subject, facts, disposition } = incident
  const offeredAtMs = incident.assignments.reduce((first, { offeredAtMs: at }) => Math.min(first, at), Infinity)
  const category = facts?.category ?? incident.category
  return {
    openedAtMs,
    priority: incident.priority,
    alarmClass: incident.alarmClass,
    sourceKind: incident.sourceKind,
    sourceId,
    name: subject.name,
    gridId: subject.gridCell?.id ?? '',
    gridName: subject.gridCell?.name ?? '',
    acknowledged: acknowledgedAtMs !== undefined,
    resolved: incident.state === 'resolved' || incident.state === 'closed',
    ...(disposition === undefined ? {} : { disposition }),
    ...(incident.closedAtMs === undefined ? {} : { filedAtMs: incident.closedAtMs }),
    ...(incident.takenAgainAtMs === undefined ? {} : { takenAgainAtMs: incident.takenAgainAtMs }),
    ...(acknowledgedAtMs === undefined ? {} : { answerMs: Math.max(0, acknowledgedAtMs - openedAtMs) }),
    // A unit that the system offered before anybody answered kept nobody waiting.
    ...(acknowledgedAtMs === undefined || offeredAtMs === Infinity
      ? {}
      : { dispatchMs: Math.max(0, offeredAtMs - acknowledgedAtMs) }),
    ...(onSceneAtMs === undefined ? {} : { responseMs: Math.max(0, onSceneAtMs - openedAtMs) }),
    category: category?.code ?? '',
    categoryZh: category?.zh ?? '',
    categoryEn: category?.en ?? '',
    injured: facts?.injured ?? 0,
    dead: facts?.dead ?? 0,
    lossYuan: facts?.lossYuan ?? 0
  }
}

export const isFalse = ({ disposition }: Pick<Fact, 'disposition'>): boolean =>
  disposition?.startsWith('false-') === true
/** A case, or one that nobody has judged yet. */
export const isReal = ({ disposition }: Pick<Fact, 'disposition'>): boolean =>
  disposition === undefined || disposition.startsWith('real-')
/** Neither a case nor a false alarm. */
export const isDiscounted = ({ disposition }: Pick<Fact, 'disposition'>): boolean =>
  disposition === 'test' || disposition === 'duplicate'
