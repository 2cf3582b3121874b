/** Spans of days by name, as the site counts days. */
import type { ReportSpan } from '../../../../gateway/core/report.ts'

export const SPAN_NAMES = ['today', 'yesterday', 'thisWeek', 'lastWeek', 'thisMonth', 'lastMonth', 'year'] as const
export type SpanName = (typeof SPAN_NAMES)[number]

const DAY_MS = 86_400_000
/** As gateway/core/report.ts. */
export const REPORT_MAX_DAYS = 400

const noon = (day: string): number => Date.parse(`${day}T12:00:00Z`)
const text = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const plus = (day: string, days: number): string => text(noon(day) + days * DAY_MS)

/** `2026-11-28` in the site's zone. */
export function dayOf(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(ms)
}

export function spanOf(name: SpanName, today: string): ReportSpan {
  const monday = plus(today, -((new Date(noon(today)).getUTCDay() + 6) % 7))
  const first = `${today.slice(0, 7)}-01`
  const lastOfBefore = plus(first, -1)
  switch (name) {
    case 'today':
      return { fromDay: today, toDay: today }
    case 'yesterday':
      return { fromDay: plus(today, -1), toDay: plus(today, -1) }
    case 'thisWeek':
      return { fromDay: monday, toDay: today }
    case 'lastWeek':
      return { fromDay: plus(monday, -7), toDay: plus(monday, -1) }
    case 'thisMonth':
      return { fromDay: first, toDay: today }
    case 'lastMonth':
      return { fromDay: `${lastOfBefore.slice(0, 7)}-01`, toDay: lastOfBefore }
    case 'year':
      return { fromDay: plus(today, -364), toDay: today }
  }
}

/** What the gateway would refuse, said before it is asked. */
export function wrongOf({ fromDay, toDay }: ReportSpan): 'reversed' | 'tooLong' | undefined {
  if (toDay < fromDay) return 'reversed'
  return noon(toDay) - noon(fromDay) >= REPORT_MAX_DAYS * DAY_MS ? 'tooLong' : undefined
}
