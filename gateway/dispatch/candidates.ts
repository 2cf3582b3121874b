/** Ranks units for an incident by travel time, and says why; pure. */
import type { UnitId } from '../core/brand.ts'
import { type ClassRule, DEFAULT_CLASS_RULE, mayOffer, type Situation, situationOf } from '../core/class-rule.ts'
import { distanceM, type GeoPoint } from '../core/geo.ts'
import type { Incident } from '../core/incident.ts'
import { hasRefused } from '../core/lifecycle.ts'
import { isUrgent, twoFirst } from '../core/two-first.ts'
import type { Unit, UnitSkill } from '../core/unit.ts'
import type { UnitCandidate } from '../core/wire.ts'
import { type Area, NOWHERE } from './jurisdiction.ts'

/** Way along the roads, or undefined where there is no graph. */
export type Route = (
  from: GeoPoint,
  to: GeoPoint
) => { readonly distanceM: number; readonly path?: readonly (readonly [lon: number, lat: number])[] } | undefined

/** A position older than this is shown and not ranked. */
export const STALE_POSITION_MS = 120_000
/** Without a road graph the way is this much longer than the straight line (domain: travel time). */
export const STRAIGHT_FACTOR = 1.4
/** A way this much longer than the straight line is a detour worth saying (a river). */
const DETOUR_FACTOR = 1.7
const DETOUR_MIN_M = 200
/** Who declined, let an offer expire or gave an order up is not asked again for this long, and afterwards last. */
const REFUSED_MS = 5 * 60_000
/** Units that said no to this incident: of a large force they must not fill the places of those who were not asked yet. */
export const refusers = (incident: Incident): ReadonlySet<string> =>
  new Set(incident.assignments.filter(hasRefused).map(a => a.unitId))

/** How much later a better suited unit may be and still go first; seconds. */
export interface Later {
  /** Of the cell that holds the place. */
  readonly ownS: number
  /** The same where seconds count (P1, duress); neither the cells beside it nor rest count there. */
  readonly urgentOwnS: number
  /** Of a cell beside it. */
  readonly neighbourS: number
  /** With a skill that the nature asks for. */
  readonly skillS: number
  /** For each order of the last two hours of another unit that was spared, three at most. */
  readonly perOrderS: number
}

export interface Preferences {
  readonly classRule?: ClassRule
  readonly area?: Area
  readonly later?: Later
  /** Orders taken of late. */
  ordersOf?(unitId: UnitId): number
}

const NO_LATER: Later = { ownS: 0, urgentOwnS: 0, neighbourS: 0, skillS: 0, perOrderS: 0 }
const MOST_ORDERS = 3
/** Who told his place longer ago than this may be somewhere else by now. */
const FRESH_S = 30

const SKILLS_FOR: Readonly<Partial<Record<Situation, readonly UnitSkill[]>>> = {
  medical: ['firstAid'],
  lostOrFallen: ['firstAid', 'water'],
  traffic: ['traffic', 'firstAid'],
  fire: ['fire', 'firstAid'],
  dispute: ['mediation']
}

/** Best first: by travel time, less what jurisdiction, skills and rest are worth, two before one where violence may be; stale, busy and off-duty ones are left out or put below, unranked. */
export function candidates(
  incident: Incident,
  units: readonly Unit[],
  route: Route | undefined,
  nowMs: number,
  prefer: Preferences = {}
): readonly UnitCandidate[] {
  const list = units.flatMap(unit =>
    unit.state === 'available' && unit.incidentId !== incident.id
      ? [candidate(incident, unit, route, nowMs, prefer)]
      : []
  )
  const isLast = (c: UnitCandidate) => c.reasons.includes('declined')
  const sorted = list
    .filter(({ c }) => c.ranked)
    .sort((a, b) => a.afterS - b.afterS)
    .map(({ c }) => c)
  const asked = twoFirst(
    sorted.filter(c => !isLast(c)),
    incident
  )
  const rest = list
    .filter(({ c }) => !c.ranked)
    .map(({ c }) => c)
    .sort((a, b) => a.positionAgeMs - b.positionAgeMs)
  return [...explained(asked), ...sorted.filter(isLast), ...rest]
}

