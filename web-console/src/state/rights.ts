/** Why an action is not possible right now, so that the button can say it before the gateway must refuse it. The gateway decides; this only foresees. */
import type { Incident } from '../../../gateway/core/incident.ts'
import type { Priority } from '../../../gateway/core/priority.ts'
import type { IncidentAction, SessionUser } from '../../../gateway/core/wire.ts'
import type { RefusalCode } from '../wire/api.ts'
import { isOpen } from './queue.ts'

export type ActionName = IncidentAction['action']

export interface Situation {
  readonly incident: Incident | undefined
  readonly user: SessionUser | undefined
  readonly connected: boolean
}

/** A refusal code, or a word of `floor:whyNot`. */
export type WhyNot =
  | RefusalCode
  | 'nothingChosen'
  | 'acknowledgeFirst'
  | 'leaderOnly'
  | 'amendFirst'
  | 'nobodySent'
  | 'notEnded'
  | 'filedAlready'

const OWNERS_ONLY: ReadonlySet<ActionName> = new Set([
  'release',
  'verify',
  'categorize',
  'merge',
  'setPriority',
  'markDuress',
  'dispatch',
  'recall',
  'handOver110',
  'resolve'
])
/** A leader need not own the incident for these. */
const LEADERS_TOO: ReadonlySet<ActionName> = new Set([
  ...(['callNeighbours', 'endCallNeighbours'] as const),
  ...(['addParty', 'dropParty'] as const)
])

const SILENT: ReadonlySet<Incident['sourceKind']> = new Set(['alarmBox', 'detector', 'cameraAnalytics'])

/** Whether somebody may be on the line whom others could join: a box has no voice, until a call of the same place was heard. */
export function mayBeOnTheLine({ sourceKind, evidence }: Pick<Incident, 'sourceKind' | 'evidence'>): boolean {
  return !SILENT.has(sourceKind) || evidence.some(item => item.kind === 'voice')
}

/** Undefined when the action may be tried. */
export function whyNot(action: ActionName, { incident, user, connected }: Situation): WhyNot | undefined {
  if (!connected) return 'OFFLINE'
  if (!incident || !user) return 'nothingChosen'
  const mine = incident.owner?.userId === user.userId
  const leader = user.role === 'leader'
  if (action === 'annotate' || action === 'link') return undefined
  if (action === 'sop' || action === 'answerHandOver' || action === 'message' || action === 'readMessages') {
    if (incident.state === 'closed') return 'ILLEGAL_TRANSITION'
    return leader || mine ? undefined : incident.owner ? 'NOT_OWNER' : 'acknowledgeFirst'
  }
  if (action === 'close' || action === 'reopen' || action === 'returnFeedback' || action === 'feedback') {
    if (incident.state === 'closed') return 'filedAlready'
    if (incident.state !== 'resolved') return 'notEnded'
    const returned = incident.review?.verdict === 'returned'
    if (leader) return action === 'close' && (returned || !incident.facts) ? 'amendFirst' : undefined
    return (action === 'reopen' || action === 'feedback') && mine ? undefined : 'leaderOnly'
  }
  if (!isOpen(incident) || (action === 'markDuress' && incident.duress)) return 'ILLEGAL_TRANSITION'
  if (action === 'take') return mine ? 'ILLEGAL_TRANSITION' : leader ? undefined : 'leaderOnly'
  if (action === 'acknowledge') {
    if (mine) return 'ILLEGAL_TRANSITION'
    return incident.owner ? 'NOT_OWNER' : undefined
  }
  if ((OWNERS_ONLY.has(action) || (LEADERS_TOO.has(action) && !leader)) && !mine)
    return incident.owner ? 'NOT_OWNER' : 'acknowledgeFirst'
  return undefined
}

/** Why the gateway would not merge ours into this open one, a word of `words:illegal`; the same as core/ending.ts, by test. */
export function whyNotMerge(own: Incident, into: Incident): string | undefined {
  if (own.duress) return 'mergeDuress'
  if (own.assignments.some(each => ACTIVE.has(each.state))) return 'mergeUnits'
  if ((own.alarmClass === 'trouble') !== (into.alarmClass === 'trouble')) return 'mergeLane'
  if (own.priority < into.priority) return 'mergeUrgent'
  return into.owner ? undefined : 'mergeUnowned'
}

const ACTIVE: ReadonlySet<string> = new Set(['offered', 'enRoute', 'arrived'])

/** Priorities that the gateway accepts for this incident, and the word of `words:illegal` for those it does not (rule 4). */
export function prioritiesOf({ duress, alarmClass }: Incident): {
  readonly priorities: readonly Priority[]
  readonly why?: 'duressPriority' | 'panicPriority'
} {
  if (duress) return { priorities: [1], why: 'duressPriority' }
  if (alarmClass === 'panic') return { priorities: [1, 2], why: 'panicPriority' }
  return { priorities: [1, 2, 3, 4] }
}
