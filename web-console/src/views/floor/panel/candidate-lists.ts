/** Who is proposed, in which order, and whom a digit chooses; pure. */
import type { Assignment, Incident } from '../../../../../gateway/core/incident.ts'
import type { UnitCandidate } from '../../../../../gateway/core/wire.ts'

const ACTIVE = new Set(['offered', 'enRoute', 'arrived'])

export function activeAssignments(incident: Incident): readonly Assignment[] {
  return incident.assignments.filter(each => ACTIVE.has(each.state))
}

/** Proposed units that can be chosen by a digit, in the order in which they are shown: free ones first, each part as the gateway ranked it. */
export function rankedOf(
  candidates: readonly UnitCandidate[],
  incident: Incident | undefined
): readonly UnitCandidate[] {
  const sent = new Set(incident ? activeAssignments(incident).map(each => each.unitId) : [])
  const ranked = candidates.filter(each => each.ranked && !sent.has(each.unitId))
  return ranked.toSorted((a, b) => Number(b.state === 'available') - Number(a.state === 'available'))
}

/** Free ones of a class that the system does not send there: an operator may, and says why. */
const isByHand = (each: UnitCandidate): boolean =>
  !each.ranked && each.state === 'available' && each.reasons.includes('outsideRule')

/** As the gateway says it: of a unit that has not told a position since it started, as after a restart. */
export const NO_POSITION_MS = Number.MAX_SAFE_INTEGER

/** Nobody knows where it is: free ones the system could send, those whose position is fresh first, by name so that a digit stays with its unit. */
function unplacedOf(candidates: readonly UnitCandidate[], incident: Incident | undefined): readonly UnitCandidate[] {
  if (!incident || incident.position) return []
  const free = candidates.filter(each => !each.ranked && each.state === 'available' && !isByHand(each))
  const old = (each: UnitCandidate) => Number(each.reasons.includes('stalePosition'))
  const byName = (a: UnitCandidate, b: UnitCandidate) => a.name.localeCompare(b.name, 'zh', { numeric: true })
  return free.toSorted((a, b) => old(a) - old(b) || byName(a, b))
}

/** Whom a digit chooses: the proposed ones, or without a place every free one; then those that are sent by hand. */
export function choosableOf(
  candidates: readonly UnitCandidate[],
  incident: Incident | undefined
): readonly UnitCandidate[] {
  return [...rankedOf(candidates, incident), ...unplacedOf(candidates, incident), ...candidates.filter(isByHand)]
}

/** Of the chosen ones, those for whom a reason is asked. */
export function byHandOf(candidates: readonly UnitCandidate[], chosen: readonly string[]): readonly UnitCandidate[] {
  return candidates.filter(each => isByHand(each) && chosen.includes(each.unitId))
}
