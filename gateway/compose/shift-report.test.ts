/** A shift and its papers over a real store: what came, who was on, what is left, what was looked at; whole, one's own, or figures alone. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSiteDays } from '../availability/site-day.ts'
import { id } from '../core/brand.ts'
import type { Actor, Incident, TimelineEntry } from '../core/incident.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import type { AuditEntry, Store } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { createReports, type Reports } from '../reports/room.ts'
import { DATABASE_FILE } from '../storage/sqlite/open.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { createPrintDesk, type PrintDesk, type PrintDeskDeps } from './print-desk.ts'
import { createShiftDesk, type ShiftDesk } from './shift-desk.ts'

const H = 3_600_000
const MIN = 60_000
/** The day shift of 2026-11-28 in China. */
const FROM = Date.UTC(2026, 10, 28, 0)
const NOW = FROM + 14 * H
const who = (login: string, name: string, role: SessionUser['role']): SessionUser => ({
  userId: login,
  login,
  name,
  role
})
const lin = who('10327', '林晓', 'operator')
const zhou = who('10400', '周强', 'operator')
const leader = who('10008', '韩梅', 'leader')

const by = ({ login, name }: SessionUser): Actor => ({ kind: 'user', userId: id(login), name, login })
const owner = ({ login, name }: SessionUser) => ({ userId: id<never>(login), name })
const incident = (openedAtMs: number, over: Partial<Incident>) => sampleIncident({ openedAtMs, ...over })
const accepted = ({ id: incidentId }: Incident, user: SessionUser, atMs: number, answerMs: number): TimelineEntry => ({
  ...{ incidentId, index: 2, atMs, actor: by(user), kind: 'acknowledged', data: { answerMs } }
})
const entry = (atMs: number, user: SessionUser, action: string, object: string, more: Partial<AuditEntry> = {}) =>
  ({ atMs, who: `${user.login} ${user.name}`, action, object, outcome: 'done', ...more }) as AuditEntry

const closed = incident(FROM + H, {
  ...{ number: '1128-0001', state: 'closed', acknowledgedAtMs: FROM + H + 8_000, resolvedAtMs: FROM + 2 * H },
  ...{ disposition: 'false-misuse', owner: owner(lin), duress: true }
})
const open = incident(FROM + 3 * H, {
  ...{ number: '1128-0002', state: 'onScene', acknowledgedAtMs: FROM + 3 * H + 30_000, owner: owner(zhou) },
  ...{ sourceKind: 'taxi', subject: { id: id('v1'), kind: 'vehicle', name: '闽J·T0637', address: '临溪平安出租' } },
  fix: {
    ...{ point: { lat: 27.03, lon: 119.61, datum: 'wgs84' }, atMs: FROM + 3 * H },
    street: { street: '北环路', crossing: '建设路', crossingM: 9 }
  }
})
const carried = incident(FROM - 5 * H, {
  ...{ number: '1127-0044', state: 'closed', acknowledgedAtMs: FROM - 5 * H + 4_000, resolvedAtMs: FROM + MIN },
  ...{ disposition: 'real-police' }
})
const before = incident(FROM - 6 * H, { state: 'closed', resolvedAtMs: FROM - 5 * H, number: '1127-0043' })
const after = incident(FROM + 13 * H, { number: '1128-0099' })
const trouble = (number: string, openedAtMs: number, more: Partial<Incident> = {}) =>
  incident(openedAtMs, { number, priority: 4, alarmClass: 'trouble', cause: 'battery', ...more })
const ignored = trouble('1128-0003', FROM + 4 * H)
const seen = trouble('1128-0004', FROM + 4 * H, { acknowledgedAtMs: FROM + 4 * H + MIN, state: 'acknowledged' })

const dir = tempDir('shift-report')
let store: Store
let reports: Reports
let shifts: ShiftDesk
let print: PrintDesk
const clock = createFakeClock(NOW)

