/** Groups and units changed over the API: the next call-out rings by it, dispatch offers only to who is on duty and due by the rota. */
import { afterEach, expect, it } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import type { Found } from '../gateway/core/find.ts'
import type { GroupDetail, GroupLine, RecordSaved } from '../gateway/core/group-record.ts'
import type { UnitDetail, UnitDraft, UnitLine } from '../gateway/core/unit-record.ts'
import type { FeedBody, UnitCandidate } from '../gateway/core/wire.ts'
import { logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { runGateway } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

const TEST_MS = 120_000
const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each()
})

const NEW_CAR: UnitDraft = { name: '巡防 21 车', unitClass: 'patrol', vehicle: 'car', memberCount: 2, speedKmh: 32 }
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
/** Neither today nor yesterday, wherever the clock stands: Monday is 1. */
const otherDay = () => ((new Date(Date.now() + 8 * 3_600_000).getUTCDay() + 2) % 7) + 1

async function setUp(dir = tempDir('units-edit')) {
  const protocol = createFakeProtocol()
  const running = await runGateway({ dir, adapters: [protocol.definition] })
  cleanUp.push(() => running.stop())
  const { url } = running
  const admin = await logIn(url, '10001', await running.person('10001', 'administrator'))
  const json = async <T>(answer: Promise<Response>): Promise<T> => {
    const response = await answer
    expect(response.status).toBe(200)
    return (await response.json()) as T
  }
  const save = (path: string, draft: object, version = 0) => json<RecordSaved>(admin.post(path, { draft, version }))
  return { dir, protocol, running, url, admin, json, save }
}

it('a group is made, filled, and rung by; one with households stays', { timeout: TEST_MS }, async () => {
  const house = await setUp()
  const { admin, json, save } = house
  const made = await save('/api/groups', { name: '北门第三组' })
  if (!made.saved) throw new Error(JSON.stringify(made))
  const put = (change: object) => admin.post('/api/groups/members', { id: made.id, ...change })
  expect((await put({ add: ['h1', 'shop'] })).status).toBe(204)
  expect((await put({ add: ['taxi'] })).status).toBe(404)
  const detail = await json<GroupDetail>(admin.get(`/api/groups/detail?id=${made.id}`))
  expect(detail.members.map(each => [each.name, each.phone])).toEqual([
    ['陈桂芳', '6650147'],
    ['惠民超市', undefined]
  ])
  const lines = await json<Found<GroupLine>>(admin.get('/api/groups?text=bmdsz'))
  expect(lines.rows).toMatchObject([{ name: '北门第三组', members: 2, phones: 1 }])
  expect((await json<Found<GroupLine>>(admin.get('/api/groups?text=g1'))).rows).toMatchObject([{ members: 1 }])
  await house.protocol.host().accept(sampleSignal({ sourceId: id('sip:6650147'), receivedTimeMs: Date.now() }))
  await house.running.gateway.idle()
  expect([...house.running.gateway.incidents.all()]).toMatchObject([
    { subject: { group: { id: made.id, members: 2 } } }
  ])

  expect(await save('/api/groups', { name: '北门第三组' })).toMatchObject({ faults: [{ code: 'nameTaken' }] })
  expect(await json(admin.post('/api/groups/remove', { id: made.id, version: 1 }))).toMatchObject({
    faults: [{ code: 'members', other: '2' }]
  })
  await put({ remove: ['h1', 'shop'] })
  expect(await json(admin.post('/api/groups/remove', { id: made.id, version: 1 }))).toMatchObject({ saved: true })
  await house.running.stop()
  const after = await setUp(house.dir)
  expect((await json<Found<GroupLine>>(after.admin.get('/api/groups'))).rows.map(each => each.id)).toEqual(['g1'])
})

