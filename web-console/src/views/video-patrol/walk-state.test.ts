/** A round on screen, shift times, and the CSV file that office programs open. */
import { expect, it } from 'vitest'
import { csvCell } from '../../../../gateway/core/csv.ts'
import { FINDING_KINDS, FINDING_WORDS, type PatrolRound } from '../../../../gateway/core/wall.ts'
import { rounds as en } from '../../i18n/en/index.ts'
import { rounds as zh } from '../../i18n/zh/index.ts'
import { KINDS } from './finding.tsx'
import { csvOf } from './report-csv.ts'
import { firstRound, lookLeftS, minutesOf, newerOf, shiftText, walkOf } from './walk-state.ts'

const me = { login: '10327', name: '林晓' }
const round = (more: Partial<PatrolRound> = {}): PatrolRound => ({
  id: 'r1',
  planId: 'p',
  planName: '城关',
  shift: { fromMin: 480, toMin: 960, persons: ['10327'] },
  cameras: ['a', 'b', 'c', 'd'],
  minLookS: 10,
  openMs: 0,
  dueMs: 3_600_000,
  closesMs: 5_400_000,
  state: 'open',
  looks: [],
  skips: [],
  findings: [],
  ...more
})
const look = (cameraId: string, seen = true) => ({ ...me, cameraId, fromMs: 0, toMs: 10_000, seen })

it('goes on behind the camera one looks at and comes back to what was left out', () => {
  expect(walkOf(round(), '10327')).toMatchObject({ current: undefined, next: ['a', 'b', 'c', 'd'], done: 0 })
  const walk = walkOf(
    round({
      looks: [look('a'), look('b', false)],
      skips: [{ ...me, cameraId: 'd', atMs: 0, reason: '检修' }],
      looking: { ...me, cameraId: 'c', fromMs: 0 }
    }),
    '10327'
  )
  expect(walk.rows.map(row => row.state)).toEqual(['seen', 'open', 'looking', 'skipped'])
  expect(walk).toMatchObject({ current: 'c', next: ['b'], done: 2 })
})

it('counts down the least look by the clock of the gateway, for the one who looks', () => {
  const under = round({ looking: { ...me, cameraId: 'a', fromMs: 1_000 } })
  expect([
    lookLeftS(under, '10327', 1_000),
    lookLeftS(under, '10327', 10_001),
    lookLeftS(under, '10327', 11_000)
  ]).toEqual([10, 1, 0])
  expect(lookLeftS(under, '10411', 99_000)).toBe(10)
  expect(walkOf(under, '10411').current).toBeUndefined()
})

it('walks the round it has begun, else the one that is due first, and only its own', () => {
  const early = round({ id: 'early', dueMs: 1 })
  const begun = round({ id: 'begun', looking: { ...me, cameraId: 'a', fromMs: 0 } })
  expect(firstRound([round(), early], '10327')?.id).toBe('early')
  expect(firstRound([early, begun], '10327')?.id).toBe('begun')
  expect(firstRound([early], '10411')).toBeUndefined()
})

it('believes the newer of a record and an answer', () => {
  const before = round({ looks: [look('a')] })
  const answer = round({ looks: [look('a')], looking: { ...me, cameraId: 'b', fromMs: 10_001 } })
  expect(newerOf(before, answer)).toBe(answer)
  expect(newerOf(answer, before)).toBe(answer)
  expect(newerOf(before, { ...answer, id: 'other' })).toBe(before)
})

it('reads and writes shift times, 24:00 too', () => {
  expect(['08:30', '24:00', '0:05', '24:01', '8', '25:00'].map(minutesOf)).toEqual([
    510,
    0,
    5,
    undefined,
    undefined,
    undefined
  ])
  expect([shiftText({ fromMin: 960, toMin: 0 }), shiftText({ fromMin: 1_320, toMin: 360 })]).toEqual([
    '16:00–24:00',
    '22:00–06:00'
  ])
})

it('has every kind of finding at its digit', () => {
  expect(KINDS).toEqual(FINDING_KINDS)
  const said = (language: 'zh' | 'en') => Object.fromEntries(KINDS.map(kind => [kind, FINDING_WORDS[kind][language]]))
  expect({ zh: said('zh'), en: said('en') }).toEqual({ zh: zh.kind, en: en.kind })
})

it('writes a CSV in which no name becomes a formula', () => {
  const begins = ['=1', '＝1', '+1', '＋1', '-1+1', '－1', '@a', '＠a', '\ta', '-1', '-.5', 'a=1']
  for (const planName of begins) {
    const one = { planName, fromMin: 0, toMin: 480, person: '', done: 0, late: 0, missed: 0, findings: 0 }
    const line = csvOf(
      { fromMs: 0, toMs: 1, rows: [one], neverSeen: [] },
      { columns: [], neverSeen: '', cameraName: () => '', persons: names => names }
    )
    expect(line.split('\r\n')[1]?.split(',')[0]).toBe(`"${csvCell(planName)}"`)
  }
  const row = {
    planName: '=cmd()',
    fromMin: 0,
    toMin: 480,
    person: '林"晓、韩梅',
    done: 1,
    late: 0,
    missed: 2,
    findings: 0
  }
  const report = { fromMs: 0, toMs: 1, rows: [row], neverSeen: [{ planName: '城关', cameraId: 'c1' }] }
  const persons = (names: string) => names.replaceAll('、', ', ')
  const text = csvOf(report, { columns: ['计划', '班次'], neverSeen: '未看', cameraName: () => '路口', persons })
  expect(text.split('\r\n')).toEqual([
    '\uFEFF"计划","班次"',
    '"\'=cmd()","00:00–08:00","林""晓, 韩梅","1","0","2","0"',
    '',
    '"未看"',
    '"城关","路口"',
    ''
  ])
})
