/** Proposed units keep their places, and so their digits, while they drive about: what was read a second ago is what the key chooses. Pure. */
import type { UnitCandidate } from '../../../gateway/core/wire.ts'

/** So much sooner must a unit be there to pass another one that has been read already. */
const SOONER_S = 60

/**
 * The new answer in the order of the one before; who is new stands behind those known. It starts afresh as the gateway ranked it when the first
 * is no longer free, or when somebody is there a minute sooner than he.
 */
export function steadyOrder(
  before: readonly UnitCandidate[],
  next: readonly UnitCandidate[]
): readonly UnitCandidate[] {
  const first = before.find(each => each.ranked && each.state === 'available')
  const now = next.find(each => each.unitId === first?.unitId)
  const quickest = next.find(each => each.ranked && each.state === 'available')
  if (!now?.ranked || now.state !== 'available' || !quickest || now.etaS - quickest.etaS >= SOONER_S) return next
  const place = new Map(before.filter(each => each.ranked).map((each, at) => [each.unitId, at]))
  const placeOf = (each: UnitCandidate) => (each.ranked ? (place.get(each.unitId) ?? before.length) : Number.MAX_VALUE)
  return next.toSorted((a, b) => placeOf(a) - placeOf(b))
}
