/** Who is proposed, in which order, and whom a digit chooses; pure. */
import type { Assignment, Incident } from '../../../../../gateway/core/incident.ts'
import type { UnitCandidate } from '../../../../../gateway/core/wire.ts'

/** Keys from 1. */
export const DIGITS = 9

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

/** Free ones that nothing ranks (no place, an old or no position, a refusal just now), as `steadyOrder` put them. */
const unrankedOf = (candidates: readonly UnitCandidate[]): readonly UnitCandidate[] =>
  candidates.filter(each => !each.ranked && each.state === 'available' && !isByHand(each))

/** Whom a digit chooses: the proposed ones, every other free one, then those that are sent by hand. */
export function choosableOf(
  candidates: readonly UnitCandidate[],
  incident: Incident | undefined
): readonly UnitCandidate[] {
  if (!incident) return []
  return [...rankedOf(candidates, incident), ...unrankedOf(candidates), ...candidates.filter(isByHand)]
}

export interface Listed {
  readonly candidate: UnitCandidate
  /** From 1; of the first nine only. */
  readonly digit: number | undefined
}

/** The first `most` of them, and whoever is chosen: what D sends is seen. */
export function shownOf(listed: readonly UnitCandidate[], chosen: readonly string[], most: number): readonly Listed[] {
  return listed
    .map((candidate, at) => ({ candidate, digit: at < DIGITS ? at + 1 : undefined, first: at < most }))
    .filter(({ candidate, first }) => first || chosen.includes(candidate.unitId))
}

/** Why nobody is proposed by itself, as a word of `floor:units`; `placed`: somebody knows where to go. */
export function nobodyRanked(
  placed: boolean,
  listed: readonly UnitCandidate[]
): 'none' | 'noPlace' | 'noPlaceNone' | 'noneRanked' {
  const some = listed.some(each => !isByHand(each))
  if (placed) return some ? 'noneRanked' : 'none'
  return listed.length > 0 ? 'noPlace' : 'noPlaceNone'
}

/** Of the chosen ones, those for whom a reason is asked. */
export function byHandOf(candidates: readonly UnitCandidate[], chosen: readonly string[]): readonly UnitCandidate[] {
  return candidates.filter(each => isByHand(each) && chosen.includes(each.unitId))
}
