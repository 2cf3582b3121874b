/** When a route is walked: its spans of one day of the site as times; pure. */
import type { LocalTime, WeekSpan } from '../core/schedule.ts'

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440

/** Those of the day of `ms`, that of the evening before as far as it reaches into it included; earliest first. */
export function spansOfDay(spans: readonly WeekSpan[], { weekday, minute }: LocalTime, ms: number): readonly Span[] {
  const midnightMs = Math.floor(ms / MINUTE_MS) * MINUTE_MS - minute * MINUTE_MS
  const yesterday = weekday === 1 ? 7 : weekday - 1
  const at = (minutes: number) => midnightMs + minutes * MINUTE_MS
  const found = spans.flatMap(({ days, from, to }) => {
    const [begin, end] = [minutesOf(from), minutesOf(to)]
    const over = end <= begin
    return [
      ...(over && days.includes(yesterday) ? [{ fromMs: at(begin - DAY_MINUTES), toMs: at(end) }] : []),
      ...(days.includes(weekday) ? [{ fromMs: at(begin), toMs: at(over ? end + DAY_MINUTES : end) }] : [])
    ]
  })
  return found.toSorted((a, b) => a.fromMs - b.fromMs)
}

function minutesOf(text: string): number {
  const [hours = 0, rest = 0] = text.split(':').map(Number)
  return hours * 60 + rest
}
