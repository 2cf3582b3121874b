/** The ground of the town, point by point: carriageways with their lines, crossings, kerbs, pavements, grass, and where the river is. */
import type { Plan } from '../plan.ts'
import { type Paint, setPaint } from './face.ts'
import { clamp01, fraction, hash, noise } from './random.ts'

/** The water lies below the streets. */
export const WATER_M = -3
export const PAVEMENT_M = 4.4
const CORNER_M = 5
/** Blocks wider than this both ways are drawn as wings around a yard. */
const YARD_M = 45
export const WING_M = 9

export const hasYard = ([x0, y0, x1, y1]: Plan['buildings'][number]): boolean => x1 - x0 > YARD_M && y1 - y0 > YARD_M
const WHITE = 0.62
const [ZEBRA_FROM_M, ZEBRA_TO_M, STOP_M] = [1.5, 5.3, 6.3]

interface Near {
  /** From the middle of the nearest road of that direction, metres. */
  readonly off: number
  readonly half: number
}

const NOWHERE: Near = { off: 1e6, half: 0 }

export class Ground {
  readonly #plan: Plan
  readonly #yards: readonly (readonly [number, number, number, number])[]

  constructor(plan: Plan) {
    this.#plan = plan
    this.#yards = plan.buildings
      .filter(block => hasYard(block))
      .map(([x0, y0, x1, y1]) => [x0 + WING_M, y0 + WING_M, x1 - WING_M, y1 - WING_M] as const)
  }

  /** The nearest road that runs north and south here; the river cuts all but the bridges. */
  northSouth(x: number, y: number): Near {
    const { river, roadsNorthSouth, bridgesAtX } = this.#plan
    const overRiver = y > river.yNorth - 22 && y < river.ySouth + 20
    let best = NOWHERE
    for (const road of roadsNorthSouth) {
      const off = x - road.x
      if (Math.abs(off) < Math.abs(best.off) && (!overRiver || bridgesAtX.includes(road.x)))
        best = { off, half: road.width / 2 }
    }
    return best
  }

  eastWest(y: number): Near {
    let best = NOWHERE
    for (const road of this.#plan.roadsEastWest) {
      const off = y - road.y
      if (Math.abs(off) < Math.abs(best.off)) best = { off, half: road.width / 2 }
    }
    return best
  }

  isWater(x: number, y: number): boolean {
    const { river, bridgesAtX } = this.#plan
    return y > river.yNorth && y < river.ySouth && !bridgesAtX.some(at => Math.abs(x - at) < 11 + PAVEMENT_M)
  }

  inPark(x: number, y: number): boolean {
    return this.#plan.parks.some(([x0, y0, x1, y1]) => x > x0 && x < x1 && y > y0 && y < y1)
  }

  paint(paint: Paint, x: number, y: number, far: number): void {
    const [ns, ew] = [this.northSouth(x, y), this.eastWest(y)]
    const ex = Math.abs(ns.off) - ns.half
    const ey = Math.abs(ew.off) - ew.half
    const rounded = ex > 0 && ey > 0 && ex < CORNER_M && ey < CORNER_M
    const cut = rounded && (CORNER_M - ex) ** 2 + (CORNER_M - ey) ** 2 > CORNER_M ** 2
    if (ex < 0 || ey < 0 || cut) {
      const worn = noise(x * 0.35, y * 0.35, 3) * 0.05 + noise(x * 0.05, y * 0.05, 4) * 0.05
      const grain = far < 40 ? (hash(Math.floor(x * 14), Math.floor(y * 14), 9) - 0.5) * 0.05 : 0
      setPaint(paint, [0.2, 0.195, 0.19], 0.85 + worn * 2 + grain)
      if (cut || (ex < 0 && ey < 0)) return
      const line = ex < 0 ? marking(ns, ey, -ew.off, x, y) : marking(ew, ex, ns.off, y, x)
      if (line > 0) mark(paint, line, noise(x * 2, y * 2, 5))
      return
    }
    this.#besideRoad(paint, x, y, far, rounded ? CORNER_M - Math.hypot(CORNER_M - ex, CORNER_M - ey) : Math.min(ex, ey))
  }

