/** What the charts of times are drawn to: the target of P1 and a round top. Pure. */
import type { IncidentReport, Measured, ReportBy } from '../../../../gateway/core/report.ts'

const TOPS_S = [20, 30, 60, 120, 180, 300, 600, 900, 1_200, 1_800, 3_600] as const
const HOUR_S = 3_600
/** As gateway/core/report.ts: arrival in the city. */
const CITY_MS = 5 * 60_000

/** The tightest of P1; arrival as in the city. */
export function targetOf({ targets }: Pick<IncidentReport, 'targets'>, measured: Measured): number {
  const all = targets.filter(line => line.priority === 1 && line.measured === measured).map(line => line.withinMs)
  return all.length > 0 ? Math.min(...all) : CITY_MS
}

/** The next round time that is not below any of them, ms; beyond an hour whole hours. */
export function ceilingOf(timesMs: readonly number[]): number {
  const mostS = Math.max(...timesMs) / 1_000
  return 1_000 * (TOPS_S.find(each => each >= mostS) ?? Math.ceil(mostS / HOUR_S) * HOUR_S)
}

/** Of a day the month and the day; of a long name its beginning. */
export function shortOf(name: string, by: ReportBy): string {
  if (by === 'day' || by === 'week') return name.slice(5)
  return name.length > 9 ? `${name.slice(0, 8)}…` : name
}
