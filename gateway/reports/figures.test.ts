/** Figures of a report worked out by hand on a few incidents: counts, percentiles, targets, causes, noisy sources. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import type { ReportBy } from '../core/report.ts'
import { assignment } from '../testing/lifecycle-samples.ts'
import { sampleIncident } from '../testing/samples.ts'
import { factOf } from './facts.ts'
import { type IncidentQuery, reportOf, timesOf } from './figures.ts'
import { csvOf, tableOf } from './tables.ts'
import { BY_WORDS, DISPOSITION_WORDS, EMERGENCY_WORDS, MEASURED_WORDS, NONE_WORDS, SOURCE_KINDS } from './words.ts'

const I18N = join(import.meta.dirname, '../../web-console/src/i18n')

const MONDAY = Date.UTC(2026, 10, 22, 16)
const DAY = 86_400_000
const S = 1_000

const query = (by: ReportBy): IncidentQuery => ({
  ...{ by, fromDay: '2026-11-29', toDay: '2026-12-01', endMs: MONDAY + 9 * DAY, nowMs: MONDAY + 8 * DAY + 60 * S },
  timers: DEFAULT_TIMERS,
  emergencies: { '2': 'security', '21': 'accident' },
  days: [
    { day: '2026-11-29', startMs: MONDAY + 6 * DAY, week: '2026-11-23', month: '2026-11' },
    { day: '2026-11-30', startMs: MONDAY + 7 * DAY, week: '2026-11-30', month: '2026-11' },
    { day: '2026-12-01', startMs: MONDAY + 8 * DAY, week: '2026-11-30', month: '2026-12' }
  ]
})

const CELL = (name: string) => ({ id: id<never>(name), name: `网格 ${name}` })
const category = { code: '212', zh: '涉暴力 · 打架斗殴 · 持械', en: 'Violence · Fight · Armed' }

/** Opened on the n-th day of the span; times in seconds after it. */
function incident(day: number, times: readonly (number | undefined)[], over: Partial<Incident> = {}): Incident {
  const openedAtMs = MONDAY + (6 + day) * DAY + 3_600_000
  const [answer, offer, arrive] = times.map(s => s !== undefined && openedAtMs + s * S)
  return sampleIncident({
    openedAtMs,
    ...(answer ? { acknowledgedAtMs: answer, state: 'acknowledged' } : {}),
    ...(offer ? { assignments: [assignment({ offeredAtMs: offer + S }), assignment({ offeredAtMs: offer })] } : {}),
    ...(arrive ? { onSceneAtMs: arrive } : {}),
    ...over
  })
}

const real: Partial<Incident> = {
  ...{ state: 'closed' as const, disposition: 'real-police' as const },
  facts: { category, injured: 2, dead: 1, lossYuan: 3_500, by: '巡防 07 车', atMs: 1 }
}
const wrong: Partial<Incident> = { state: 'resolved', disposition: 'false-misuse' }
const home = { id: id<never>('h1'), kind: 'household', name: '陈桂芳', address: '杏花巷 16 号' } as const

const INCIDENTS = [
  incident(0, [4, 30, 240], { ...real, subject: { ...home, gridCell: CELL('a') } }),
  incident(0, [12, 100, 500], { ...wrong, subject: { ...home, gridCell: CELL('a') } }),
  incident(1, [20], { ...wrong, priority: 2, sourceKind: 'taxi', disposition: 'false-equipment' }),
  // The system had offered a unit before anybody answered.
  incident(1, [50, 45], { state: 'closed', disposition: 'duplicate' }),
  incident(1, [], { priority: 4, category, subject: { ...home, gridCell: CELL('b') } }),
  // Opened 60 s before the report is made: beyond its target, and nobody has answered.
  incident(2, [], { openedAtMs: MONDAY + 8 * DAY }),
  ...Array.from({ length: 6 }, () => incident(2, [1], { ...wrong, priority: 3, sourceKind: 'detector' }))
]
const facts = INCIDENTS.map(each => factOf(each, `fake:${each.sourceKind}`))

