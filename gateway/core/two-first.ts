/** Who goes first where violence is found or must be expected: two people before one, if they are not long in coming; the system sends by this rule, the console proposes by the same. */
import type { Incident } from './incident.ts'
import type { UnitCandidate } from './wire.ts'

/**
 * Two are waited for at most this much longer than the nearest single one: he can look from outside and call; somebody who is being hurt cannot
 * wait for a pair from the far end of the county.
 */
export const TWO_LATER_S = 5 * 60

/** Somebody spoke under duress, or somebody came in and nobody knows who. */
function isDangerous({ nature, alarmClass, duress }: Incident): boolean {
  const what = nature ?? alarmClass
  return duress || what === 'violence' || what === 'intrusion'
}

/** Of those that are free and ranked, best first. */
export function firstToSend(free: readonly UnitCandidate[], incident: Incident | undefined): UnitCandidate | undefined {
  const [nearest] = free
  if (!nearest || !incident || !isDangerous(incident)) return nearest
  return free.find(c => !c.reasons.includes('alone') && c.etaS <= nearest.etaS + TWO_LATER_S) ?? nearest
}
