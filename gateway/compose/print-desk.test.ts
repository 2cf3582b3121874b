/** Sheets of paper as a reader finds them: drawn on their thread, read by pdftotext and pdffonts; who may, what is withheld, and the record. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { Incident, TimelineEntry } from '../core/incident.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import type { AuditEntry, CommitResult } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { factOf } from '../reports/facts.ts'
import { reportOf } from '../reports/figures.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { createPrintDesk, type PrintDeskDeps } from './print-desk.ts'

const person = (login: string, role: SessionUser['role']): SessionUser => ({
  ...{ userId: login, login, name: '林晓', role }
})
const operator = person('10327', 'operator')
const leader = person('10008', 'leader')
const auditor = person('10099', 'auditor')
const T = Date.UTC(2026, 10, 27, 19, 13, 18)

const incident: Incident = sampleIncident({
  ...{ number: '1128-0187', openedAtMs: T, acknowledgedAtMs: T + 7_600, onSceneAtMs: T + 200_000, version: 9 },
  ...{ state: 'onScene', sourceKind: 'panicPhone', nature: 'violence', duress: true },
  owner: { userId: id('10327'), name: '林晓' },
  subject: {
    ...{ id: id('h1'), kind: 'household', name: '陈桂芳', address: '杏花巷 16 号', phone: '13800002617' },
    ...{
      medicalNote: '高血压',
      accessNote: '钥匙在门卫',
      contacts: [{ name: '吴强', relation: '儿子', phone: '13900001111' }]
    }
  },
  assignments: [
    {
      ...{
        id: id('a1'),
        incidentId: id('i'),
        unitId: id('u7'),
        unitName: '巡防 07 车',
        state: 'arrived',
        offeredBy: 'operator'
      },
      ...{ offeredAtMs: T + 20_000, expiresAtMs: T + 50_000, acceptedAtMs: T + 31_000, arrivedAtMs: T + 200_000 }
    }
  ]
})
const taxi: Incident = sampleIncident({
  ...{ id: id<never>('taxi'), number: '1128-0190', openedAtMs: T, sourceKind: 'taxi' },
  owner: { userId: id('10327'), name: '林晓' },
  subject: { id: id('v1'), kind: 'vehicle', name: '闽J·T0637', address: '临溪平安出租' },
  fix: {
    ...{ point: { lat: 27.03, lon: 119.61, datum: 'wgs84' }, atMs: T, speedKmh: 43, headingDeg: 90 },
    street: { street: '北环路', crossing: '建设路', crossingM: 180 }
  }
})
const line = (index: number, over: Partial<TimelineEntry>): TimelineEntry => ({
  ...{ incidentId: incident.id, index, atMs: T + index * 1_000, actor: { kind: 'system' }, kind: 'note', data: {} },
  ...over
})
const timeline = [
  line(0, { kind: 'opened', data: { alarmClass: 'panic' } }),
  // A character that the font lacks is named, not dropped.
  line(1, {
    kind: 'annotated',
    actor: { kind: 'user', userId: id('10327'), name: '林晓' },
    data: { text: '门口有人，姓𠮷' }
  }),
  ...Array.from({ length: 90 }, (_, n) => line(n + 2, { kind: 'offered', data: { unit: `巡防 ${n} 组` } }))
]

/** Lists are made in shift-report.test.ts. */
const never = () => Promise.reject(new Error('not asked for here'))
const clock = createFakeClock(T + 600_000)
let audit: AuditEntry[]
const deps: PrintDeskDeps = {
  config: { site: { name: '柳河镇监控中心', timeZone: 'Asia/Shanghai' } } as PrintDeskDeps['config'],
  clock,
  async commit(change): Promise<CommitResult> {
    audit.push(...(change.audit ?? []))
    return { ok: true, feed: [] }
  },
  store: { incident: async () => undefined, timeline: async () => timeline },
  incidents: { get: incidentId => [incident, taxi].find(each => each.id === incidentId) },
  vehicleAt: () => undefined,
  shiftLog: never,
  retrievals: never,
  report: never
}
const desk = createPrintDesk(deps)
const dir = tempDir('print')

