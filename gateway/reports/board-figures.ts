/** What the leader's board counts of the last 24 hours and of today: alarms by hour, arrival by grid cell, how long answering took. Pure. */
import { BOARD_CELLS, BOARD_HOURS, BOARD_NOISY, type BoardFigures, type BoardRange } from '../core/leader-board.ts'
import type { Priority } from '../core/priority.ts'
import { ARRIVAL_MS, MEASURED, type Measured, NOISY_ABOVE } from '../core/report.ts'
import type { ShiftSpan } from '../core/shift-log.ts'
import { type Fact, isCall, isFalse } from './facts.ts'
import { type IncidentQuery, targetsOf, timesOf } from './figures.ts'

/** Of one day, today. */
export type BoardQuery = Pick<IncidentQuery, 'days' | 'endMs' | 'nowMs' | 'timers'> & {
  readonly shift: Pick<ShiftSpan, 'fromMs' | 'toMs'>
}

const HOUR_MS = 3_600_000

/** The beginning of the first of the hours shown. */
const firstHourMs = (nowMs: number): number => Math.floor(nowMs / HOUR_MS) * HOUR_MS - (BOARD_HOURS - 1) * HOUR_MS

const midnightMs = ({ days, endMs }: BoardQuery): number => days[0]?.startMs ?? endMs

/** From when on incidents are wanted. */
export const boardFromMs = (query: BoardQuery): number =>
  Math.min(midnightMs(query), firstHourMs(query.nowMs), query.shift.fromMs)

export function boardFiguresOf(query: BoardQuery, facts: readonly Fact[]): BoardFigures {
  const { nowMs } = query
  const today = facts.filter(({ openedAtMs }) => openedAtMs >= midnightMs(query))
  const last = facts.filter(({ openedAtMs }) => openedAtMs >= firstHourMs(nowMs))
  return {
    ...{ day: query.days[0]?.day ?? '', atMs: nowMs, incidents: today.length },
    targets: targetsOf(today, query),
    hours: hoursOf(last, nowMs),
    ranges: rangesOf(today, query),
    ...cellsOf(last),
    noisy: noisyOf(last.filter(isCall)),
    shift: shiftOf(facts, query),
    lastDay: lastDayOf(last)
  }
}

/** No name: whoever may read who it is follows the source. */
function noisyOf(last: readonly Fact[]): BoardFigures['noisy'] {
  const bySource = Map.groupBy(last.filter(isFalse), ({ sourceId }) => sourceId)
  return [...bySource]
    .filter(([, some]) => some.length > NOISY_ABOVE)
    .map(([sourceId, some]) => {
      const { sourceKind, gridName } = some.at(-1) as Fact
      return { sourceId, sourceKind, gridName, n: some.length }
    })
    .sort((a, b) => b.n - a.n || (a.sourceId < b.sourceId ? -1 : 1))
    .slice(0, BOARD_NOISY)
}

function shiftOf(facts: readonly Fact[], { shift: { fromMs, toMs } }: BoardQuery): BoardFigures['shift'] {
  const calls = facts.filter(fact => fact.openedAtMs >= fromMs && isCall(fact))
  const answer = timesOf(calls.flatMap(({ priority, answerMs }) => (priority <= 2 ? (answerMs ?? []) : [])))
  return { fromMs, toMs, incidents: calls.length, answer }
}

function lastDayOf(last: readonly Fact[]): BoardFigures['lastDay'] {
  const calls = last.filter(isCall)
  const fastestAnswerMs = calls.reduce((least, { answerMs = Infinity }) => Math.min(least, answerMs), Infinity)
  return {
    ...{ incidents: calls.length, falseAlarms: calls.filter(isFalse).length },
    ...(fastestAnswerMs < Infinity ? { fastestAnswerMs } : {}),
    ...newest(
      'takenAtMs',
      calls.map(({ priority, openedAtMs, answerMs = -Infinity, takenAgainAtMs = openedAtMs + answerMs }) =>
        priority <= 3 ? takenAgainAtMs : 0
      )
    ),
    ...newest(
      'filedAtMs',
      last.map(({ filedAtMs = 0 }) => filedAtMs)
    )
  }
}

function hoursOf(facts: readonly Fact[], nowMs: number): BoardFigures['hours'] {
  const from = firstHourMs(nowMs)
  const hours = Array.from({ length: BOARD_HOURS }, (_, n) => ({
    startMs: from + n * HOUR_MS,
    p1: 0,
    p2: 0,
    others: 0
  }))
  for (const { openedAtMs, priority } of facts) {
    const hour = hours[Math.floor((openedAtMs - from) / HOUR_MS)]
    if (hour) hour[priority === 1 ? 'p1' : priority === 2 ? 'p2' : 'others'] += 1
  }
  return hours
}

function newest<K extends string>(name: K, times: readonly number[]): { readonly [key in K]?: number } {
  const atMs = times.reduce((last, each) => Math.max(last, each), 0)
  return (atMs > 0 ? { [name]: atMs } : {}) as { readonly [key in K]?: number }
}

/** What was done; who still waits is among the targets. */
function rangesOf(facts: readonly Fact[], { timers }: BoardQuery): readonly BoardRange[] {
  const withinMs = (priority: Priority, measured: Measured): number | undefined =>
    ({
      answer: timers[priority].acknowledgeTargetMs,
      dispatch: timers[priority].dispatchTargetMs,
      response: ARRIVAL_MS[0]
    })[measured]
  return ([1, 2] as const).flatMap(priority =>
    MEASURED.flatMap(measured => {
      const within = withinMs(priority, measured)
      if (!within) return []
      const took = facts.flatMap(fact => (fact.priority === priority ? (fact[`${measured}Ms`] ?? []) : []))
      return [{ priority, measured, withinMs: within, ...timesOf(took) }]
    })
  )
}

/** Slowest first; what lies outside of every cell is one of them. */
function cellsOf(facts: readonly Fact[]): Pick<BoardFigures, 'cells' | 'cellsAll'> {
  const arrived = facts.filter(({ responseMs }) => responseMs !== undefined)
  const cells = [...Map.groupBy(arrived, ({ gridId }) => gridId)].map(([id, some]) => {
    const { n, p90Ms = 0 } = timesOf(some.flatMap(({ responseMs }) => responseMs ?? []))
    return { id, name: some.at(-1)?.gridName ?? '', n, p90Ms }
  })
  cells.sort((a, b) => b.p90Ms - a.p90Ms || (a.id < b.id ? -1 : 1))
  return { cells: cells.slice(0, BOARD_CELLS), cellsAll: cells.length }
}
