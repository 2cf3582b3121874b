/** Figures of a report from the facts of its incidents. Pure: no clock, no store. */

import { namesOf } from '../core/called.ts'
import type { Emergency } from '../core/feedback.ts'
import type { Priority, PriorityTimers } from '../core/priority.ts'
import {
  ANSWER_SECOND_MS,
  ARRIVAL_MS,
  type CauseLine,
  type IncidentReport,
  type Measured,
  NOISY_ABOVE,
  type NoisyLine,
  REPORT_MAX_LINES,
  type ReportBy,
  type ReportLine,
  type ReportSpan,
  type ReportStep,
  type TargetLine,
  type Times
} from '../core/report.ts'
import { emergenciesOf } from './emergencies.ts'
import { type Fact, isCall, isDiscounted, isFalse } from './facts.ts'
import { type Rollup, rolled } from './grid-rollup.ts'
import { indexOf } from './safety-index.ts'

/** A day of the span, with what it belongs to. */
export interface ReportDay {
  readonly day: string
  readonly startMs: number
  /** Its Monday. */
  readonly week: string
  readonly month: string
}

export interface IncidentQuery extends ReportSpan {
  readonly by: ReportBy
  /** Every day of the span, ascending. */
  readonly days: readonly ReportDay[]
  /** The first millisecond after the last day. */
  readonly endMs: number
  readonly nowMs: number
  /** Which categories count under which class; with everything below them, unless that has one of its own. */
  readonly emergencies: Readonly<Record<string, Emergency>>
  /** Absent: each cell for itself. */
  readonly rollup?: Rollup
  readonly path?: readonly ReportStep[]
  /** Lines of each table; REPORT_MAX_LINES where nothing is said. */
  readonly most?: number
  readonly timers: Readonly<Record<Priority, Pick<PriorityTimers, 'acknowledgeTargetMs' | 'dispatchTargetMs'>>>
}

/** What the thread counts: of cameras it knows nothing. */
export type CountedReport = Omit<IncidentReport, 'cameras' | 'camerasFrom'>

const PERCENT_90 = 90
const PERCENT_95 = 95

/** Of sorted values the smallest that at least so many percent do not exceed. */
export function timesOf(values: readonly number[]): Times {
  const sorted = Float64Array.from(values).sort()
  const n = sorted.length
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent * n) / 100) - 1)] ?? 0
  return n === 0 ? { n } : { n, p50Ms: at(50), p90Ms: at(PERCENT_90), p95Ms: at(PERCENT_95) }
}

export function reportOf(query: IncidentQuery, found: readonly Fact[]): CountedReport {
  const facts = query.rollup ? rolled(found, query.rollup) : found
  const keyOf = keyer(query)
  const groups = new Map<string, Fact[]>()
  // A day without incidents is a day all the same.
  if (query.by === 'day' || query.by === 'week' || query.by === 'month')
    for (const day of query.days) groups.set(day[query.by], [])
  if (query.by === 'hour') for (let hour = 0; hour < 24; hour++) groups.set(hourKey(hour), [])
  for (const fact of facts) {
    const key = keyOf(fact)
    const group = groups.get(key)
    if (group) group.push(fact)
    else groups.set(key, [fact])
  }
  const finer = new Set(query.by === 'grid' ? query.rollup?.parents : [])
  const lines = [...groups].map(([key, some]) => ({
    ...lineOf(key, some, query.by),
    ...(finer.has(key) ? { finer: true as const } : {})
  }))
  const inTime = query.by === 'day' || query.by === 'week' || query.by === 'month' || query.by === 'hour'
  const sorted = inTime
    ? lines
    : lines.sort((a, b) => b.incidents - a.incidents || b.troubles - a.troubles || (a.key < b.key ? -1 : 1))
  const { most = REPORT_MAX_LINES } = query
  const calls = facts.filter(isCall)
  const [noisy, safety] = [noisyOf(calls, query.days), indexOf(calls, query.days)]
  return {
    ...{ by: query.by, fromDay: query.fromDay, toDay: query.toDay, madeAtMs: query.nowMs },
    ...(query.level === undefined ? {} : { level: query.level }),
    ...(query.under === undefined ? {} : { under: query.under }),
    ...(query.path ? { path: query.path } : {}),
    total: lineOf('', facts, 'day'),
    lines: sorted.slice(0, most),
    leftOff: Math.max(0, sorted.length - most),
    cut: { ...cutOf('noisy', noisy, most), ...cutOf('safety', safety, most) },
    targets: targetsOf(facts, query),
    causes: causesOf(calls),
    noisy: noisy.slice(0, most),
    emergencies: emergenciesOf(calls, query.emergencies),
    safety: safety.slice(0, most)
  }
}

/** By how many lines a table is cut, under its name; nothing where it is whole. */
export function cutOf<K extends string>(
  table: K,
  lines: readonly unknown[],
  most: number
): { readonly [key in K]?: number } {
  return (lines.length > most ? { [table]: lines.length - most } : {}) as { readonly [key in K]?: number }
}

/** The day on which something happened; the days are ascending. */
export function dayOf(days: readonly ReportDay[], atMs: number): ReportDay | undefined {
  let [low, high] = [0, days.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((days[middle]?.startMs ?? 0) <= atMs) low = middle + 1
    else high = middle
  }
  return days[low - 1]
}

function keyer({ by, days }: IncidentQuery): (fact: Fact) => string {
  switch (by) {
    case 'grid':
      return fact => fact.gridId
    case 'source':
      return fact => fact.sourceKind
    case 'kind':
      return fact => fact.category.slice(0, 1)
    case 'hour':
      return fact => hourKey((fact.openedAtMs - (dayOf(days, fact.openedAtMs)?.startMs ?? 0)) / HOUR_MS)
    default:
      return fact => dayOf(days, fact.openedAtMs)?.[by] ?? ''
  }
}

