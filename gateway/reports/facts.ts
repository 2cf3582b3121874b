/** What a report counts of one incident: a few figures, so that a hundred thousand of them fit into memory. */
import { namesOf } from '../core/called.ts'
import type { Disposition, Incident } from '../core/incident.ts'
import { laneOf } from '../core/incident-state.ts'
import type { Priority } from '../core/priority.ts'
import type { AlarmClass, SourceKind } from '../core/signal.ts'

export interface Fact {
  readonly openedAtMs: number
  readonly priority: Priority
  readonly alarmClass: AlarmClass
  readonly sourceKind: SourceKind
  readonly sourceId: string
  readonly name: string
  readonly nameEn?: string
  readonly gridId: string
  readonly gridName: string
  readonly answerMs?: number
  /** Taken after it was put back, or reopened. */
  readonly takenAgainAtMs?: number
  /** From the answer that held then to the first unit offered: a unit sent since it was taken again waited from there. */
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
  const { openedAtMs, acknowledgedAtMs, takenAgainAtMs, onSceneAtMs, subject, facts, disposition } = incident
  const dispatchMs = dispatchMsOf(incident)
  const category = facts?.category ?? incident.category
  return {
    openedAtMs,
    priority: incident.priority,
    alarmClass: incident.alarmClass,
    sourceKind: incident.sourceKind,
    sourceId,
    ...namesOf(subject),
    gridId: subject.gridCell?.id ?? '',
    gridName: subject.gridCell?.name ?? '',
    acknowledged: acknowledgedAtMs !== undefined,
    resolved: incident.state === 'resolved' || incident.state === 'closed',
    ...(disposition === undefined ? {} : { disposition }),
    ...(incident.closedAtMs === undefined ? {} : { filedAtMs: incident.closedAtMs }),
    ...(takenAgainAtMs === undefined ? {} : { takenAgainAtMs }),
    ...(acknowledgedAtMs === undefined ? {} : { answerMs: Math.max(0, acknowledgedAtMs - openedAtMs) }),
    ...(dispatchMs === undefined ? {} : { dispatchMs }),
    ...(onSceneAtMs === undefined ? {} : { responseMs: Math.max(0, onSceneAtMs - openedAtMs) }),
    category: category?.code ?? '',
    categoryZh: category?.zh ?? '',
    categoryEn: category?.en ?? '',
    injured: facts?.injured ?? 0,
    dead: facts?.dead ?? 0,
    lossYuan: facts?.lossYuan ?? 0
  }
}

function dispatchMsOf({ acknowledgedAtMs, takenAgainAtMs, assignments }: Incident): number | undefined {
  const offeredAtMs = assignments.reduce((first, { offeredAtMs: at }) => Math.min(first, at), Infinity)
  if (acknowledgedAtMs === undefined || offeredAtMs === Infinity) return undefined
  const sinceMs = takenAgainAtMs !== undefined && takenAgainAtMs <= offeredAtMs ? takenAgainAtMs : acknowledgedAtMs
  // A unit that the system offered before anybody answered kept nobody waiting.
  return Math.max(0, offeredAtMs - sinceMs)
}

/** A call for help; the others are troubles of devices. */
export const isCall = ({ alarmClass }: Pick<Fact, 'alarmClass'>): boolean => laneOf({ alarmClass }) === 'alarm'

export const isFalse = ({ disposition }: Pick<Fact, 'disposition'>): boolean =>
  disposition?.startsWith('false-') === true
/** A case, or one that nobody has judged yet. */
export const isReal = ({ disposition }: Pick<Fact, 'disposition'>): boolean =>
  disposition === undefined || disposition.startsWith('real-')
/** Neither a case nor a false alarm. */
export const isDiscounted = ({ disposition }: Pick<Fact, 'disposition'>): boolean =>
  disposition === 'test' || disposition === 'duplicate'
