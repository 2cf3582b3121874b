/** The plan of the simulated town: metres from its north-west corner, x to the east, y to the south; and the way to degrees. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Road {
  readonly name: string
  readonly width: number
}

export interface PlannedCamera {
  readonly name: string
  readonly x: number
  readonly y: number
  readonly heightM: number
  readonly yawDeg: number
  readonly pitchDeg: number
  readonly fovDeg: number
  readonly infrared: boolean
}

export interface Community {
  readonly code: string
  readonly name: string
  /** First and last column and row of the block grid. */
  readonly columns: readonly [number, number]
  readonly rows: readonly [number, number]
  readonly unitId: string
  /** Its cells [column, row] in the order of their numbers; row by row when absent. */
  readonly order?: readonly (readonly [number, number])[]
}

export interface Plan {
  readonly size: readonly [number, number]
  readonly origin: { readonly lat: number; readonly lon: number }
  readonly roadsNorthSouth: readonly (Road & { readonly x: number })[]
  readonly roadsEastWest: readonly (Road & { readonly y: number })[]
  readonly river: { readonly name: string; readonly yNorth: number; readonly ySouth: number }
  readonly bridgesAtX: readonly number[]
  readonly parks: readonly (readonly [number, number, number, number])[]
  readonly parkNames: readonly string[]
  /** West, north, east, south edge and height. */
  readonly buildings: readonly (readonly [number, number, number, number, number])[]
  readonly cameras: readonly PlannedCamera[]
  readonly communities: readonly Community[]
}

export const ROOT = join(import.meta.dirname, '../..')

export function readPlan(): Plan {
  return JSON.parse(readFileSync(join(ROOT, 'config/scenarios/town-plan.json'), 'utf8')) as Plan
}

/** Metres of one degree of latitude on the sphere that gateway/core/geo.ts measures with. */
const METRES_PER_DEGREE = (6_371_008.8 * Math.PI) / 180

/** [lon, lat], WGS-84, to a centimetre. */
export type LonLat = [number, number]

export function lonLatOf({ origin }: Plan, x: number, y: number): LonLat {
  const lon = origin.lon + x / (METRES_PER_DEGREE * Math.cos((origin.lat * Math.PI) / 180))
  return [round(lon), round(origin.lat - y / METRES_PER_DEGREE)]
}

function round(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7
}

/** A closed ring around a rectangle, counter-clockwise as RFC 7946 wants outer rings. */
export function rectangle(plan: Plan, x0: number, y0: number, x1: number, y1: number): LonLat[] {
  const corners = [
    [x0, y1],
    [x1, y1],
    [x1, y0],
    [x0, y0],
    [x0, y1]
  ] as const
  return corners.map(([x, y]) => lonLatOf(plan, x, y))
}