beforeAll(async () => {
  store = await openSqliteStore({ dir })
  const incidents = [before, carried, closed, open, ignored, seen, after]
  await store.commit({
    incidents,
    timeline: [
      accepted(closed, lin, FROM + H + 8_000, 8_000),
      accepted(open, zhou, FROM + 3 * H + 30_000, 30_000),
      accepted(carried, lin, FROM - 5 * H + 4_000, 4_000)
    ],
    evidence: [
      {
        ...{
          id: id('clip-1'),
          incidentId: closed.id,
          cameraId: id('c2'),
          cameraName: '杏花巷口',
          kind: 'clip',
          state: 'ready'
        },
        ...{
          requestedFromMs: FROM + H,
          requestedToMs: FROM + H + MIN,
          actualFromMs: FROM + H,
          actualToMs: FROM + H + MIN
        },
        createdAtMs: FROM + H
      }
    ],
    documents: [
      {
        ...{ kind: 'shift.handOver', key: `${String(FROM + 11 * H).padStart(15, '0')}/s1` },
        body: {
          ...{ id: 's1', from: by(lin), to: by(zhou), note: '西街路灯坏，留意', atMs: FROM + 11 * H, incidents: [] },
          ...{ followUps: 2, state: 'accepted', moved: ['1128-0002'], whole: true }
        }
      }
    ],
    audit: [
      entry(FROM - H, leader, 'login', 'seat:1'),
      entry(FROM - 30 * MIN, zhou, 'login', 'seat:4'),
      entry(FROM - 20 * MIN, zhou, 'logout', 'seat:4', { detail: { user: '10400', origin: '' } }),
      // The leader takes another seat: the session at the first one ends after that.
      entry(FROM + MIN, leader, 'login', 'seat:2'),
      entry(FROM + MIN, leader, 'logout', 'seat:1', { reason: 'moved', detail: { user: '10008', origin: '' } }),
      entry(FROM + 2 * MIN, lin, 'login', 'seat:3'),
      // The leader's browser has crashed: he logs in once more where he sits, which ends the session of before.
      entry(FROM + 10 * MIN, leader, 'login', 'seat:2'),
      entry(FROM + 10 * MIN, leader, 'logout', 'seat:2', { reason: 'moved', detail: { user: '10008', origin: '' } }),
      // A leader ended his session.
      entry(FROM + 11 * H, leader, 'logout', 'seat:3', { detail: { user: '10327', origin: '' } }),
      entry(FROM + 5 * H, lin, 'recordingView', 'camera:c2', {
        ...{ reason: 'incident', detail: { fromMs: FROM + H, toMs: FROM + H + MIN, incidentId: closed.id } }
      }),
      entry(FROM + 6 * H, leader, 'evidenceView', 'evidence:clip-1'),
      entry(FROM + 6 * H, leader, 'wallChanged', 'wall'),
      entry(FROM + 7 * H, zhou, 'recordingView', 'camera:c9', { outcome: 'refused', reason: 'RECORDING_CLOSED' }),
      entry(FROM + 8 * H, leader, 'export.handOut', 'export:e1', {
        ...{ reason: '110 要求', detail: { cameras: 'c2', receiver: '城关派出所 王勇', incident: closed.id } }
      }),
      entry(FROM + 13 * H, lin, 'recordingStill', 'camera:c2', { reason: 'public' })
    ]
  })
  reports = createReports(join(dir, DATABASE_FILE))
  const incidentSettings = { shiftStarts: ['08:00', '20:00'], timers: DEFAULT_TIMERS }
  const config = { site: { name: '柳河镇监控中心', timeZone: 'Asia/Shanghai' }, incidents: incidentSettings } as never
  const days = createSiteDays('Asia/Shanghai')
  shifts = createShiftDesk({ config, clock, days, reports })
  print = createPrintDesk({
    ...{ config, clock, store, commit: store.commit, incidents: { get: () => undefined } },
    ...{ vehicleAt: () => undefined, shiftLog: shifts.log, report: () => Promise.reject(new Error('not asked for')) },
    retrievals: span =>
      reports.retrievals({
        ...span,
        fromMs: FROM,
        toMs: FROM + 12 * H,
        cameraNames: { c2: '杏花巷口', c9: '陈宅门口' }
      })
  } satisfies PrintDeskDeps)
})
afterAll(async () => {
  await print.stop()
  await reports.stop()
  await store.close()
})

const numbers = (lines: readonly { readonly number: string }[]) => lines.map(({ number }) => number)
const DAY = { day: '2026-11-28', shift: 0 }

it('a shift has what came in it and what was carried into it, its times, its people and what is left', async () => {
  const log = await shifts.log(DAY, leader)
  expect([log.fromMs, log.toMs, log.over]).toEqual([FROM, FROM + 12 * H, true])
  expect(numbers(log.incidents)).toEqual(['1127-0044', '1128-0001', '1128-0002'])
  expect(log.incidents.map(({ carried, left }) => [carried, left])).toEqual([
    [true, false],
    [false, false],
    [false, true]
  ])
  expect(numbers(log.troubles)).toEqual(['1128-0003', '1128-0004'])
  expect(log.troubles.map(({ escalated }) => escalated)).toEqual([true, false])
  expect(log.counts.map(({ incidents, falseAlarms, left }) => [incidents, falseAlarms, left])).toEqual([
    ...[
      [2, 1, 1],
      [0, 0, 0],
      [0, 0, 0],
      [2, 0, 2],
      [0, 0, 0]
    ]
  ])
  expect(log.targets.find(({ priority, withinMs }) => priority === 1 && withinMs === 10_000)).toMatchObject({
    n: 2,
    kept: 1
  })
  expect(log.people).toMatchObject([
    { login: '10008', name: '韩梅', seats: [1, 2], cameMs: undefined, leftMs: undefined, accepted: 0 },
    { login: '10327', seats: [3], cameMs: FROM + 2 * MIN, leftMs: FROM + 11 * H, accepted: 1 },
    { login: '10400', seats: [], accepted: 1 }
  ])
  expect(log.handOvers).toMatchObject([{ note: '西街路灯坏，留意', moved: ['1128-0002'] }])
})

