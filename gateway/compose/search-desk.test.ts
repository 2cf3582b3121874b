/** Searches over a real store: by person, initials, action and day; the chain of the log is computed and a break found; every look is on record. */
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSiteDays } from '../availability/site-day.ts'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import { unmappedCard } from '../core/called.ts'
import type { Incident } from '../core/incident.ts'
import type { AuditQuery, IncidentSearchQuery } from '../core/search.ts'
import type { Store } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import type { SearchRooms } from '../http/search-ports.ts'
import { createReports, type Reports } from '../reports/room.ts'
import { DATABASE_FILE } from '../storage/sqlite/open.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { createSearchDesk } from './search-desk.ts'

const auditor: SessionUser = { userId: 'a', login: '10099', name: '沈青', role: 'auditor' }
const DAY = 86_400_000
/** Noon of 2026-11-28 in China. */
const NOON = Date.UTC(2026, 10, 28, 4)
const clock = createFakeClock(NOON + DAY)
const dir = tempDir('search-desk')
let store: Store
let reports: Reports
let rooms: SearchRooms

const found = async (query: Partial<AuditQuery>) => {
  const { lines } = await rooms.audit({ text: '', ...query }, auditor)
  return lines.filter(({ who }) => !who.startsWith('10099')).map(({ who, action }) => `${who} ${action}`)
}
const numbers = async (query: Partial<IncidentSearchQuery>) =>
  (await rooms.incidents({ text: '', ...query }, auditor)).lines.map(({ number }) => number)
const newest = async () => (await store.auditTail(1))[0]

const chen: Incident = sampleIncident({
  ...{ number: '1128-0001', openedAtMs: NOON, state: 'closed', disposition: 'false-misuse', duress: true },
  owner: { userId: id('lin'), name: '林晓' },
  subject: {
    ...{ id: id('h1'), kind: 'household', name: '陈桂芳', address: '杏花巷 16 号', phone: '13800002617' },
    ...{
      medicalNote: '高血压',
      accessNote: '钥匙在门卫',
      contacts: [{ name: '吴强', relation: '儿子', phone: '13900001111' }]
    }
  }
})

beforeAll(async () => {
  store = await openSqliteStore({ dir })
  const entry = (atMs: number, who: string, action: string, more = {}) => ({
    ...{ atMs, who, action, object: 'incident:1128-0001', outcome: 'done' as const },
    ...more
  })
  await store.commit({
    incidents: [
      chen,
      sampleIncident({
        ...{ number: '1128-0002', openedAtMs: NOON + 1, priority: 2, sourceKind: 'taxi', alarmClass: 'medical' },
        subject: { id: id('v1'), kind: 'vehicle', name: '闽J·T0637', address: '临溪平安出租' },
        fix: { point: { lat: 27.03, lon: 119.61, datum: 'wgs84' }, atMs: NOON, street: { street: '北环路' } }
      }),
      sampleIncident({ number: '1129-0001', openedAtMs: NOON + DAY, state: 'resolved' })
    ],
    audit: [
      entry(NOON - DAY, '10327 林晓', 'login'),
      entry(NOON, '10327 林晓', 'print', { detail: { check: '1A2B-3C4D-5E6F' } }),
      entry(NOON + 1, '10008 韩梅', 'cameraView', { outcome: 'refused', reason: 'CAMERA_CLOSED' }),
      entry(NOON + DAY, 'system', 'login')
    ]
  })
  reports = createReports(join(dir, DATABASE_FILE))
  const days = createSiteDays('Asia/Shanghai')
  const deps = { clock, store, commit: store.commit, incidents: { get: () => undefined }, days, reports }
  const nameOf = (object: string) => (object === 'audit' ? '审计' : undefined)
  rooms = createSearchDesk({ ...deps, timeZone: 'Asia/Shanghai', nameOf })
})
afterAll(async () => {
  await reports.stop()
  await store.close()
})

it('an entry has the name that its object has today, and none where there is none', async () => {
  const { lines } = await rooms.audit({ text: '', action: 'audit.viewed' }, auditor)
  const more = (await rooms.audit({ text: '', action: 'audit.viewed' }, auditor)).lines
  expect([lines.length, more.map(each => [each.object, each.name])]).toEqual([0, [['audit', '审计']]])
  expect((await rooms.audit({ text: '', action: 'print' }, auditor)).lines[0]).not.toHaveProperty('name')
})

it('the log is found by person, initials, check value, action, outcome and day', async () => {
  expect(await found({})).toEqual(['system login', '10008 韩梅 cameraView', '10327 林晓 print', '10327 林晓 login'])
  for (const text of ['林晓', '10327', 'lx'])
    expect(await found({ text })).toEqual(['10327 林晓 print', '10327 林晓 login'])
  expect(await found({ text: '1a2b-3c4d' })).toEqual(['10327 林晓 print'])
  expect(await found({ action: 'login' })).toEqual(['system login', '10327 林晓 login'])
  expect(await found({ outcome: 'refused' })).toEqual(['10008 韩梅 cameraView'])
  expect(await found({ fromDay: '2026-11-28', toDay: '2026-11-28' })).toEqual([
    '10008 韩梅 cameraView',
    '10327 林晓 print'
  ])
  expect(await newest()).toMatchObject({
    ...{ who: '10099 沈青', action: 'audit.viewed' },
    detail: { fromDay: '2026-11-28', toDay: '2026-11-28' }
  })
  await expect(found({ fromDay: '2026-02-30' })).rejects.toMatchObject({ code: 'BODY_INVALID' })
})

