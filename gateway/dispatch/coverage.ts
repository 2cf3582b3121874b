/** How soon somebody free could be in each grid cell, by class of unit: by straight line and usual speed, for a board and not for an order. */
import { setImmediate as turn } from 'node:timers/promises'
import { TRAINED } from '../core/class-rule.ts'
import { type BoardCoverage, COVER_FAR_S, COVER_GAPS, COVER_NEAR_S } from '../core/leader-board.ts'
import { type GridCellRow, UNIT_CLASSES, type Unit, type UnitClass } from '../core/unit.ts'
import { STALE_POSITION_MS, STRAIGHT_FACTOR } from './candidates.ts'

const M_PER_DEGREE = 111_195
const SQUARE_M = 600
const A_TURN = 250
/** Worth some seconds of a way of minutes. */
const TOGETHER_M = 60
/** A map of more squares says that a position is nonsense. */
const MOST_SQUARES = 1_000_000

interface Spot {
  readonly x: number
  readonly y: number
  readonly metresPerS: number
}

/** Cells of the finest level there is. */
function finest(cells: readonly GridCellRow[]): readonly GridCellRow[] {
  const level = cells.reduce((most, each) => Math.max(most, each.level), 0)
  return cells.filter(each => each.level === level)
}

function middleOf({ ring }: GridCellRow): readonly [number, number] {
  const corners = ring.slice(0, -1)
  const mean = (axis: 0 | 1) => corners.reduce((sum, corner) => sum + corner[axis], 0) / Math.max(1, corners.length)
  return [mean(0), mean(1)]
}

/** Of a county in turns of some milliseconds, between which alarms go on. */
export async function coverageOf(
  cells: readonly GridCellRow[],
  units: readonly Unit[],
  nowMs: number
): Promise<BoardCoverage> {
  const shown = finest(cells)
  const middles = shown.map(middleOf)
  const [west = 0, south = 0] = [0, 1].map(axis => middles.reduce((least, m) => Math.min(least, m[axis as 0 | 1]), 180))
  const perLon = Math.cos((south * Math.PI) / 180) * M_PER_DEGREE
  const flat = (lon: number, lat: number) => ({ x: (lon - west) * perLon, y: (lat - south) * M_PER_DEGREE })
  const ways: { readonly unitClass: UnitClass; readonly free: number; readonly etaS: readonly number[] }[] = []
  for (const unitClass of UNIT_CLASSES) {
    const free = units.flatMap((unit): Spot[] => {
      const { position, state, speedKmh } = unit
      if (unit.unitClass !== unitClass || state !== 'available' || !position) return []
      if (nowMs - position.atMs > STALE_POSITION_MS) return []
      return [{ ...flat(position.point.lon, position.point.lat), metresPerS: speedKmh / 3.6 / STRAIGHT_FACTOR }]
    })
    const soonest = finderOf(thinned(free))
    const etaS: number[] = []
    for (const [lon, lat] of middles) {
      if (etaS.length % A_TURN === 0) await turn()
      etaS.push(soonest(flat(lon, lat)))
    }
    ways.push({ unitClass, free: free.length, etaS })
  }
  const trained = ways.filter(({ unitClass }) => TRAINED.includes(unitClass))
  const best = shown.map((_, n) => Math.min(...trained.map(({ etaS }) => etaS[n] ?? Number.POSITIVE_INFINITY)))
  const gaps = shown
    .map(({ id, name }, n) => ({ id, name, etaS: best[n] ?? Number.POSITIVE_INFINITY }))
    .filter(({ etaS }) => etaS > COVER_NEAR_S)
    .sort((a, b) => b.etaS - a.etaS || (a.id < b.id ? -1 : 1))
  const within = (times: readonly number[], most: number) => times.filter(etaS => etaS <= most).length
  return {
    ...{ atMs: nowMs, cells: shown.length, near: within(best, COVER_NEAR_S), far: within(best, COVER_FAR_S) },
    classes: ways.map(({ unitClass, free, etaS }) => ({
      ...{ unitClass, free, near: within(etaS, COVER_NEAR_S), far: within(etaS, COVER_FAR_S) }
    })),
    gaps: gaps
      .slice(0, COVER_GAPS)
      .map(({ etaS, ...cell }) => (etaS <= COVER_FAR_S ? { ...cell, etaS: Math.round(etaS) } : cell)),
    gapsAll: gaps.length
  }
}

/** Of those who stand together the quickest: a thousand at one station are one place. */
function thinned(spots: readonly Spot[]): readonly Spot[] {
  const quickest = new Map<string, Spot>()
  for (const spot of spots) {
    const key = `${Math.floor(spot.x / TOGETHER_M)} ${Math.floor(spot.y / TOGETHER_M)}`
    const known = quickest.get(key)
    if (!known || known.metresPerS < spot.metresPerS) quickest.set(key, spot)
  }
  return [...quickest.values()]
}

/** Seconds of the quickest of them to a place; Infinity beyond COVER_FAR_S. Squares around the place are looked at from the nearest on. */
function finderOf(spots: readonly Spot[]): (place: { readonly x: number; readonly y: number }) => number {
  const square = (metres: number) => Math.floor(metres / SQUARE_M)
  const [left, bottom] = [least(spots, s => square(s.x)), least(spots, s => square(s.y))]
  const [right, top] = [-least(spots, s => -square(s.x)), -least(spots, s => -square(s.y))]
  const wide = right - left + 1
  const speed = -least(spots, s => -s.metresPerS)
  const all = wide * (top - bottom + 1)
  if (spots.length === 0 || !(all <= MOST_SQUARES)) return () => Number.POSITIVE_INFINITY
  const squares = new Array<Spot[] | undefined>(all)
  for (const spot of spots) {
    const at = (square(spot.y) - bottom) * wide + square(spot.x) - left
    const known = squares[at]
    if (known) known.push(spot)
    else squares[at] = [spot]
  }
  return ({ x, y }) => {
    const [col, row] = [square(x), square(y)]
    let best = Number.POSITIVE_INFINITY
    const look = (c: number, r: number) => {
      if (c < left || c > right || r < bottom || r > top) return
      for (const spot of squares[(r - bottom) * wide + c - left] ?? [])
        best = Math.min(best, Math.hypot(spot.x - x, spot.y - y) / spot.metresPerS)
    }
    // Whatever lies in a further ring is at least so far away.
    for (let ring = 0; ((ring - 1) * SQUARE_M) / speed <= Math.min(best, COVER_FAR_S); ring++)
      for (let c = col - ring; c <= col + ring; c++) {
        const edge = c === col - ring || c === col + ring
        for (let r = row - ring; r <= row + ring; r += edge || ring === 0 ? 1 : 2 * ring) look(c, r)
      }
    return best <= COVER_FAR_S ? best : Number.POSITIVE_INFINITY
  }
}

const least = (spots: readonly Spot[], of: (spot: Spot) => number): number =>
  spots.reduce((so, spot) => Math.min(so, of(spot)), Number.POSITIVE_INFINITY)
