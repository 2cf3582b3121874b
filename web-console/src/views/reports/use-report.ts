/** One report, as it was asked for. */
import type { IncidentReport, ReportBy, ReportSpan } from '../../../../gateway/core/report.ts'
import { type Counted, useCounted } from './use-counted.ts'

export interface Asked extends ReportSpan {
  readonly by: ReportBy
}

export const askedOf = ({ by, fromDay, toDay, level, under }: Asked): Readonly<Record<string, string>> => ({
  ...{ by, from: fromDay, to: toDay },
  ...(level === undefined ? {} : { level: String(level) }),
  ...(under === undefined ? {} : { under })
})

export const queryOf = (asked: Asked): string => new URLSearchParams(askedOf(asked)).toString()

export const useReport = (asked: Asked | undefined): Counted<IncidentReport> =>
  useCounted(asked && `/api/reports/incidents?${queryOf(asked)}`)