it('goes on below a number, offers the actions there are, and leaves the house as a file that is on record', async () => {
  const [second] = (await rooms.audit({ text: '', before: 4 }, auditor)).lines
  expect(second).toMatchObject({ seq: 3, who: '10008 韩梅' })
  expect((await rooms.audit({ text: '' }, auditor)).actions).toEqual(
    expect.arrayContaining(['cameraView', 'login', 'print'])
  )
  const csv = await rooms.auditCsv({ text: '林晓', toDay: '2026-11-28' }, 'zh-CN', auditor)
  expect(csv).toContain('\ufeff审计号,时间,')
  expect(csv).toContain('\r\n2,2026-11-28 12:00:00,10327 林晓,print,incident:1128-0001,done,,')
  expect(await newest()).toMatchObject({ action: 'audit.exported', detail: { text: '林晓', lines: 2 } })
})

it('incidents are found by name, initials, number, telephone, owner, state, priority and day, those of one day together', async () => {
  for (const text of ['陈桂芳', 'cgf', '1128-0001', '138 0000 2617', '杏花巷16'])
    expect([text, await numbers({ text })]).toEqual([text, ['1128-0001']])
  // 林晓 had the one, and 临溪平安出租 has the car.
  expect(await numbers({ text: 'lx' })).toEqual(['1128-0002', '1128-0001'])
  for (const text of ['xhx', '闽jt0637', 'lxpacz', 'bhl'])
    expect([text, (await numbers({ text })).length]).toEqual([text, 1])
  expect(await numbers({})).toEqual(['1129-0001', '1128-0002', '1128-0001'])
  expect(await numbers({ disposition: 'false-misuse' })).toEqual(['1128-0001'])
  expect(await numbers({ disposition: 'test' })).toEqual([])
  expect(await numbers({ stage: 'open' })).toEqual(['1128-0002'])
  expect(await numbers({ stage: 'resolved' })).toEqual(['1129-0001'])
  expect(await numbers({ priority: 2 })).toEqual(['1128-0002'])
  expect(await numbers({ alarmClass: 'medical' })).toEqual(['1128-0002'])
  expect(await numbers({ fromDay: '2026-11-29', toDay: '2026-11-29' })).toEqual(['1129-0001'])
  expect(await newest()).toMatchObject({ action: 'incident.searched', who: '10099 沈青' })
})

it('a vehicle is found by plate, street and firm, and its line says the street, never the firm as its address', async () => {
  for (const text of ['T0637', '北环路', '平安出租'])
    expect([text, await numbers({ text })]).toEqual([text, ['1128-0002']])
  const [line] = (await rooms.incidents({ text: 'T0637' }, auditor)).lines
  expect(line).toMatchObject({
    name: '闽J·T0637',
    place: { subject: { address: '' }, fix: { street: { street: '北环路' } } }
  })
  expect(JSON.stringify(line)).not.toContain('临溪平安出租')
})

it('a reader sees an incident without what only those need who call, and each look is on record', async () => {
  const { incident } = await rooms.record(chen.id, auditor)
  expect(incident).toMatchObject({ number: '1128-0001', disposition: 'false-misuse', duress: true })
  expect(incident.subject).toEqual({ id: 'h1', kind: 'household', name: '陈桂芳', address: '杏花巷 16 号' })
  expect(await newest()).toMatchObject({ action: 'incident.viewed', object: 'incident:1128-0001' })
  expect(JSON.stringify(await rooms.recent({ limit: 10 }, auditor))).not.toMatch(/高血压|13800002617|13900001111/)
  await expect(rooms.record(id('none'), auditor)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

it('the chain is computed to its newest entry; a changed line is found by who starts anew', async () => {
  const { chain } = await rooms.audit({ text: '' }, auditor)
  expect(chain.checked).toBe(chain.newest)
  const db = new BetterSqlite(join(dir, DATABASE_FILE))
  db.exec('DROP TRIGGER audit_append_only_u')
  db.prepare(`UPDATE audit SET body = replace(body, '林晓', '林小') WHERE seq = 2`).run()
  db.close()
  const anew = createReports(join(dir, DATABASE_FILE))
  expect((await anew.audit({ text: '', limit: 1 })).chain).toMatchObject({ checked: 1, brokenAt: 2 })
  await anew.stop()
})

it('what nobody registered is found by its source and its name in both languages; who shares a telephone by his own name', async () => {
  const shared = {
    id: id<SubjectId>('h9'),
    kind: 'household' as const,
    name: '罗永福',
    address: '二栋',
    phone: '13800009999'
  }
  await store.commit({
    incidents: [
      sampleIncident({
        number: '1130-0001',
        openedAtMs: NOON + 2 * DAY,
        subject: unmappedCard(id<SourceId>('dc09:gateway@10.0.3.7'))
      }),
      sampleIncident({
        ...{ number: '1130-0002', openedAtMs: NOON + 2 * DAY },
        subject: { id: id('h8'), kind: 'household', name: '赵淑珍', address: '三栋', shared: [shared] }
      })
    ]
  })
  for (const text of ['dc09:gateway@10.0.3.7', '同一地址的报警主机', 'alarm box at'])
    expect([text, await numbers({ text })]).toEqual([text, ['1130-0001']])
  for (const text of ['罗永福', 'lyf', '13800009999'])
    expect([text, await numbers({ text })]).toEqual([text, ['1130-0002']])
})
