/** Rules of the floor on the whole gateway, with signals handed in where an adapter would: restores, reopening, refusals on record, duress. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { id, type SourceId } from '../gateway/core/brand.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { Signal } from '../gateway/core/signal.ts'
import type { IncidentDetail } from '../gateway/core/wire.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const BOX = id<SourceId>('fake:box')
const SILENT = id<SourceId>('fake:silent')
const PAIR = ['fake:deaf', 'fake:lamp'].map(each => id<SourceId>(each))
/** The device behind `fake:deaf` never answers. */
const protocol = createFakeProtocol(sourceId => (sourceId === PAIR[0] ? new Promise(() => {}) : Promise.resolve()))
let running: RunningGateway
let operator: ConsoleClient
let other: ConsoleClient
let leader: ConsoleClient
let patrol: ConsoleClient

const send = (over: Partial<Signal>) =>
  protocol.host().accept(sampleSignal({ sourceId: BOX, receivedTimeMs: Date.now(), ...over }))

/** Hands in a signal and waits until it is worked. */
async function press(over: Partial<Signal> = {}): Promise<void> {
  await send(over)
  await running.gateway.idle()
}

const openOf = (subject: string, lane: 'alarm' | 'trouble' = 'alarm'): Incident => {
  const found = [...running.gateway.incidents.all()].find(
    i => i.subject.id === subject && i.state !== 'resolved' && (i.alarmClass === 'trouble') === (lane === 'trouble')
  )
  if (!found) throw new Error(`no open incident of ${subject}`)
  return found
}
const linesOf = async (incident: Incident) =>
  ((await (await leader.get(`/api/incidents/${incident.id}`)).json()) as IncidentDetail).timeline
const refusals = async () => (await running.gateway.store.auditTail(200)).filter(entry => entry.outcome === 'refused')

beforeAll(async () => {
  const source = (sourceId: string, subjectId: string) => ({ id: sourceId, subjectId, kind: 'alarmBox' })
  running = await runGateway({
    dir: tempDir('floor-rules'),
    adapters: [protocol.definition],
    registry: {
      ...SMALL_TOWN,
      sources: [source(BOX, 'shop'), source(SILENT, 'h1'), ...PAIR.map(each => source(each, 'h2'))]
    }
  })
  const client = async (login: string, role: Parameters<RunningGateway['person']>[1], seat?: number, more = {}) =>
    logIn(running.url, login, await running.person(login, role, more), seat)
  operator = await client('10327', 'operator', 3)
  other = await client('10411', 'operator', 4)
  leader = await client('10008', 'leader', 1)
  patrol = await client('30001', 'patrol', undefined, { unitId: 'u1' })
})
afterAll(async () => running?.stop())

test('a box that comes back writes it on its trouble incident, whose state stays (rule 3)', async () => {
  const offline = { condition: 'fault', alarmClass: 'trouble', cause: 'offline' } as const
  await press(offline)
  await press({ ...offline, qualifier: 'restore' })
  const trouble = openOf('shop', 'trouble')
  expect((await linesOf(trouble)).map(line => line.kind)).toContain('restored')
  expect(trouble.state).toBe('new')
})

test('reopening: not by another seat, by who had it only while nothing new is open, and it says what', async () => {
  await press()
  const first = openOf('shop')
  await operator.act(first.id, { action: 'acknowledge' })
  await operator.act(first.id, { action: 'resolve', disposition: 'false-misuse', feedback: '误触' })
  const stranger = await other.act(first.id, { action: 'reopen', reason: '再看看' })
  expect([stranger.status, await stranger.json()]).toMatchObject([409, { error: 'NOT_OWNER' }])
  await press()
  const second = openOf('shop')
  const late = await operator.act(first.id, { action: 'reopen', reason: '再看看' })
  expect([late.status, await late.json()]).toMatchObject([
    409,
    { error: 'ILLEGAL_TRANSITION', detail: { why: `${second.number} of the same place is open` } }
  ])
  await leader.act(second.id, { action: 'take' })
  await leader.act(second.id, { action: 'resolve', disposition: 'false-misuse', feedback: '误触' })
  expect((await leader.act(first.id, { action: 'reopen', reason: '再看看' })).status).toBe(200)
})

