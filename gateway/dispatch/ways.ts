/** The lines that units on their way are expected to take: along the roads, in few points, or straight where no road leads. Pure. */
import { distanceM, type GeoPoint } from '../core/geo.ts'
import type { Incident } from '../core/incident.ts'
import type { Unit } from '../core/unit.ts'
import type { PatrolWay, UnitWay } from '../core/wire.ts'
import { type Route, STRAIGHT_FACTOR } from './candidates.ts'

type Point = UnitWay['path'][number]

/** A line of more is drawn coarser. */
export const MOST_POINTS = 100
/** Units whose ways are told at once. */
const MOST_UNITS = 50
const FINEST_M = 3
const M_PER_DEGREE = 111_195

const pointOf = ({ lon, lat }: GeoPoint): Point => [lon, lat]

/** Not to a vehicle: it drives on, and where it is is told on record only (rule 10). */
export function waysOf(
  units: Iterable<Unit>,
  incidentOf: (unit: Unit) => Incident | undefined,
  route: Route | undefined
): readonly UnitWay[] {
  const ways: UnitWay[] = []
  for (const unit of units) {
    if (unit.state !== 'enRoute' || !unit.position) continue
    const incident = incidentOf(unit)
    const to = incident?.subject.kind === 'vehicle' ? undefined : incident?.position
    if (!to) continue
    const { by, path } = lineOf(unit.position.point, to, route)
    ways.push({ unitId: unit.id, by, path })
    if (ways.length >= MOST_UNITS) break
  }
  return ways
}

/** For the phone of the unit itself, from where it was last; undefined while one of the two places is not known. Metres, and seconds at its usual speed. */
export function wayTo(
  { position, speedKmh }: Unit,
  to: GeoPoint | undefined,
  route: Route | undefined
): PatrolWay | undefined {
  if (!position || !to) return undefined
  const line = lineOf(position.point, to, route)
  return {
    ...line,
    distanceM: Math.round(line.distanceM),
    etaS: Math.round((line.distanceM / 1_000 / speedKmh) * 3_600)
  }
}

function lineOf(from: GeoPoint, to: GeoPoint, route: Route | undefined): Omit<PatrolWay, 'etaS'> {
  const road = route?.(from, to)
  return road?.path
    ? { by: 'road', path: thinned(road.path), distanceM: road.distanceM }
    : { by: 'straight', path: [pointOf(from), pointOf(to)], distanceM: distanceM(from, to) * STRAIGHT_FACTOR }
}

/** Ends and bends stay; coarser until it fits. */
export function thinned(path: readonly Point[], most = MOST_POINTS): readonly Point[] {
  let thin = simplified(path, FINEST_M)
  for (let toleranceM = FINEST_M * 2; thin.length > most; toleranceM *= 2) thin = simplified(path, toleranceM)
  return thin
}

/** Douglas–Peucker, without recursion. */
function simplified(path: readonly Point[], toleranceM: number): readonly Point[] {
  const kept = new Set([0, path.length - 1])
  const spans: [number, number][] = [[0, path.length - 1]]
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span
    let [far, farM] = [-1, toleranceM]
    for (let n = from + 1; n < to; n++) {
      const awayM = awayOf(path[n] as Point, path[from] as Point, path[to] as Point)
      if (awayM > farM) [far, farM] = [n, awayM]
    }
    if (far < 0) continue
    kept.add(far)
    spans.push([from, far], [far, to])
  }
  return path.filter((_, n) => kept.has(n))
}

/** Metres from a point to a piece of line. */
function awayOf([lon, lat]: Point, [lonA, latA]: Point, [lonB, latB]: Point): number {
  const perLon = Math.cos((latA * Math.PI) / 180) * M_PER_DEGREE
  const [px, py] = [(lon - lonA) * perLon, (lat - latA) * M_PER_DEGREE]
  const [dx, dy] = [(lonB - lonA) * perLon, (latB - latA) * M_PER_DEGREE]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length))
  return Math.hypot(px - along * dx, py - along * dy)
}
