/** Units that can be sent keep their places, and so their digits, while they drive about: what was read a second ago is what the key chooses. Pure. */
import type { Incident } from '../../../gateway/core/incident.ts'
import type { UnitCandidate } from '../../../gateway/core/wire.ts'

/** So much sooner must a unit be there to pass another one that has been read already. */
const SOONER_S = 60
/** The same where seconds count: as much as the own cell is worth there unless changed. */
const URGENT_SOONER_S = 15

/** Seconds count; the same as the gateway's core/two-first.ts by test. */
export const isUrgent = ({ priority, duress, alarmClass }: Incident): boolean =>
  priority === 1 || duress || alarmClass === 'duress'

/** As the gateway says it: of a unit that has not told a position since it started, as after a restart. */
export const NO_POSITION_MS = Number.MAX_SAFE_INTEGER

/** The new answer in the order of the one before, the ranked ones first; who is new stands behind those known. `urgent`: see isUrgent. */
export function steadyOrder(
  before: readonly UnitCandidate[],
  next: readonly UnitCandidate[],
  urgent = false
): readonly UnitCandidate[] {
  const ranked = rankedInOrder(before, next, urgent ? URGENT_SOONER_S : SOONER_S)
  return [...withLater(ranked), ...unrankedInOrder(before, next)]
}

/** Who stands before the nearest says by how much he is later, as the gateway says it, in the order that is shown. */
function withLater(ranked: readonly UnitCandidate[]): readonly UnitCandidate[] {
  const asked = ranked.filter(each => each.state === 'available' && !each.reasons.includes('declined'))
  const least = asked.reduce((etaS, each) => Math.min(etaS, each.etaS), Number.POSITIVE_INFINITY)
  const at = ranked.findIndex(each => asked.includes(each) && each.etaS === least)
  return ranked.map((each, n) => {
    const { laterS: _, ...rest } = each
    return n < at && each.etaS > least ? { ...rest, laterS: each.etaS - least } : rest
  })
}

/** Starts afresh as the gateway ranked them when the first is no longer free, when somebody is there so much sooner than he, or two go before him who is alone. */
function rankedInOrder(
  before: readonly UnitCandidate[],
  next: readonly UnitCandidate[],
  soonerS: number
): readonly UnitCandidate[] {
  const ranked = next.filter(each => each.ranked)
  const first = before.find(each => each.ranked && each.state === 'available')
  const now = next.find(each => each.unitId === first?.unitId)
  const quickest = next.find(each => each.ranked && each.state === 'available')
  const isTwoFirst = quickest?.reasons.includes('twoFirst') && now?.reasons.includes('alone')
  if (isTwoFirst || !now?.ranked || now.state !== 'available' || !quickest || now.etaS - quickest.etaS >= soonerS)
    return ranked
  return inPlaces(
    before.filter(each => each.ranked),
    ranked
  )
}

/** At first those whose position is fresh, then old, then unknown, each by name, then those that are sent by hand; a position that grows old moves nobody. */
function unrankedInOrder(before: readonly UnitCandidate[], next: readonly UnitCandidate[]): readonly UnitCandidate[] {
  const group = ({ reasons, positionAgeMs }: UnitCandidate) => {
    if (reasons.includes('outsideRule')) return 3
    return reasons.includes('stalePosition') ? 1 + Number(positionAgeMs >= NO_POSITION_MS) : 0
  }
  const byName = (a: UnitCandidate, b: UnitCandidate) => a.name.localeCompare(b.name, 'zh', { numeric: true })
  const byHandAsRanked = (a: UnitCandidate, b: UnitCandidate) => (group(a) === 3 ? 0 : byName(a, b))
  return inPlaces(
    before.filter(each => !each.ranked),
    next.filter(each => !each.ranked).toSorted((a, b) => group(a) - group(b) || byHandAsRanked(a, b))
  )
}

function inPlaces(before: readonly UnitCandidate[], next: readonly UnitCandidate[]): readonly UnitCandidate[] {
  const place = new Map(before.map((each, at) => [each.unitId, at]))
  const placeOf = (each: UnitCandidate) => place.get(each.unitId) ?? before.length
  return next.toSorted((a, b) => placeOf(a) - placeOf(b))
}
