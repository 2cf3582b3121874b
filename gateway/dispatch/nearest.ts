/** Where all units are, in columns of numbers: the nearest of 33,000 by time are found in one pass that makes no object. */
import type { GeoPoint } from '../core/geo.ts'

/** A place as the units' columns hold it. */
export interface Spot {
  readonly point: GeoPoint
  readonly atMs: number
  /** Usual speed: who is quick may be further away. */
  readonly speedKmh: number
}

export interface Places {
  /** Undefined takes the row out of every answer: off duty, busy, no position. */
  put(row: number, spot: Spot | undefined): void
  /** Rows that `wanted` lets through with a position from `sinceMs` on, quickest by straight line first; `most` of them. */
  quickest(
    to: GeoPoint,
    most: number,
    sinceMs: number,
    wanted: (row: number, atMs: number) => boolean
  ): readonly number[]
  /** Rows with the youngest positions first, for an incident of which nobody knows where it is. */
  newest(most: number): readonly number[]
}

const M_PER_DEGREE = 111_195
const KMH = 1 / 3.6

export function createPlaces(rows: number): Places {
  const lat = new Float64Array(rows).fill(Number.NaN)
  const lon = new Float64Array(rows)
  const atMs = new Float64Array(rows)
  const perMetreS = new Float64Array(rows)
  return {
    put(row, spot) {
      lat[row] = spot ? spot.point.lat : Number.NaN
      if (!spot) return
      lon[row] = spot.point.lon
      atMs[row] = spot.atMs
      perMetreS[row] = 1 / (spot.speedKmh * KMH)
    },
    quickest(to, most, sinceMs, wanted) {
      const found = createBest(most)
      const perLon = Math.cos((to.lat * Math.PI) / 180) * M_PER_DEGREE
      let worst = Number.POSITIVE_INFINITY
      for (let row = 0; row < rows; row++) {
        const north = ((lat[row] as number) - to.lat) * M_PER_DEGREE
        const east = ((lon[row] as number) - to.lon) * perLon
        const slow = perMetreS[row] as number
        // Squared times order as times do. A row without a place is NaN, which is less than nothing.
        const squared = (north * north + east * east) * slow * slow
        if (!(squared < worst)) continue
        const at = atMs[row] as number
        if (at >= sinceMs && wanted(row, at)) worst = found.add(row, squared)
      }
      return found.rows
    },
    newest(most) {
      const found = createBest(most)
      let worst = Number.POSITIVE_INFINITY
      for (let row = 0; row < rows; row++) {
        const older = Number.isNaN(lat[row]) ? Number.POSITIVE_INFINITY : -(atMs[row] as number)
        if (older < worst) worst = found.add(row, older)
      }
      return found.rows
    }
  }
}

/** The `most` rows of smallest rank, kept sorted; `add` answers the rank that the next one must beat. */
function createBest(most: number) {
  const rows: number[] = []
  const ranks: number[] = []
  return {
    rows,
    add(row: number, rank: number): number {
      let at = rows.length
      while (at > 0 && (ranks[at - 1] as number) > rank) at--
      rows.splice(at, 0, row)
      ranks.splice(at, 0, rank)
      if (rows.length > most) {
        rows.pop()
        ranks.pop()
      }
      return rows.length < most ? Number.POSITIVE_INFINITY : (ranks.at(-1) as number)
    }
  }
}