/** Of the machine's package poppler-utils, which reads what we wrote. */
function read(program: 'pdftotext' | 'pdffonts', pdf: Buffer): string {
  const file = join(dir, 'sheet.pdf')
  writeFileSync(file, pdf)
  // For the eye, where a folder is given.
  const folder = process.env.PINGAN_PICTURES
  if (folder) writeFileSync(join(folder, `${expect.getState().currentTestName?.slice(0, 24)}.pdf`), pdf)
  return execFileSync(program, program === 'pdftotext' ? ['-layout', file, '-'] : [file], { encoding: 'utf8' })
}

beforeEach(() => {
  audit = []
})
afterAll(desk.stop)

it('the order sheet says who, where, what and when, in a font of its own, with page numbers and the check value of the record', async () => {
  const { name, file } = await desk.rooms.order(incident.id, 'zh-CN', operator)
  expect(name).toBe('order-1128-0187')
  const text = read('pdftotext', file)
  const detail = audit[0]?.detail
  expect(audit).toMatchObject([{ who: '10327 林晓', action: 'print', object: 'incident:1128-0187', outcome: 'done' }])
  expect(detail).toMatchObject({ sheet: 'order', version: 9, withPrivate: true })
  expect(String(detail?.check)).toMatch(/^([0-9A-F]{4}-){2}[0-9A-F]{4}$/)
  for (const word of [
    ...['柳河镇监控中心', '警情单', '1128-0187', '胁迫警情：不得回拨', '陈桂芳', '13800002617', '高血压', '钥匙在门卫'],
    ...['2026-11-28 03:13:18', '03:13:49', '巡防 07 车', '3 分 20 秒', '涉暴力', '〓(U+20BB7)', '10327 林晓'],
    `校验码 ${detail?.check}`
  ])
    expect(text).toContain(word)
  // Of the record, in one line.
  expect(text).toMatch(/2026-11-28 \d\d:\d\d:\d\d\.\d{3}/)
  const pages = [...text.matchAll(/第 (\d+) 页，共 (\d+) 页/g)].map(match => match.slice(1).map(Number))
  expect(pages.length).toBeGreaterThan(2)
  expect(pages).toEqual(pages.map((_, n) => [n + 1, pages.length]))
  expect(text).toContain('巡防 89 组')
  const fonts = read('pdffonts', file).trim().split('\n').slice(2)
  expect(fonts).toHaveLength(2)
  for (const font of fonts) expect(font).toMatch(/^[A-Z]{6}\+NotoSansSC-\d00 +CID TrueType +Identity-H +yes yes yes/)
})

it('the order sheet says in words how an order ended with its record, and a team’s own reason as it gave it', async () => {
  const [sent] = incident.assignments
  if (!sent) throw new Error('the sample has an order')
  const end = { state: 'cleared', endedAtMs: T + 300_000 } as const
  const filed = {
    ...{ ...incident, state: 'closed' as const },
    assignments: [
      { ...sent, ...end, reason: 'closed' },
      { ...sent, ...end, state: 'recalled' as const, reason: 'resolved' },
      { ...sent, ...end, state: 'declined' as const, reason: '车辆故障' }
    ]
  }
  const { rooms, stop } = createPrintDesk({ ...deps, incidents: { get: () => filed } })
  const text = read('pdftotext', (await rooms.order(filed.id, 'zh-CN', operator)).file).replaceAll(/\s/g, '')
  await stop()
  for (const words of ['已离场：归档时未报离场', '已撤回：警情已结束', '不能去：车辆故障'])
    expect(text).toContain(words)
})

it('the order sheet of a taxi sends nobody to its firm', async () => {
  const text = read('pdftotext', (await desk.rooms.order(taxi.id, 'zh-CN', operator)).file)
  expect(text).toContain('北环路，距建设路路口 180 m · 43 km/h · 往东（报警时 03:13:18）')
  expect(text).toMatch(/所属单位\s+临溪平安出租/)
  expect(text).not.toMatch(/地址\s+临溪平安出租/)
})

