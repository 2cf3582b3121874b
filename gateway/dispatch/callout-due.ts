/** What is due on the neighbours' call-out of an incident, from its record alone; pure, so that a restart changes nothing. */
import {
  type CalledNeighbour,
  type Callout,
  type CalloutChange,
  countOf,
  isCalling,
  isOnLine
} from '../core/callout.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'

export interface CalloutSettings {
  readonly enabled: boolean
  readonly othersAfterMs: number
  readonly ringMs: number
  readonly tries: number
  readonly againAfterMs: number
  readonly enough: number
  readonly limitMs: number
}

/** True when the system itself calls the neighbours: #9 at once, other panic of a household after a while, never duress (rule 5). */
export function startsByItself(incident: Incident, settings: CalloutSettings, nowMs: number): boolean {
  const { callout, subject, alarmClass, sourceKind, duress, aged } = incident
  if (!settings.enabled || callout || duress || aged || alarmClass !== 'panic' || !subject.group) return false
  if (subject.kind !== 'household' || !isOpen(incident)) return false
  const ageMs = nowMs - incident.openedAtMs
  // What was open long before the call-out could be made is for the operator to decide.
  return ageMs >= (sourceKind === 'panicPhone' ? 0 : settings.othersAfterMs) && ageMs < settings.limitMs
}

/** `free`: this household may be rung at this moment. */
export function dueChange(
  incident: Incident,
  settings: CalloutSettings,
  nowMs: number,
  free: (neighbour: CalledNeighbour) => boolean
): CalloutChange | undefined {
  const { callout, duress } = incident
  if (!callout) return undefined
  const violent = incident.nature === 'violence' && callout.message === 'help'
  if (!isCalling(callout)) return violent && isOpen(incident) && !duress ? { what: 'guard' } : undefined
  if (duress) return { what: 'end', end: 'duress' }
  if (!isOpen(incident)) return { what: 'end', end: 'over' }
  if (violent) return { what: 'guard' }
  const end = dueEnd(callout, settings, nowMs)
  if (end) return { what: 'end', end }
  const due = callout.neighbours.filter(n => n.nextAtMs !== undefined && n.nextAtMs <= nowMs && free(n))
  return due.length > 0 ? { what: 'attempt', subjectIds: due.map(n => n.subjectId) } : undefined
}

function dueEnd(callout: Callout, settings: CalloutSettings, nowMs: number): 'enough' | 'limit' | 'all' | undefined {
  const { message, neighbours } = callout
  if (message === 'help' && settings.enough > 0 && countOf(callout, 'going') >= settings.enough) return 'enough'
  if (nowMs - (callout.guardedAtMs ?? callout.startedAtMs) >= settings.limitMs) return 'limit'
  return neighbours.some(n => n.nextAtMs !== undefined || isOnLine(n)) ? undefined : 'all'
}
