/** Who goes first where violence is found or must be expected: two people before one, if they are not long in coming; the system sends by this rule, the console proposes by the same. */
import { SILENT_OF_TAXI } from './device-command.ts'
import type { Incident } from './incident.ts'
import type { UnitCandidate } from './wire.ts'

/**
 * Two are waited for at most this much longer than the nearest single one: he can look from outside and call; somebody who is being hurt cannot
 * wait for a pair from the far end of the county.
 */
export const TWO_LATER_S = 5 * 60

type Known = Pick<Incident, 'nature' | 'alarmClass' | 'sourceKind' | 'duress'>

const isForced = ({ alarmClass, duress }: Known): boolean => duress || alarmClass === 'duress'

/** Seconds count. */
export const isUrgent = (incident: Known & Pick<Incident, 'priority'>): boolean =>
  incident.priority === 1 || isForced(incident)

/** Somebody spoke under duress, somebody came in and nobody knows who, or a driver pressed in silence and nobody has said yet why. */
function isDangerous(incident: Known): boolean {
  const { nature, alarmClass, sourceKind } = incident
  const what = nature ?? alarmClass
  const isSilent = nature === undefined && sourceKind === 'taxi' && SILENT_OF_TAXI.has(alarmClass)
  return isForced(incident) || isSilent || what === 'violence' || what === 'intrusion'
}

const isAlone = ({ reasons }: UnitCandidate) => reasons.includes('alone')

/** Of ranked ones, best first: where it is dangerous those of two and more who are in time stand before a first one who is alone. */
export function twoFirst(ranked: readonly UnitCandidate[], incident: Known): readonly UnitCandidate[] {
  const [first] = ranked
  if (!first || !isAlone(first) || !isDangerous(incident)) return ranked
  const inTime = (c: UnitCandidate) => !isAlone(c) && c.etaS <= first.etaS + TWO_LATER_S
  const two = ranked.filter(inTime).map(c => ({ ...c, reasons: [...c.reasons, 'twoFirst' as const] }))
  return [...two, ...ranked.filter(c => !inTime(c))]
}

/** Of those that are free and ranked, best first. */
export function firstToSend(free: readonly UnitCandidate[], incident: Incident | undefined): UnitCandidate | undefined {
  return incident ? twoFirst(free, incident)[0] : free[0]
}