it('percentiles are those of the nearest rank', () => {
  expect(timesOf([])).toEqual({ n: 0 })
  expect(timesOf([7])).toEqual({ n: 1, p50Ms: 7, p90Ms: 7, p95Ms: 7 })
  expect(timesOf([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toEqual({ n: 10, p50Ms: 5, p90Ms: 9, p95Ms: 10 })
  expect(timesOf(Array.from({ length: 40 }, (_, n) => 40 - n))).toEqual({ n: 40, p50Ms: 20, p90Ms: 36, p95Ms: 38 })
})

it('counts and times of a day, and of all', () => {
  const { lines, total } = reportOf(query('day'), facts)
  expect(
    lines.map(line => [line.key, line.incidents, line.p1, line.falseAlarms, line.discounted, line.unresolved])
  ).toEqual([
    ['2026-11-29', 2, 2, 1, 0, 0],
    ['2026-11-30', 3, 1, 1, 1, 1],
    ['2026-12-01', 7, 1, 6, 0, 1]
  ])
  expect(lines[0]).toMatchObject({
    ...{ injured: 2, dead: 1, lossYuan: 3_500 },
    answer: { n: 2, p50Ms: 4_000, p90Ms: 12_000, p95Ms: 12_000 },
    dispatch: { n: 2, p50Ms: 26_000, p90Ms: 88_000, p95Ms: 88_000 },
    response: { n: 2, p50Ms: 240_000, p90Ms: 500_000, p95Ms: 500_000 }
  })
  expect(lines[1]?.dispatch).toEqual({ n: 1, p50Ms: 0, p90Ms: 0, p95Ms: 0 })
  expect(lines[2]?.response).toEqual({ n: 0 })
  expect([total.incidents, total.falseAlarms, total.answer.n]).toEqual([12, 8, 10])
})

it('weeks begin on Monday and months end in them; a line without incidents is a line of time only', () => {
  const counts = (by: ReportBy, some = facts) => reportOf(query(by), some).lines.map(line => [line.key, line.incidents])
  expect(counts('week')).toEqual([
    ['2026-11-23', 2],
    ['2026-11-30', 10]
  ])
  expect(counts('month')).toEqual([
    ['2026-11', 5],
    ['2026-12', 7]
  ])
  expect(counts('month', [])).toEqual([
    ['2026-11', 0],
    ['2026-12', 0]
  ])
  expect(counts('grid', [])).toEqual([])
})

it('grid cells, kinds of source and categories, those with most incidents first', () => {
  const named = (by: ReportBy) =>
    reportOf(query(by), facts).lines.map(line => [line.key, line.name?.zh, line.incidents])
  expect(named('grid')).toEqual([
    ['', undefined, 9],
    ['a', '网格 a', 2],
    ['b', '网格 b', 1]
  ])
  expect(named('source')).toEqual([
    ['detector', undefined, 6],
    ['alarmBox', undefined, 5],
    ['taxi', undefined, 1]
  ])
  expect(named('kind')).toEqual([
    ['', undefined, 10],
    ['2', '涉暴力', 2]
  ])
})

it('targets: who still waits beyond one has missed it, who waits within it counts not yet', () => {
  const kept = (some = facts) =>
    reportOf(query('day'), some).targets.map(({ priority, measured, withinMs, n, kept: k, asked }) =>
      [`P${priority}`, measured, withinMs / S, `${k}/${n}`, asked ?? '-'].join(' ')
    )
  expect(kept()).toEqual([
    'P1 answer 10 1/4 90',
    'P1 answer 20 2/4 95',
    'P1 dispatch 60 2/3 90',
    'P1 response 300 1/2 -',
    'P1 response 600 2/2 -',
    'P2 answer 15 0/1 90',
    'P2 answer 20 1/1 95',
    'P2 dispatch 90 0/0 90',
    'P2 response 300 0/0 -',
    'P2 response 600 0/0 -',
    'P3 answer 60 6/6 -',
    'P4 answer 1800 0/1 -'
  ])
  const justNow = factOf(sampleIncident({ openedAtMs: query('day').nowMs - 5 * S }), 'fake:1')
  expect(kept([justNow])[0]).toBe('P1 answer 10 0/0 90')
})

it('targets: a dispatch and an arrival are missed the moment their time has passed, not when they come at last', () => {
  const { nowMs } = query('day')
  const open = (agoS: number, more: Partial<Incident> = {}) =>
    sampleIncident({
      openedAtMs: nowMs - agoS * S,
      acknowledgedAtMs: nowMs - (agoS - 2) * S,
      state: 'acknowledged',
      ...more
    })
  const sent = (agoS: number) => ({ assignments: [assignment({ offeredAtMs: nowMs - (agoS - 3) * S })] })
  const of = (measured: string, ...some: Incident[]) =>
    reportOf(
      query('day'),
      some.map(each => factOf(each, 'fake:1'))
    )
      .targets.filter(line => line.priority === 1 && line.measured === measured)
      .map(({ kept: k, n }) => `${k}/${n}`)
  expect(of('dispatch', open(62))).toEqual(['0/0'])
  expect(of('dispatch', open(63))).toEqual(['0/1'])
  // Who ended it without sending anybody needed nobody.
  expect(of('dispatch', open(63, { state: 'resolved', disposition: 'false-misuse' }))).toEqual(['0/0'])
  expect(of('response', open(300, sent(300)), open(301, sent(301)), open(601, sent(601)))).toEqual(['0/2', '0/1'])
  expect(of('response', open(601))).toEqual(['0/0', '0/0'])
  // Reopened, as the floor counts: from then on, also for the unit that is sent after it; one sent before keeps its time.
  const again = (agoS: number, more: Partial<Incident> = {}) =>
    open(9_000, { takenAgainAtMs: nowMs - agoS * S, ...more })
  expect(of('dispatch', again(60))).toEqual(['0/0'])
  expect(of('dispatch', again(61))).toEqual(['0/1'])
  expect(of('dispatch', again(100, sent(43)))).toEqual(['1/1'])
  expect(of('dispatch', again(100, sent(42)))).toEqual(['0/1'])
  expect(of('dispatch', again(100, sent(9_000)))).toEqual(['1/1'])
  expect(of('dispatch', again(100, sent(8_900)))).toEqual(['0/1'])
})

it('false alarms by cause, and sources with more than five on a day', () => {
  const { causes, noisy } = reportOf(query('day'), facts)
  expect(causes).toEqual([
    { disposition: 'false-misuse', sourceKind: 'detector', n: 6 },
    { disposition: 'false-equipment', sourceKind: 'taxi', n: 1 },
    { disposition: 'false-misuse', sourceKind: 'alarmBox', n: 1 }
  ])
  expect(noisy).toEqual([
    { day: '2026-12-01', sourceId: 'fake:detector', sourceKind: 'detector', name: '惠民超市', n: 6 }
  ])
  expect(reportOf(query('day'), facts.slice(0, -1)).noisy).toEqual([])
})

it('public emergencies by their class, the nearest row of the table deciding; false alarms are none', () => {
  const { emergencies } = reportOf(query('day'), facts)
  const found = emergencies.map(each => [each.emergency, each.incidents, each.injured, each.dead, each.lossYuan])
  expect(found).toEqual([
    ['natural', 0, 0, 0, 0],
    ['accident', 2, 2, 1, 3_500],
    ['health', 0, 0, 0, 0],
    ['security', 0, 0, 0, 0]
  ])
})

it('the safety index of a cell: points for incidents, harm and waiting, each bounded', () => {
  const indexes = (some: readonly Incident[]) =>
    reportOf(
      query('day'),
      some.map(each => factOf(each, 'fake:1'))
    ).safety.map(line => [line.month, line.gridId, line.index])
  // 100 - 5 (one P1) - 14 (two injured, one dead); the false alarm and the P4 of cell b take nothing.
  expect(indexes(INCIDENTS)).toEqual([['2026-11', 'a', 81]])
  const at = (day: number, cell: string, times: readonly number[], over: Partial<Incident> = {}) =>
    incident(day, times, { subject: { ...home, gridCell: CELL(cell) }, ...over })
  // a: 5 + 3, one of two answered after 20 s (5), one of one arrived after 10 min (10). b in December: at most 50, and 30 for harm.
  const many = Array.from({ length: 20 }, () => at(2, 'b', [1], real))
  expect(
    indexes([at(0, 'a', [21, 30, 601]), at(1, 'a', [20], { priority: 2 }), at(0, 'c', [], { priority: 3 }), ...many])
  ).toEqual([
    ['2026-12', 'b', 20],
    ['2026-11', 'a', 77],
    ['2026-11', 'c', 99]
  ])
})

it('a file has the words of its language, and no name in it is a formula', () => {
  const formula = factOf(
    incident(0, [4], { subject: { ...home, gridCell: { id: id('x'), name: '=HYPERLINK("http://x","y")' } } }),
    'fake:1'
  )
  const cameras = [{ gridId: 'a', gridName: '杏花巷', cameras: 2, liveS: 3_596.4, downS: 3.6, plannedS: 7_200 }]
  const report = { ...reportOf(query('grid'), [formula]), cameras }
  expect(csvOf(tableOf(report, 'cameras', 'zh-CN'))).toContain('\r\n杏花巷,2,1.00,0.00,2.00,99.90\r\n')
  const zh = csvOf(tableOf(report, 'lines', 'zh-CN'))
  expect(zh.startsWith('\ufeff网格,警情,P1,误报,')).toBe(true)
  expect(zh).toContain(`\r\n"'=HYPERLINK(""http://x"",""y"")",1,1,0,0,1,0,0,0,0,4.0,4.0,4.0,,,,,,\r\n合计,1,`)
  expect(csvOf(tableOf(report, 'emergencies', 'zh-CN'))).toContain('\r\n社会安全事件,0,0,0,0\r\n')
  expect(csvOf(tableOf(report, 'safety', 'en'))).toMatch(
    /^\ufeffMonth,Grid cell,.*\r\n2026-11,"'=HYPERLINK.*,1,0,0,0,0,0.0,0.0,95.0\r\n$/
  )
  expect(csvOf(tableOf(report, 'targets', 'en'))).toContain('\r\nP1,Answer,10,1,1,100.0,90\r\n')
})

it('counts by hour of the day over all days, every hour a line, and the times of P1 apart', () => {
  const { lines, total } = reportOf(query('hour'), facts)
  expect(lines.map(({ key }) => key)).toEqual(Array.from({ length: 24 }, (_, n) => String(n).padStart(2, '0')))
  expect(lines.reduce((sum, { incidents }) => sum + incidents, 0)).toBe(total.incidents)
  const p1 = facts.filter(({ priority }) => priority === 1)
  expect(total.urgent.answer.n).toBe(p1.filter(({ answerMs }) => answerMs !== undefined).length)
  expect(total.urgent.answer.n).toBeLessThan(total.answer.n)
})

it("a trouble of a device is no incident: it stands in a column of its own and in nobody's times", () => {
  const trouble = (over: Partial<Incident> = {}) =>
    factOf(incident(0, [1_500], { priority: 4, alarmClass: 'trouble', ...over }), 'fake:box')
  const repaired = { ...wrong, disposition: 'false-equipment' as const }
  const some = [...facts, trouble(), ...Array.from({ length: 6 }, () => trouble(repaired))]
  const [plain, mixed] = [reportOf(query('day'), facts), reportOf(query('day'), some)]
  expect(mixed.total).toEqual({ ...plain.total, troubles: 7 })
  expect(mixed.lines.map(({ troubles }) => troubles)).toEqual([7, 0, 0])
  expect([mixed.causes, mixed.noisy, mixed.safety]).toEqual([plain.causes, plain.noisy, plain.safety])
  // Their target is that of P4.
  expect(mixed.targets.find(({ priority }) => priority === 4)).toMatchObject({ n: 8, kept: 7 })
})

it('what a table is cut by is said; a file has every line', () => {
  const cells = Array.from({ length: 5 }, (_, n) => incident(0, [4], { subject: { ...home, gridCell: CELL(`${n}`) } }))
  const many = cells.map(each => factOf(each, 'fake:1'))
  const { lines, leftOff, safety, cut } = reportOf({ ...query('grid'), most: 3 }, many)
  expect([lines.length, leftOff, safety.length, cut]).toEqual([3, 2, 3, { safety: 2 }])
  expect(reportOf(query('grid'), many)).toMatchObject({ leftOff: 0, cut: {} })
})

it('files say what the screens say', async () => {
  for (const language of ['zh', 'en'] as const) {
    const read = async (name: string) =>
      JSON.parse(await readFile(join(I18N, language, `${name}.json`), 'utf8')) as Record<string, Record<string, string>>
    const [words, reports] = [await read('words'), await read('reports')]
    const said = (some: Readonly<Record<string, { readonly zh: string; readonly en: string }>>) =>
      Object.fromEntries(Object.entries(some).map(([key, each]) => [key, each[language]]))
    expect(said(SOURCE_KINDS)).toEqual(words.sourceKind)
    expect(said(DISPOSITION_WORDS)).toEqual(words.disposition)
    expect(said(MEASURED_WORDS)).toEqual(reports.measured)
    expect(said(EMERGENCY_WORDS)).toEqual(reports.emergency)
    expect(said(BY_WORDS)).toEqual(reports.line)
    expect(reports.none).toMatchObject(said(NONE_WORDS))
  }
})
