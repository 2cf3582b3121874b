/** What a ranking of the nearest of 33,000 units costs, by straight line and by the roads of the sample town, in processor time of this process. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { id } from '../../../gateway/core/brand.ts'
import type { GeoPoint } from '../../../gateway/core/geo.ts'
import type { Unit, UnitRow } from '../../../gateway/core/unit.ts'
import { candidates, type Route } from '../../../gateway/dispatch/candidates.ts'
import { createRoadGraph } from '../../../gateway/dispatch/road-graph.ts'
import { createUnits } from '../../../gateway/dispatch/units.ts'
import { createFakeClock } from '../../../gateway/testing/fake-clock.ts'
import { sampleIncident } from '../../../gateway/testing/samples.ts'
import { percentile } from '../kit.ts'

const QUERIES = 2_000
const NOW_MS = 1_000_000
const VEHICLES = [
  ['foot', 5],
  ['motorcycle', 25],
  ['car', 30]
] as const satisfies readonly (readonly [Unit['vehicle'], number])[]

const somewhere = (): GeoPoint => ({
  lat: 27.02 + Math.random() * 0.02,
  lon: 119.6 + Math.random() * 0.03,
  datum: 'wgs84'
})

export interface NearestCost {
  /** Processor time of one query, mean. */
  readonly cpuMs: number
  readonly p50Ms: number
}

export function nearestCost(count: number): { readonly straight: NearestCost; readonly road: NearestCost } {
  const rows = Array.from({ length: count }, (_, n): UnitRow => {
    const [vehicle, speedKmh] = VEHICLES[n % 3] ?? VEHICLES[0]
    const unitClass = n % 11 === 0 ? 'volunteer' : 'patrol'
    return { id: id(`u${n}`), name: `巡防 ${n}`, unitClass, memberCount: 2, vehicle, speedKmh }
  })
  const units = createUnits(createFakeClock(NOW_MS), rows, new Map())
  for (const [n, row] of rows.entries()) {
    units.setDuty(row.id, { sinceMs: 0, members: [] })
    units.setPosition(row.id, { point: somewhere(), atMs: n % 7 === 0 ? 0 : NOW_MS })
  }
  const streets = join(import.meta.dirname, '../../../config/grid/streets.geojson')
  const { route } = createRoadGraph(JSON.parse(readFileSync(streets, 'utf8')))
  const measure = (by: Route | undefined): NearestCost => {
    const ask = () => {
      const position = somewhere()
      return candidates(sampleIncident({ position }), units.near(position), by, NOW_MS)
    }
    for (let n = 0; n < 200; n++) ask()
    const times: number[] = []
    const before = process.cpuUsage()
    for (let n = 0; n < QUERIES; n++) {
      const startMs = performance.now()
      ask()
      times.push(performance.now() - startMs)
    }
    const { user, system } = process.cpuUsage(before)
    return { cpuMs: (user + system) / 1_000 / QUERIES, p50Ms: percentile(times, 50) }
  }
  return { straight: measure(undefined), road: measure(route) }
}
