/** One report, asked for when the question changes: every asking is on record, so nothing polls. */
import { useCallback, useEffect, useState } from 'react'
import type { IncidentReport, ReportBy, ReportSpan } from '../../../../gateway/core/report.ts'
import { get, Refusal, type RefusalCode } from '../../wire/api.ts'

/** The first report after a start reads every incident of its span. */
const COUNTING_MS = 60_000

export interface Asked extends ReportSpan {
  readonly by: ReportBy
}

export const askedOf = ({ by, fromDay, toDay, level, under }: Asked): Readonly<Record<string, string>> => ({
  ...{ by, from: fromDay, to: toDay },
  ...(level === undefined ? {} : { level: String(level) }),
  ...(under === undefined ? {} : { under })
})

export const queryOf = (asked: Asked): string => new URLSearchParams(askedOf(asked)).toString()

/** What was found last stands until the next is here; `again` asks anew. */
export function useReport(asked: Asked | undefined): {
  readonly report: IncidentReport | undefined
  readonly failed: RefusalCode | undefined
  readonly busy: boolean
  readonly again: () => void
} {
  const [report, setReport] = useState<IncidentReport>()
  const [failed, setFailed] = useState<RefusalCode>()
  const [busy, setBusy] = useState(true)
  const [times, setTimes] = useState(0)
  const when = asked && `${queryOf(asked)} ${times}`
  useEffect(() => {
    if (when === undefined) return
    let gone = false
    const [query = ''] = when.split(' ')
    setBusy(true)
    get<IncidentReport>(`/api/reports/incidents?${query}`, COUNTING_MS)
      .then(
        found => {
          if (gone) return
          setReport(found)
          setFailed(undefined)
        },
        error => gone || setFailed(error instanceof Refusal ? error.code : 'UNKNOWN')
      )
      .finally(() => gone || setBusy(false))
    return () => {
      gone = true
    }
  }, [when])
  return { report, failed, busy, again: useCallback(() => setTimes(n => n + 1), []) }
}
