/** What is due on the neighbours' call-out of an incident, from its record alone; pure, so that a restart changes nothing. */
import {
  type CalledNeighbour,
  type Callout,
  type CalloutChange,
  countOf,
  isCalling,
  isOnLine
} from '../core/callout.ts'
import { type CalloutDelays, callsOutAtMs } from '../core/callout-start.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'

export interface CalloutSettings extends CalloutDelays {
  readonly ringMs: number
  readonly tries: number
  readonly againAfterMs: number
  readonly enough: number
}

export function startsByItself(incident: Incident, settings: CalloutSettings, nowMs: number): boolean {
  const atMs = callsOutAtMs(incident, settings, nowMs)
  return atMs !== undefined && nowMs >= atMs
}

/** Whose own call for help lasts this long past his turn keeps no call-out open when nobody else is left: everybody who could be asked was. */
export const HELD_MS = 60_000

/** `free`: this household may be rung at this moment; `isSpared`: it calls for help itself. */
export function dueChange(
  incident: Incident,
  settings: CalloutSettings,
  nowMs: number,
  free: (neighbour: CalledNeighbour) => boolean,
  isSpared: (neighbour: CalledNeighbour) => boolean
): CalloutChange | undefined {
  const { callout, duress } = incident
  if (!callout) return undefined
  const violent = incident.nature === 'violence' && callout.message === 'help'
  if (!isCalling(callout)) return violent && isOpen(incident) && !duress ? { what: 'guard' } : undefined
  if (duress) return { what: 'end', end: 'duress' }
  if (!isOpen(incident)) return { what: 'end', end: 'over' }
  if (violent) return { what: 'guard' }
  const end = dueEnd(callout, settings, nowMs, isSpared)
  if (end) return { what: 'end', end }
  const due = callout.neighbours.filter(n => n.nextAtMs !== undefined && n.nextAtMs <= nowMs && free(n))
  return due.length > 0 ? { what: 'attempt', subjectIds: due.map(n => n.subjectId) } : undefined
}

function dueEnd(
  callout: Callout,
  settings: CalloutSettings,
  nowMs: number,
  isSpared: (neighbour: CalledNeighbour) => boolean
): 'enough' | 'limit' | 'all' | undefined {
  const { message, neighbours } = callout
  if (message === 'help' && settings.enough > 0 && countOf(callout, 'going') >= settings.enough) return 'enough'
  if (nowMs - (callout.guardedAtMs ?? callout.startedAtMs) >= settings.limitMs) return 'limit'
  const isLeft = (n: CalledNeighbour): boolean =>
    isOnLine(n) || (n.nextAtMs !== undefined && !(nowMs - n.nextAtMs >= HELD_MS && isSpared(n)))
  return neighbours.some(isLeft) ? undefined : 'all'
}
