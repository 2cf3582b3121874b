/** The board's figures worked out by hand: hours that end with the one of now, arrival by cell, ranges of today alone. */
import { expect, it } from 'vitest'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import { sampleIncident } from '../testing/samples.ts'
import { boardFiguresOf, boardFromMs } from './board-figures.ts'
import { type Fact, factOf } from './facts.ts'

const MIDNIGHT = Date.UTC(2026, 10, 28, 16)
const HOUR = 3_600_000
const NOW = MIDNIGHT + 2 * HOUR + 20 * 60_000
const QUERY = {
  ...{ nowMs: NOW, endMs: MIDNIGHT + 24 * HOUR, timers: DEFAULT_TIMERS },
  shift: { fromMs: MIDNIGHT - 4 * HOUR, toMs: MIDNIGHT + 8 * HOUR },
  days: [{ day: '2026-11-29', startMs: MIDNIGHT, week: '2026-11-23', month: '2026-11' }]
}
const fact = (openedAtMs: number, over: Partial<Fact> = {}): Fact => ({
  ...factOf(sampleIncident({ openedAtMs }), 'mqtt:linxi/box-03'),
  ...over
})

it('counts the last 24 hours by hour, the one of now last', () => {
  expect(boardFromMs(QUERY)).toBe(MIDNIGHT - 21 * HOUR)
  const { hours, incidents } = boardFiguresOf(QUERY, [
    fact(MIDNIGHT - 21 * HOUR),
    fact(MIDNIGHT - 1, { priority: 2 }),
    fact(MIDNIGHT + 2 * HOUR, { priority: 4 }),
    fact(NOW, { priority: 1 })
  ])
  expect(hours).toHaveLength(24)
  expect(hours[0]).toEqual({ startMs: MIDNIGHT - 21 * HOUR, p1: 1, p2: 0, others: 0 })
  expect(hours[20]).toEqual({ startMs: MIDNIGHT - HOUR, p1: 0, p2: 1, others: 0 })
  expect(hours[23]).toEqual({ startMs: MIDNIGHT + 2 * HOUR, p1: 1, p2: 0, others: 1 })
  expect(incidents).toBe(2)
})

it('before the first hour of the chart is midnight when the day has more than 24 hours', () => {
  expect(boardFromMs({ ...QUERY, nowMs: MIDNIGHT + 24.5 * HOUR, shift: { fromMs: MIDNIGHT + HOUR, toMs: NOW } })).toBe(
    MIDNIGHT
  )
})

it('says arrival by cell, slowest first; who has not arrived counts nowhere', () => {
  const at = (gridId: string, ...minutes: readonly number[]) =>
    minutes.map(n => fact(NOW, { gridId, gridName: `网格 ${gridId}`, responseMs: n * 60_000 }))
  const { cells, cellsAll } = boardFiguresOf(QUERY, [
    ...at('a', 1, 2, 3, 4, 5, 6, 7, 8, 9, 30),
    ...at('b', 12),
    fact(NOW, { gridId: 'c' })
  ])
  expect(cells).toEqual([
    { id: 'b', name: '网格 b', n: 1, p90Ms: 720_000 },
    { id: 'a', name: '网格 a', n: 10, p90Ms: 540_000 }
  ])
  expect(cellsAll).toBe(2)
})

it('the ranges are of today, each beside its target', () => {
  const { ranges } = boardFiguresOf(QUERY, [
    fact(MIDNIGHT - 1, { answerMs: 99_000 }),
    ...[4_000, 6_000, 20_000].map(answerMs => fact(NOW, { answerMs }))
  ])
  expect(ranges.map(({ priority, measured, n }) => [priority, measured, n])).toEqual([
    ...[
      [1, 'answer', 3],
      [1, 'dispatch', 0],
      [1, 'response', 0]
    ],
    ...[
      [2, 'answer', 0],
      [2, 'dispatch', 0],
      [2, 'response', 0]
    ]
  ])
  expect(ranges[0]).toMatchObject({ withinMs: 10_000, p50Ms: 6_000, p90Ms: 20_000 })
})

it('counts the running shift from its beginning, which may lie before the chart; troubles are no calls', () => {
  expect(boardFromMs({ ...QUERY, shift: { fromMs: MIDNIGHT - 30 * HOUR, toMs: NOW } })).toBe(MIDNIGHT - 30 * HOUR)
  const { shift, lastDay } = boardFiguresOf(QUERY, [
    fact(MIDNIGHT - 5 * HOUR, { answerMs: 3_000, disposition: 'false-misuse' }),
    ...[7_000, 9_000].map(answerMs => fact(MIDNIGHT - 4 * HOUR, { answerMs })),
    fact(NOW, { priority: 3, answerMs: 59_000 }),
    fact(NOW, { priority: 4, alarmClass: 'trouble', answerMs: 1_000 }),
    fact(NOW - HOUR, { filedAtMs: NOW - 1_000 })
  ])
  expect(shift).toMatchObject({ fromMs: MIDNIGHT - 4 * HOUR, incidents: 4, answer: { n: 2, p90Ms: 9_000 } })
  expect(lastDay).toEqual({
    incidents: 5,
    falseAlarms: 1,
    fastestAnswerMs: 3_000,
    takenAtMs: NOW + 59_000,
    filedAtMs: NOW - 1_000
  })
})

it('lists sources with more than five false alarms in 24 hours, without saying who it is', () => {
  const by = (sourceId: string, n: number, over: Partial<Fact> = {}) =>
    Array.from({ length: n }, () =>
      fact(NOW - HOUR, { sourceId, disposition: 'false-equipment', name: '惠民超市', ...over })
    )
  const { noisy } = boardFiguresOf(QUERY, [
    ...[...by('box', 7, { gridName: '滨河路' }), ...by('quiet', 5), ...by('worse', 9)],
    ...by('real', 9, { disposition: 'real-police' })
  ])
  expect(noisy.map(({ sourceId, n }) => [sourceId, n])).toEqual([
    ['worse', 9],
    ['box', 7]
  ])
  expect(noisy[1]?.gridName).toBe('滨河路')
  expect(JSON.stringify(noisy)).not.toContain('惠民超市')
})
