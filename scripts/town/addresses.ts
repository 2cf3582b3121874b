/** House numbers that agree with the street a house stands on: odd on its north or west side, even on the other, rising from the first crossing. */
import { blockEdges } from './map.ts'
import type { Plan } from './plan.ts'

/** Metres between two numbers of one side. A compound on a lane has one number for a whole gate. */
const STEP_M = 8
const LANE_STEP_M = 44
/** Below this a house has its own number, above it is a block of flats in a compound. */
const FLATS_FROM_HEIGHT_M = 15

interface Place {
  readonly x: number
  readonly y: number
}

/** Gives out street numbers, each once. */
export class Addresses {
  private readonly plan: Plan
  private readonly taken = new Set<string>()

  constructor(plan: Plan) {
    this.plan = plan
  }

  /** `建设路 208 号`: the nearest street, unless `street` names another, and the first free number there. */
  house({ x, y }: Place, street?: string): string {
    const { roadsEastWest, roadsNorthSouth } = this.plan
    const roads = [
      ...roadsEastWest.map(road => ({ ...road, awayM: y - road.y, alongM: x - (roadsNorthSouth[0]?.x ?? 0) })),
      ...roadsNorthSouth.map(road => ({ ...road, awayM: x - road.x, alongM: y - (roadsEastWest[0]?.y ?? 0) }))
    ]
    const [nearest] = roads
      .filter(road => street === undefined || road.name === street)
      .sort((a, b) => Math.abs(a.awayM) - Math.abs(b.awayM))
    if (!nearest) throw new Error(`no street ${street}`)
    const step = nearest.name.endsWith('巷') ? LANE_STEP_M : STEP_M
    let number = Math.max(1, Math.round(nearest.alongM / step)) * 2 - (nearest.awayM < 0 ? 1 : 0)
    while (this.taken.has(`${nearest.name} ${number}`)) number += 2
    this.taken.add(`${nearest.name} ${number}`)
    return `${nearest.name} ${number} 号`
  }

  /** The gate of a block's compound: on the street north of it, three quarters along. */
  gate(column: number, row: number): string {
    const { x0, x1, y0 } = this.block(column, row)
    const north = this.plan.roadsEastWest.find(road => road.y === y0)
    return this.house({ x: x0 + (x1 - x0) * 0.75, y: y0 + 1 }, north?.name)
  }

  /** Centres of the houses of a block from north to south, west to east, and whether each is a block of flats. */
  homes(column: number, row: number): (Place & { readonly flats: boolean })[] {
    const { x0, x1, y0, y1 } = this.block(column, row)
    return this.plan.buildings
      .map(([west, north, east, south, heightM]) => ({
        x: (west + east) / 2,
        y: (north + south) / 2,
        flats: heightM >= FLATS_FROM_HEIGHT_M
      }))
      .filter(({ x, y }) => x > x0 && x < x1 && y > y0 && y < y1)
  }

  private block(column: number, row: number) {
    const { xs, ys } = blockEdges(this.plan)
    return { x0: xs[column] ?? 0, x1: xs[column + 1] ?? 0, y0: ys[row] ?? 0, y1: ys[row + 1] ?? 0 }
  }
}