it('the shift that runs is the newest that has begun; one that has not, and days that are none, are refused', async () => {
  const { day, shift, over, incidents } = await shifts.log(undefined, leader)
  expect([day, shift, over]).toEqual(['2026-11-28', 1, false])
  expect(numbers(incidents)).toEqual(['1128-0002', '1128-0099'])
  for (const wrong of [
    { day: '2026-11-29', shift: 0 },
    { day: '2026-11-28', shift: 2 },
    { day: '2026-02-30', shift: 0 }
  ])
    await expect(shifts.log(wrong, leader)).rejects.toMatchObject({ code: 'BODY_INVALID' })
})

it('an operator has his own, an administrator figures alone', async () => {
  const own = await shifts.log(DAY, lin)
  expect([own.own, numbers(own.incidents), own.people.map(({ login }) => login)]).toEqual([
    ...['10327', ['1128-0001'], ['10327']]
  ])
  const figures = await shifts.log(DAY, who('10001', '管理', 'administrator'))
  expect([figures.withheld, figures.incidents, figures.troubles, figures.handOvers]).toEqual([true, [], [], []])
  expect(figures.counts[0]?.incidents).toBe(2)
})

function text(pdf: Buffer, name: string): string {
  const file = join(process.env.PINGAN_PICTURES ?? dir, `${name}.pdf`)
  writeFileSync(file, pdf)
  return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
}

it('the duty log is a paper and a file for spreadsheets, both on record', async () => {
  const { name, file } = await print.rooms.shift(DAY, { language: 'zh-CN', format: 'pdf' }, leader)
  expect(name).toBe('shift-2026-11-28-0800')
  const said = text(file, 'shift')
  for (const word of [
    ...['值班日志', '2026-11-28 08:00:00 至 2026-11-28 20:00:00', '林晓', '1128-0002', '电池低', '列入交班'],
    ...['西街路灯坏，留意', '上一班转来', '误报 · 误触', '胁迫报警', '第 1 页']
  ])
    expect(said).toContain(word)
  // Number, priority and time of day in one line; the day stands above.
  expect(said).toMatch(/1128-0001 P\d +\d\d:\d\d:\d\d /)
  expect(said).toMatch(/≤ 10 秒|≤ 15 秒/)
  expect(said).not.toMatch(/≤ \d+ 分 00 秒/)
  // A vehicle is where it pressed, not at its firm.
  const list = await print.rooms.shift(DAY, { language: 'zh-CN', format: 'csv' }, leader)
  expect(list.file.toString('utf8')).toContain('闽J·T0637 · 北环路与建设路路口')
  expect(list.file.toString('utf8')).not.toContain('临溪平安出租')
  const csv = (await print.rooms.shift(DAY, { language: 'en', format: 'csv' }, leader)).file.toString('utf8')
  expect(csv.startsWith('\ufeffDuty log')).toBe(true)
  expect(csv).toContain('\r\nPriority,Incidents,False,Left,Answer time P90\r\nP1,2,1,1,30 s\r\n')
  const [second, , first] = (await store.auditTail(3)).map(({ action, object, detail }) => [
    action,
    object,
    detail?.format
  ])
  expect([first, second]).toEqual([
    ['print', 'shift:2026-11-28-0800', 'pdf'],
    ['print', 'shift:2026-11-28-0800', 'csv']
  ])
})

it('the list of retrieved recordings says who, what, when and why, refusals too, and nothing else of the log', async () => {
  const span = { fromDay: '2026-11-28', toDay: '2026-11-28' }
  const { file } = await print.rooms.retrievals(span, { language: 'zh-CN', format: 'csv' }, leader)
  const rows = file
    .toString('utf8')
    .split('\r\n')
    .slice(1, -3)
    .map(row => row.split(',').slice(2))
  const seconds = '2026-11-28 09:00:00 – 09:01:00'
  expect(rows.slice(1)).toEqual([
    ['10327 林晓', '看录像', '杏花巷口', '1128-0001', seconds, '附近有警情', '', '已准'],
    ['10008 韩梅', '看证据', '杏花巷口', '1128-0001', seconds, '', '', '已准'],
    [
      '10400 周强',
      '看录像',
      '陈宅门口',
      '',
      '',
      '社会探头录像和一天以前的录像：警情前后或写明理由才能调阅',
      '',
      '未准'
    ],
    ['10008 韩梅', '导出交付', '杏花巷口', '1128-0001', '', '110 要求', '城关派出所 王勇', '已准']
  ])
  const paper = text(
    (await print.rooms.retrievals(span, { language: 'zh-CN', format: 'pdf' }, leader)).file,
    'retrievals'
  )
  expect(paper).toContain('城关派出所')
})
