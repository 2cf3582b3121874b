/** Ranks units for an incident by travel time, and says why; pure. */
import { type ClassRule, DEFAULT_CLASS_RULE, mayOffer } from '../core/class-rule.ts'
import { distanceM, type GeoPoint } from '../core/geo.ts'
import type { Incident } from '../core/incident.ts'
import { hasRefused } from '../core/lifecycle.ts'
import type { Unit } from '../core/unit.ts'
import type { UnitCandidate } from '../core/wire.ts'

/** Way along the roads, or undefined where there is no graph. */
export type Route = (from: GeoPoint, to: GeoPoint) => { readonly distanceM: number } | undefined

/** A position older than this is shown and not ranked. */
export const STALE_POSITION_MS = 120_000
/** Without a road graph the way is this much longer than the straight line (domain: travel time). */
const STRAIGHT_FACTOR = 1.4
/** A way this much longer than the straight line is a detour worth saying (a river). */
const DETOUR_FACTOR = 1.7
const DETOUR_MIN_M = 200
/** Who declined, let an offer expire or gave an order up is not asked again for this long, and afterwards last. */
const REFUSED_MS = 5 * 60_000
/** Units that said no to this incident: of a large force they must not fill the places of those who were not asked yet. */
export const refusers = (incident: Incident): ReadonlySet<string> =>
  new Set(incident.assignments.filter(hasRefused).map(a => a.unitId))

/** Available units, nearest by time first; stale, busy and off-duty ones are left out or put below, unranked. */
export function candidates(
  incident: Incident,
  units: readonly Unit[],
  route: Route | undefined,
  nowMs: number,
  classRule: ClassRule = DEFAULT_CLASS_RULE
): readonly UnitCandidate[] {
  const place = incident.position
  const list = units.flatMap(unit => {
    if (unit.state === 'offDuty' || (unit.state !== 'available' && unit.incidentId !== incident.id)) return []
    if (unit.incidentId === incident.id) return []
    return [candidate(incident, unit, { place, route, nowMs, classRule })]
  })
  const last = (c: UnitCandidate) => Number(c.reasons.includes('declined'))
  const ranked = list.filter(c => c.ranked).sort((a, b) => last(a) - last(b) || a.etaS - b.etaS)
  const rest = list.filter(c => !c.ranked).sort((a, b) => a.positionAgeMs - b.positionAgeMs)
  return [
    ...ranked.map((c, index) => (index === 0 && !last(c) ? { ...c, reasons: ['nearest' as const, ...c.reasons] } : c)),
    ...rest
  ]
}

interface Situation {
  readonly place: GeoPoint | undefined
  readonly route: Route | undefined
  readonly nowMs: number
  readonly classRule: ClassRule
}

function candidate(incident: Incident, unit: Unit, { place, route, nowMs, classRule }: Situation): UnitCandidate {
  const here = unit.position
  const straightM = here && place ? distanceM(here.point, place) : 0
  const road = here && place ? route?.(here.point, place)?.distanceM : undefined
  const way = road ?? straightM * STRAIGHT_FACTOR
  const ageMs = here ? nowMs - here.atMs : Number.MAX_SAFE_INTEGER
  const stale = ageMs > STALE_POSITION_MS
  const refusedAtMs = lastRefusal(incident, unit)
  const sent = mayOffer(classRule, unit.unitClass, incident)
  const reasons: UnitCandidate['reasons'][number][] = []
  if (unit.gridCellId && unit.gridCellId === incident.subject.gridCell?.id) reasons.push('ownCell')
  if (road !== undefined && road > straightM * DETOUR_FACTOR && road - straightM > DETOUR_MIN_M) reasons.push('detour')
  if (unit.memberCount < 2) reasons.push('alone')
  if (stale) reasons.push('stalePosition')
  if (refusedAtMs !== undefined) reasons.push('declined')
  if (!sent) reasons.push('outsideRule')
  if (unit.offRota) reasons.push('offRota')
  return {
    unitId: unit.id,
    name: unit.name,
    state: unit.state,
    unitClass: unit.unitClass,
    memberCount: unit.memberCount,
    etaS: Math.round((way / 1000 / unit.speedKmh) * 3600),
    distanceM: Math.round(way),
    straightM: Math.round(straightM),
    by: road === undefined ? 'straight' : 'road',
    reasons,
    positionAgeMs: Math.min(ageMs, Number.MAX_SAFE_INTEGER),
    ranked:
      sent &&
      !unit.offRota &&
      !stale &&
      place !== undefined &&
      nowMs - (refusedAtMs ?? Number.NEGATIVE_INFINITY) >= REFUSED_MS
  }
}

/** When the unit last said no to this incident, in words or by silence; undefined if it never did. */
function lastRefusal(incident: Incident, unit: Unit): number | undefined {
  const refused = incident.assignments.findLast(a => a.unitId === unit.id && hasRefused(a))
  return refused && (refused.endedAtMs ?? refused.offeredAtMs)
}