it('of a taxi that has driven on it says both: where it pressed and where it was last, and the record says that a position was read', async () => {
  const at = {
    ...{ point: { lat: 27.0412, lon: 119.6301, datum: 'wgs84' as const }, atMs: T + 300_000, speedKmh: 38 },
    ...{ headingDeg: 184, street: { street: '滨江路', crossing: '解放路', crossingM: 20 } }
  }
  const vehicleAt = (of: Incident) => (of === taxi ? at : undefined)
  const { rooms, stop } = createPrintDesk({ ...deps, vehicleAt })
  const text = read('pdftotext', (await rooms.order(taxi.id, 'zh-CN', operator)).file)
  const household = read('pdftotext', (await rooms.order(incident.id, 'zh-CN', operator)).file)
  await stop()
  expect(text).toContain('北环路，距建设路路口 180 m · 43 km/h · 往东（报警时 03:13:18）')
  expect(text).toMatch(/最后位置\s+滨江路与解放路路口 · 27.04120, 119.63010 · 38 km\/h · 往南（03:18:18）/)
  expect(household).not.toContain('最后位置')
  expect(audit.map(({ detail }) => detail?.positionAtMs)).toEqual([at.atMs, undefined])
})

it('an auditor has it without what only those need who call; in English, and with a check value of its own', async () => {
  await desk.rooms.order(incident.id, 'en', leader)
  const text = read('pdftotext', (await desk.rooms.order(incident.id, 'en', auditor)).file)
  expect(text).toContain('Order sheet')
  expect(text).toContain('are not printed for this role')
  for (const hidden of ['13800002617', '高血压', '钥匙在门卫', '13900001111']) expect(text).not.toContain(hidden)
  expect(audit.map(({ detail }) => detail?.withPrivate)).toEqual([true, false])
  expect(audit[0]?.detail?.check).not.toBe(audit[1]?.detail?.check)
})

it('an operator prints what he has worked on; nothing is given out that is not on record', async () => {
  const other = person('10400', 'operator')
  await expect(desk.rooms.order(incident.id, 'en', other)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
  await expect(desk.rooms.order(id('none'), 'en', leader)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(audit).toEqual([])
  const broken = createPrintDesk({ ...deps, commit: async () => Promise.reject(new Error('disk full')) })
  await expect(broken.rooms.order(incident.id, 'en', leader)).rejects.toThrow('disk full')
  await broken.stop()
})

it('a report on paper cuts no word of its heads, adds up in the last row, and says how many lines are not on it', async () => {
  const day = { day: '2026-11-28', startMs: T - 12_000_000, week: '2026-11-23', month: '2026-11' }
  const span = { fromDay: day.day, toDay: day.day }
  const incidents = Array.from({ length: 5 }, (_, n) =>
    factOf(
      { ...incident, subject: { ...incident.subject, gridCell: { id: id(`c${n}`), name: `0${n} 网格` } } },
      'fake:1'
    )
  )
  const paper = createPrintDesk({
    ...deps,
    report: async by => ({
      ...reportOf(
        {
          ...{ by, ...span, days: [day], endMs: T + 86_400_000, nowMs: T + 900_000, timers: DEFAULT_TIMERS },
          ...{ emergencies: {}, most: 3 }
        },
        incidents
      ),
      cameras: [{ gridId: 'c1', gridName: '01 网格', cameras: 2, liveS: 7_200, downS: 3_600, plannedS: 0 }],
      camerasFrom: '2026-11-20'
    })
  })
  const text = read('pdftotext', (await paper.rooms.report('grid', span, 'en', leader)).file)
  await paper.stop()
  for (const head of [/Incidents +P1 +False alarms/, /Unresolved +Injured +Dead +Loss \(yuan\) +Troubles/])
    expect(text).toMatch(head)
  expect(text).toContain('Times of all priorities')
  expect(text).toMatch(/Total +5 +5 +0/)
  expect(text).toContain('2 more lines are not listed; the CSV file has them all')
  expect(text).toMatch(/01 网格 +2 +2\.00 +1\.00 +0\.00 +66\.67/)
  expect(text).toContain('counted from 2026-11-20 on')
})

it('an English sheet has its states in full, where a chip of the screen cuts them short', async () => {
  const text = read('pdftotext', (await desk.rooms.order(incident.id, 'en', leader)).file)
  expect(text).toMatch(/Acknowledged +2026-11-28 03:13:25/)
  expect(text).not.toContain('Acked')
})