test('every refusal is on record with who: an unavailable unit, a second person without rights, a role (rule 14)', async () => {
  const incident = openOf('shop')
  expect((await leader.act(incident.id, { action: 'dispatch', unitId: id('u1') })).status).toBe(409)
  const password = await running.person('30002', 'patrol', { unitId: 'u2' })
  const resolve = {
    action: 'resolve',
    disposition: 'test',
    confirmedBy: '30002',
    confirmedByPassword: password
  } as const
  expect((await leader.act(incident.id, resolve)).status).toBe(403)
  for (let n = 0; n < 30; n++) expect((await patrol.get('/api/incidents?limit=5')).status).toBe(403)
  const entries = (await refusals()).map(({ who, action, object, reason }) => ({ who, action, object, reason }))
  expect(entries).toContainEqual({
    who: '10008 名 10008',
    action: 'incident.offer',
    object: `incident:${incident.number}`,
    reason: '巡防 07 车 is offDuty'
  })
  expect(entries).toContainEqual({
    who: '10008 名 10008',
    action: 'incident.resolve',
    object: `incident:${incident.number}`,
    reason: 'the second person must work on the floor'
  })
  const role = entries.filter(entry => entry.action === 'refused')
  expect(role[0]).toEqual({
    who: '30001 名 30001',
    action: 'refused',
    object: 'GET /api/incidents',
    reason: 'incident.read'
  })
  // A page that asks again and again must not fill the log.
  expect(role).toHaveLength(10)
})

test('after duress the device hears nothing, and a cancel is only a remark that may be forced (rule 5)', async () => {
  const hushed = () => protocol.host().hushed?.(SILENT)
  expect(hushed()).toBe(false)
  await press({ sourceId: SILENT, alarmClass: 'duress' })
  const duress = openOf('h1')
  expect(hushed()).toBe(true)
  expect((await operator.act(duress.id, { action: 'acknowledge' })).status).toBe(200)
  await press({ sourceId: SILENT, condition: 'cancel' })
  expect((await linesOf(duress)).findLast(line => line.kind === 'cancelAsked')?.data).toMatchObject({ duress: true })
  expect(running.gateway.incidents.get(duress.id)).toMatchObject({ state: 'acknowledged', duress: true, priority: 1 })
})

test('devices of one incident are told side by side: a deaf one holds up nobody', async () => {
  for (const sourceId of PAIR) await press({ sourceId, alarmClass: 'intrusion' })
  await operator.act(openOf('h2').id, { action: 'acknowledge' })
  await until('the lamp beside the deaf device', () => protocol.confirmed.includes(PAIR[1] as SourceId))
  expect(protocol.confirmed).not.toContain(PAIR[0])
  // Told after the incident under duress was acknowledged, which therefore was told nothing.
  expect(protocol.confirmed).not.toContain(SILENT)
})

test('a team that never said it left is free once the incident is closed', async () => {
  await press({ zone: 'back' })
  const incident = openOf('shop')
  await leader.act(incident.id, { action: 'take' })
  await patrol.command({ kind: 'onDuty' })
  const order = async (of: Incident) => {
    const answer = await leader.act(of.id, { action: 'dispatch', unitId: id('u1') })
    return ((await answer.json()) as Incident).assignments?.at(-1)?.id ?? ''
  }
  const assignmentId = await order(incident)
  await patrol.command({ kind: 'accept', assignmentId })
  await patrol.command({ kind: 'arrive', assignmentId })
  // Nobody has said what it was: the feedback is not whole.
  const bare = await leader.act(incident.id, { action: 'resolve', disposition: 'real-police' })
  expect([bare.status, await bare.json()]).toMatchObject([409, { error: 'FEEDBACK_NEEDED' }])
  const over = { action: 'resolve', disposition: 'real-police', category: '212', injured: 1 } as const
  expect(await (await leader.act(incident.id, over)).json()).toMatchObject({
    state: 'resolved',
    facts: { category: { zh: '涉暴力 · 打架斗殴 · 持械' }, injured: 1, dead: 0, by: '巡防 07 车' }
  })
  expect((await operator.act(incident.id, { action: 'returnFeedback', reason: '不清楚' })).status).toBe(403)
  expect((await leader.act(incident.id, { action: 'returnFeedback', reason: '损失未填' })).status).toBe(200)
  expect((await leader.act(incident.id, { action: 'close' })).status).toBe(409)
  const unknown = await leader.act(incident.id, { ...over, action: 'feedback', category: '199' })
  expect([unknown.status, await unknown.json()]).toMatchObject([400, { error: 'BODY_INVALID' }])
  const mistaken = await leader.act(incident.id, { ...over, action: 'feedback', colour: 'red' } as never)
  expect(await mistaken.json()).toMatchObject({
    detail: { faults: expect.stringContaining('/colour is no field here') }
  })
  expect((await leader.act(incident.id, { ...over, action: 'feedback', lossYuan: 500 })).status).toBe(200)
  expect((await leader.act(incident.id, { action: 'close', unitsThere: true })).status).toBe(200)
  await press()
  const next = openOf('shop')
  expect(next.linked).toContain(incident.id)
  await leader.act(next.id, { action: 'take' })
  expect(await order(next)).not.toBe('')
  // A closed record takes no more words.
  expect((await leader.act(incident.id, { action: 'annotate', text: '补充' })).status).toBe(409)
})