  /** School and works yards; false outside of them. */
  #yard(paint: Paint, x: number, y: number, mottle: number): boolean {
    const yard = this.#yards.find(([x0, y0, x1, y1]) => x > x0 && x < x1 && y > y0 && y < y1)
    const what = yard ? trackLine(x, y, yard) : 'none'
    if (what === 'line') setPaint(paint, [WHITE, WHITE, WHITE], 0.9)
    else if (what === 'lane') setPaint(paint, [0.3, 0.12, 0.08], mottle)
    else if (what === 'field') setPaint(paint, [0.1, 0.19, 0.08], mottle)
    return what !== 'none'
  }

  #besideRoad(paint: Paint, x: number, y: number, far: number, edge: number): void {
    const mottle = 0.9 + noise(x * 0.6, y * 0.6, 6) * 0.2
    if (edge < 0.28) {
      setPaint(paint, [0.42, 0.41, 0.39], edge < 0.09 ? 0.4 : 1)
      return
    }
    if (edge < PAVEMENT_M) {
      // The ribbed yellow strip for the blind (盲道) runs along every pavement.
      if (Math.abs(edge - 2.3) < 0.22) {
        setPaint(paint, [0.42, 0.34, 0.15], mottle)
        return
      }
      const joint = far < 32 && (fraction(x / 0.6) < 0.07 || fraction(y / 0.6) < 0.07) ? 0.82 : 1
      const tile = far < 60 ? 0.94 + hash(Math.floor(x / 0.6), Math.floor(y / 0.6)) * 0.1 : 1
      setPaint(paint, [0.34, 0.32, 0.29], mottle * joint * tile)
      return
    }
    const { river } = this.#plan
    const bank = y > river.yNorth - 22 && y < river.ySouth + 20
    const promenade = bank && (y > river.yNorth - 11 || y > river.ySouth) && y < river.ySouth + 9
    if (promenade) {
      const joint = far < 40 && (fraction(x / 1.2) < 0.05 || fraction(y / 1.2) < 0.05) ? 0.84 : 1
      setPaint(paint, [0.36, 0.33, 0.29], mottle * joint)
      return
    }
    if (bank || this.inPark(x, y)) {
      const path = this.inPark(x, y) && noise(x * 0.035, y * 0.035, 12) > 0.47 && noise(x * 0.035, y * 0.035, 12) < 0.53
      if (path) {
        setPaint(paint, [0.34, 0.31, 0.27], mottle)
        return
      }
      const blades = far < 60 ? 0.75 + noise(x * 3, y * 3, 7) * 0.5 : 1
      setPaint(paint, [0.1, 0.17, 0.06], mottle * blades)
      return
    }
    if (this.#yard(paint, x, y, mottle)) return
    if (edge > 18 && noise(x * 0.09, y * 0.09, 8) > 0.6) {
      setPaint(paint, [0.11, 0.16, 0.07], mottle)
      return
    }
    const slab = far < 45 && (fraction(x / 2.4) < 0.03 || fraction(y / 2.4) < 0.03) ? 0.8 : 1
    setPaint(paint, [0.27, 0.255, 0.235], mottle * slab)
  }
}

/** White lines of a running track in a yard: lanes around a field with round ends. */
function trackLine(
  x: number,
  y: number,
  [x0, y0, x1, y1]: readonly [number, number, number, number]
): 'field' | 'line' | 'lane' | 'none' {
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2]
  const [wide, tall] = [(x1 - x0) / 2 - 3, (y1 - y0) / 2 - 3]
  const radius = Math.min(wide, tall)
  const [ex, ey] = [Math.max(0, Math.abs(x - cx) - (wide - radius)), Math.max(0, Math.abs(y - cy) - (tall - radius))]
  const inside = radius - Math.hypot(ex, ey)
  if (inside < 0) return 'none'
  if (inside > 5.1) return Math.abs(y - cy) < 0.08 || Math.abs(Math.hypot(x - cx, y - cy) - 5) < 0.08 ? 'line' : 'field'
  return fraction(inside / 1.22) < 0.07 ? 'line' : 'lane'
}

function mark(paint: Paint, line: number, wear: number): void {
  const cover = clamp01(1.5 - wear) * 0.9
  const [r, g, b] = line === 2 ? [0.62, 0.44, 0.1] : [WHITE, WHITE, WHITE * 0.96]
  paint.r += (r - paint.r) * cover
  paint.g += (g - paint.g) * cover
  paint.b += (b - paint.b) * cover
}

/**
 * 0 nothing, 1 white, 2 yellow. `along` is the distance from the crossing road's edge, `ahead` tells on which side of it (its sign with
 * that of `off` says whether traffic comes or goes: it keeps to the right), `s` and `across` are the point's two coordinates.
 */
function marking({ off, half }: Near, along: number, ahead: number, across: number, s: number): 0 | 1 | 2 {
  if (half < 6) return along > 9 && Math.abs(Math.abs(off) - half + 0.3) < 0.07 ? 1 : 0
  if (along > ZEBRA_FROM_M && along < ZEBRA_TO_M && Math.abs(off) < half - 0.5)
    return fraction(across / 1.05) < 0.46 ? 1 : 0
  if (along < STOP_M) return 0
  if (along < STOP_M + 0.4) return off * ahead < 0 && Math.abs(off) < half - 0.5 ? 1 : 0
  const lateral = Math.abs(off)
  if (half >= 10) {
    if (Math.abs(lateral - 0.2) < 0.075) return 2
    if (Math.abs(lateral - 3.7) < 0.075) return along < 30 || fraction(s / 10) < 0.45 ? 1 : 0
    if (Math.abs(lateral - 7.4) < 0.075) return 1
    return 0
  }
  if (lateral < 0.075) return along < 24 ? 2 : fraction(s / 10) < 0.45 ? 2 : 0
  return Math.abs(lateral - half + 0.5) < 0.07 ? 1 : 0
}