it('a unit is made, its people sign on, it is offered while the rota says so, and consoles see it at once', {
  timeout: TEST_MS
}, async () => {
  const house = await setUp()
  const { admin, json, save, running, url } = house
  const leader = await logIn(url, '10008', await running.person('10008', 'leader'), 1)
  await leader.connect()
  cleanUp.push(() => leader.close())
  const made = await save('/api/units', { ...NEW_CAR, rota: [{ days: EVERY_DAY, from: '00:00', to: '24:00' }] })
  if (!made.saved) throw new Error(JSON.stringify(made))
  const unitOf = (name: string) => (body: FeedBody) => body.type === 'unit' && body.unit.name === name && body
  expect(await leader.see('the new unit', unitOf('巡防 21 车'))).toMatchObject({ unit: { state: 'offDuty' } })
  const lines = () => json<Found<UnitLine>>(admin.get(`/api/units?text=${made.id}`))
  expect((await lines()).rows).toMatchObject([{ due: true, state: 'offDuty', people: 0 }])

  const patrol = await logIn(url, '30001', await running.person('30001', 'patrol', { unitId: made.id }))
  await patrol.command({ kind: 'onDuty' })
  await patrol.post('/api/patrol/position', { lat: 27.0321, lon: 119.6121, atMs: Date.now() })
  expect((await lines()).rows).toMatchObject([{ state: 'available', members: ['名 30001'], people: 1 }])
  await house.protocol.host().accept(sampleSignal({ sourceId: id('sip:6650147'), receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  const [incident] = running.gateway.incidents.all()
  const ranked = async () =>
    (await json<{ candidates: UnitCandidate[] }>(leader.get(`/api/incidents/${incident?.id}`))).candidates
  expect(await ranked()).toMatchObject([{ unitId: made.id, ranked: true }])

  const detail = await json<UnitDetail>(admin.get(`/api/units/detail?id=${made.id}`))
  const off = { ...detail.draft, name: '巡防 21 组', rota: [{ days: [otherDay()], from: '08:00', to: '20:00' }] }
  expect(await save('/api/units', off, 1)).toMatchObject({ saved: true, version: 2 })
  expect(await leader.see('its new name', unitOf('巡防 21 组'))).toMatchObject({ unit: { state: 'available' } })
  expect(await ranked()).toMatchObject([{ unitId: made.id, ranked: false, reasons: ['offRota'] }])
  // An operator may send it all the same.
  await leader.act(incident?.id ?? '', { action: 'acknowledge' })
  expect((await leader.act(incident?.id ?? '', { action: 'dispatch', unitId: id(made.id) })).status).toBe(200)
  expect(await json(admin.post('/api/units/remove', { id: made.id, version: 2 }))).toMatchObject({
    faults: [{ code: 'busy' }]
  })
  await running.stop()

  const after = await setUp(house.dir)
  const [line] = (await after.json<Found<UnitLine>>(after.admin.get('/api/units?text=21'))).rows
  expect(line).toMatchObject({ name: '巡防 21 组', due: false, state: 'offered', version: 2 })
})

it('every fault of a unit is named; only an administrator comes here', { timeout: TEST_MS }, async () => {
  const { save, running, url } = await setUp()
  const saved = await save('/api/units', {
    ...{ name: '', unitClass: 'patrol', vehicle: 'car', memberCount: 0, speedKmh: 300, phone: 'x', gridCellId: 'none' },
    rota: [
      { days: [], from: '8', to: '25:00' },
      { days: [1], from: '08:00', to: '08:00' }
    ]
  })
  expect(saved.saved ? [] : saved.faults.map(({ field, code }) => `${field} ${code}`)).toEqual([
    ...['name required', 'memberCount range', 'speedKmh range', 'gridCellId noCell', 'phone number'],
    ...['rota.0.days days', 'rota.0.from clock', 'rota.0.to clock', 'rota.1.to sameTime']
  ])
  const leader = await logIn(url, '10008', await running.person('10008', 'leader'), 1)
  for (const path of ['/api/units', '/api/groups', '/api/units/detail?id=u1', '/api/groups/detail?id=g1'])
    expect((await leader.get(path)).status).toBe(403)
  for (const path of ['/api/units', '/api/groups'])
    expect(
      (await leader.post(path, { draft: path === '/api/units' ? NEW_CAR : { name: 'x' }, version: 0 })).status
    ).toBe(403)
})