/** The nearest is called so; whoever stands before it says by how much he is later. */
function explained(asked: readonly UnitCandidate[]): readonly UnitCandidate[] {
  const etaS = asked.reduce((least, c) => Math.min(least, c.etaS), Number.POSITIVE_INFINITY)
  const at = asked.findIndex(c => c.etaS === etaS)
  return asked.map((c, n) => {
    if (n === at) return { ...c, reasons: ['nearest' as const, ...c.reasons] }
    return n < at ? { ...c, laterS: c.etaS - etaS } : c
  })
}

function candidate(
  incident: Incident,
  unit: Unit,
  route: Route | undefined,
  nowMs: number,
  { classRule = DEFAULT_CLASS_RULE, area = NOWHERE, later = NO_LATER, ordersOf }: Preferences
): { readonly c: UnitCandidate; readonly afterS: number } {
  const place = incident.position
  const here = unit.position
  const straightM = here && place ? distanceM(here.point, place) : 0
  const road = here && place ? route?.(here.point, place)?.distanceM : undefined
  const way = road ?? straightM * STRAIGHT_FACTOR
  const ageMs = here ? nowMs - here.atMs : Number.MAX_SAFE_INTEGER
  const stale = ageMs > STALE_POSITION_MS
  const refusedAtMs = lastRefusal(incident, unit)
  const sent = mayOffer(classRule, unit.unitClass, incident)
  const where = jurisdictionOf(unit, incident, area)
  const skill = SKILLS_FOR[situationOf(incident)]?.find(each => unit.skills?.includes(each))
  const orders = Math.min(MOST_ORDERS, ordersOf?.(unit.id) ?? 0)
  const reasons: UnitCandidate['reasons'][number][] = []
  if (where) reasons.push(where)
  if (skill) reasons.push('skilled')
  if (orders > 0) reasons.push('busyLately')
  if (road !== undefined && road > straightM * DETOUR_FACTOR && road - straightM > DETOUR_MIN_M) reasons.push('detour')
  if (unit.memberCount < 2) reasons.push('alone')
  if (stale) reasons.push('stalePosition')
  if (refusedAtMs !== undefined) reasons.push('declined')
  if (!sent) reasons.push('outsideRule')
  if (unit.offRota) reasons.push('offRota')
  const etaS = Math.round((way / 1000 / unit.speedKmh) * 3600)
  const { ownS, neighbourS, perOrderS } = isUrgent(incident) ? urgent(later) : later
  const spared = where === 'ownCell' ? ownS : where === 'neighbourCell' ? neighbourS : 0
  const afterS =
    etaS - spared - (skill ? later.skillS : 0) + orders * perOrderS + Math.max(0, ageMs / 1_000 - FRESH_S) / 2
  const rested = nowMs - (refusedAtMs ?? Number.NEGATIVE_INFINITY) >= REFUSED_MS
  const c: UnitCandidate = {
    ...{ unitId: unit.id, name: unit.name, state: unit.state, unitClass: unit.unitClass },
    ...{ memberCount: unit.memberCount, etaS, distanceM: Math.round(way), straightM: Math.round(straightM) },
    ...{ by: road === undefined ? ('straight' as const) : ('road' as const), reasons },
    ...(skill ? { skill } : {}),
    ...(orders > 0 ? { orders } : {}),
    positionAgeMs: Math.min(ageMs, Number.MAX_SAFE_INTEGER),
    ranked: sent && !unit.offRota && !stale && place !== undefined && rested
  }
  return { c, afterS }
}

/** Where seconds count whose cell it is decides between two who are there as good as together, no more. */
const urgent = ({ ownS, urgentOwnS }: Later) => ({
  ...{ ownS: Math.min(ownS, urgentOwnS), neighbourS: 0, perOrderS: 0 }
})

/** Its own cell holds the place, or the cell there names it; else whether it comes from next door. */
function jurisdictionOf(unit: Unit, incident: Incident, area: Area): 'ownCell' | 'neighbourCell' | undefined {
  const cell = unit.gridCellId
  if (area.ownUnits.has(unit.id)) return 'ownCell'
  if (!cell) return undefined
  if (area.own.has(cell) || cell === incident.subject.gridCell?.id) return 'ownCell'
  return area.beside.has(cell) ? 'neighbourCell' : undefined
}

/** When the unit last said no to this incident, in words or by silence; undefined if it never did. */
function lastRefusal(incident: Incident, unit: Unit): number | undefined {
  const refused = incident.assignments.findLast(a => a.unitId === unit.id && hasRefused(a))
  return refused && (refused.endedAtMs ?? refused.offeredAtMs)
}