const HOUR_MS = 3_600_000
/** On the day on which clocks are changed the hours since its beginning; the 25th counts to the last. */
const hourKey = (hour: number): string => String(Math.min(23, Math.floor(hour))).padStart(2, '0')

const first = (path: string): string => path.split(' · ')[0] ?? ''

function lineOf(key: string, all: readonly Fact[], by: ReportBy): ReportLine {
  const facts = all.filter(isCall)
  const sum = (figure: (fact: Fact) => number) => facts.reduce((all, fact) => all + figure(fact), 0)
  const newest = all.at(-1)
  const timed = (some: readonly Fact[]): Record<Measured, Times> => ({
    answer: timesOf(some.flatMap(({ answerMs }) => answerMs ?? [])),
    dispatch: timesOf(some.flatMap(({ dispatchMs }) => dispatchMs ?? [])),
    response: timesOf(some.flatMap(({ responseMs }) => responseMs ?? []))
  })
  return {
    key,
    ...(by === 'grid' && newest && key ? { name: { zh: newest.gridName, en: newest.gridName } } : {}),
    ...(by === 'kind' && newest && key ? { name: { zh: first(newest.categoryZh), en: first(newest.categoryEn) } } : {}),
    incidents: facts.length,
    p1: sum(fact => Number(fact.priority === 1)),
    falseAlarms: sum(fact => Number(isFalse(fact))),
    discounted: sum(fact => Number(isDiscounted(fact))),
    unresolved: sum(fact => Number(!fact.resolved)),
    ...{ injured: sum(fact => fact.injured), dead: sum(fact => fact.dead), lossYuan: sum(fact => fact.lossYuan) },
    troubles: all.length - facts.length,
    ...timed(facts),
    urgent: timed(facts.filter(({ priority }) => priority === 1))
  }
}

/** How long an open one has waited by now; undefined: it waits for nothing, as one that was ended without a unit, or whose unit nobody sent yet. */
function waitedMs(fact: Fact, measured: Measured, nowMs: number): number | undefined {
  const { openedAtMs, acknowledged, resolved, answerMs = 0, takenAgainAtMs = openedAtMs + answerMs, dispatchMs } = fact
  switch (measured) {
    case 'answer':
      return acknowledged ? undefined : nowMs - openedAtMs
    case 'dispatch':
      return acknowledged && !resolved ? nowMs - takenAgainAtMs : undefined
    case 'response':
      return dispatchMs !== undefined && !resolved ? nowMs - openedAtMs : undefined
  }
}

/** What still waits within its target says nothing yet. */
export function targetsOf(
  facts: readonly Fact[],
  { timers, nowMs }: Pick<IncidentQuery, 'timers' | 'nowMs'>
): readonly TargetLine[] {
  const target = (line: Omit<TargetLine, 'n' | 'kept'>): TargetLine => {
    const { priority, measured, withinMs } = line
    const field = `${measured}Ms` as const
    let n = 0
    let kept = 0
    for (const fact of facts) {
      if (fact.priority !== priority) continue
      const took = fact[field] ?? waitedMs(fact, measured, nowMs)
      if (took === undefined || (fact[field] === undefined && took <= withinMs)) continue
      n += 1
      if (took <= withinMs) kept += 1
    }
    return { ...line, n, kept }
  }
  const urgent = ([1, 2] as const).flatMap(priority => [
    target({
      ...{ priority, measured: 'answer', asked: PERCENT_90 },
      withinMs: timers[priority].acknowledgeTargetMs
    }),
    target({ priority, measured: 'answer', withinMs: ANSWER_SECOND_MS, asked: PERCENT_95 }),
    target({
      ...{ priority, measured: 'dispatch', asked: PERCENT_90 },
      withinMs: timers[priority].dispatchTargetMs ?? 0
    }),
    ...ARRIVAL_MS.map(withinMs => target({ priority, measured: 'response', withinMs }))
  ])
  const others = ([3, 4] as const).map(priority =>
    target({ priority, measured: 'answer', withinMs: timers[priority].acknowledgeTargetMs })
  )
  return [...urgent, ...others].filter(line => line.withinMs > 0)
}

function causesOf(facts: readonly Fact[]): readonly CauseLine[] {
  const counted = new Map<string, { -readonly [K in keyof CauseLine]: CauseLine[K] }>()
  for (const fact of facts) {
    const { disposition, sourceKind } = fact
    if (!disposition || !isFalse(fact)) continue
    const key = `${disposition} ${sourceKind}`
    const line = counted.get(key)
    if (line) line.n += 1
    else counted.set(key, { disposition, sourceKind, n: 1 })
  }
  return [...counted.values()].sort((a, b) => b.n - a.n || (a.disposition < b.disposition ? -1 : 1))
}

function noisyOf(facts: readonly Fact[], days: readonly ReportDay[]): readonly NoisyLine[] {
  const counted = new Map<string, { -readonly [K in keyof NoisyLine]: NoisyLine[K] }>()
  for (const fact of facts) {
    if (!isFalse(fact)) continue
    const day = dayOf(days, fact.openedAtMs)?.day ?? ''
    const { sourceId, sourceKind } = fact
    const key = `${day} ${sourceId}`
    const line = counted.get(key)
    if (line) line.n += 1
    else counted.set(key, { day, sourceId, sourceKind, ...namesOf(fact), n: 1 })
  }
  return [...counted.values()]
    .filter(line => line.n > NOISY_ABOVE)
    .sort((a, b) => (a.day === b.day ? b.n - a.n : a.day < b.day ? 1 : -1))
}
