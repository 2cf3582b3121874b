/** Orders to devices on the whole gateway: who may, what duress and a call for help forbid, what stands on record, and a real box that obeys. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { definition as mqtt } from '../adapters/mqtt/index.ts'
import { createBox } from '../adapters/mqtt/simulator.ts'
import { id, type SourceId } from '../gateway/core/brand.ts'
import type { CommandTargets, DeviceCommand } from '../gateway/core/device-command.ts'
import type { Incident, TimelineEntry } from '../gateway/core/incident.ts'
import type { Signal } from '../gateway/core/signal.ts'
import type { IncidentDetail } from '../gateway/core/wire.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const SHOP = id<SourceId>('fake:shop')
const HOME = id<SourceId>('fake:home')
const OTHER_HOME = id<SourceId>('fake:other-home')
const TAXI = id<SourceId>('fake:taxi')
const protocol = createFakeProtocol()
const siren: DeviceCommand = { kind: 'siren', seconds: 30 }
const text: DeviceCommand = { kind: 'text', text: '请靠边停车', on: 'driver' }
let running: RunningGateway
let operator: ConsoleClient
let other: ConsoleClient
let leader: ConsoleClient
let dispatcher: ConsoleClient
let stranger: ConsoleClient
const passwords = new Map<string, string>()

async function press(sourceId: SourceId, over: Partial<Signal> = {}): Promise<Incident> {
  await protocol.host().accept(sampleSignal({ sourceId, receivedTimeMs: Date.now(), ...over }))
  await running.gateway.idle()
  const found = [...running.gateway.incidents.all()].find(
    i => i.state !== 'resolved' && running.gateway.incidents.alarmsOf(i.id).some(a => a.sourceId === sourceId)
  )
  if (!found) throw new Error('no incident')
  return found
}
const order = async (client: ConsoleClient, incident: Incident, body: object) => {
  const response = await client.post(`/api/incidents/${incident.id}/commands`, body)
  return [response.status, await response.json()] as const
}
const targets = async (client: ConsoleClient, incident: Incident) =>
  (await (await client.get(`/api/incidents/${incident.id}/commands`)).json()) as CommandTargets
const linesOf = async (incident: Incident): Promise<TimelineEntry[]> =>
  ((await (await leader.get(`/api/incidents/${incident.id}`)).json()) as IncidentDetail).timeline.filter(
    entry => entry.kind === 'deviceCommand'
  )
const audited = async (incident: Incident) =>
  (await running.gateway.store.auditTail(200)).filter(
    entry => entry.object === `incident:${incident.number}` && entry.action === 'incident.deviceCommand'
  )

beforeAll(async () => {
  const source = (sourceId: string, subjectId: string, kind = 'alarmBox') => ({ id: sourceId, subjectId, kind })
  running = await runGateway({
    dir: tempDir('device-commands'),
    adapters: [protocol.definition, mqtt],
    config: {
      adapters: { fake: { listenIn: true }, mqtt: { address: '127.0.0.1', port: 0, tlsPort: -1 } }
    },
    registry: {
      ...SMALL_TOWN,
      subjects: [...SMALL_TOWN.subjects, { id: 'h3', kind: 'household', name: '王建华', address: '山门村 7 号' }],
      sources: [
        ...[source(SHOP, 'shop'), source(HOME, 'h1'), source(TAXI, 'taxi', 'taxi')],
        source(OTHER_HOME, 'h3'),
        source('mqtt:linxi/box-03', 'h2')
      ]
    }
  })
  const client = async (login: string, role: Parameters<RunningGateway['person']>[1], seat?: number, more = {}) => {
    const password = await running.person(login, role, more)
    passwords.set(login, password)
    return logIn(running.url, login, password, seat)
  }
  operator = await client('10327', 'operator', 3)
  other = await client('10411', 'operator', 4)
  leader = await client('10008', 'leader', 1)
  dispatcher = await client('40001', 'taxiDispatcher', undefined, { fleetId: 'fleet-1' })
  stranger = await client('40002', 'taxiDispatcher', undefined, { fleetId: 'fleet-2' })
})
afterAll(async () => running?.stop())

test('the owner or a leader orders, nobody else; asked and answered stand in the story and on record', async () => {
  const incident = await press(SHOP, { alarmClass: 'intrusion' })
  expect(await order(operator, incident, { source: SHOP, command: siren })).toMatchObject([
    409,
    { error: 'ILLEGAL_TRANSITION' }
  ])
  await operator.act(incident.id, { action: 'acknowledge' })
  expect(await order(other, incident, { source: SHOP, command: siren })).toMatchObject([409, { error: 'NOT_OWNER' }])
  expect(protocol.orders).toEqual([])
  // It is on record before the device hears of it.
  let before: readonly unknown[] = []
  protocol.answer = async () => {
    before = await audited(incident)
    return { result: 'done', detail: '已响' }
  }
  expect(await order(operator, incident, { source: SHOP, command: siren })).toEqual([
    200,
    { result: 'done', detail: '已响' }
  ])
  expect(before[0]).toMatchObject({
    who: '10327 名 10327',
    outcome: 'done',
    detail: { command: 'siren', source: SHOP }
  })
  expect(protocol.orders).toEqual([{ sourceId: SHOP, command: siren }])
  const [asked, answered] = await linesOf(incident)
  expect(asked).toMatchObject({ actor: { kind: 'user' }, data: { result: 'asked', detail: '30 s' } })
  expect(answered).toMatchObject({
    actor: { kind: 'device', sourceId: SHOP },
    data: { result: 'done', detail: '已响' }
  })
  expect(answered?.data.order).toBe(asked?.data.order)
  protocol.answer = async () => ({ result: 'offLine' })
  expect((await order(leader, incident, { source: SHOP, command: { kind: 'disarm' } }))[1]).toEqual({
    result: 'offLine'
  })
  expect((await linesOf(incident)).at(-1)).toMatchObject({ actor: { kind: 'system' }, data: { result: 'offLine' } })
  // An adapter that throws has given no answer; the record says so.
  protocol.answer = () => Promise.reject(new Error('broken'))
  expect((await order(operator, incident, { source: SHOP, command: siren }))[1]).toEqual({ result: 'noAnswer' })
  const refused = (await audited(incident)).filter(entry => entry.outcome === 'refused')
  expect(refused.map(entry => entry.who.slice(0, 5)).sort()).toEqual(['10327', '10411'])
  expect(await order(operator, incident, { source: TAXI, command: siren })).toMatchObject([
    409,
    { error: 'COMMAND_REFUSED' }
  ])
})

test('the same order twice goes out once; after the end none goes out, but its answer is written', async () => {
  const incident = await press(SHOP, { alarmClass: 'intrusion' })
  const open = Promise.withResolvers<void>()
  protocol.answer = async () => {
    await open.promise
    return { result: 'done' }
  }
  const count = protocol.orders.length
  const first = order(operator, incident, { source: SHOP, command: siren })
  await until('it is at the device', () => protocol.orders.length > count)
  expect((await order(operator, incident, { source: SHOP, command: siren }))[0]).toBe(409)
  await operator.act(incident.id, { action: 'resolve', disposition: 'false-misuse', feedback: '误触' })
  open.resolve()
  expect((await first)[0]).toBe(200)
  expect((await linesOf(incident)).at(-1)?.data.result).toBe('done')
  protocol.answer = async () => ({ result: 'done' })
  expect((await order(leader, incident, { source: SHOP, command: siren }))[0]).toBe(409)
  // What the end itself tells: a report every few seconds is over.
  const ended = protocol.orders.slice(count).map(({ command }) => command.kind)
  expect(ended).toEqual(['siren', 'track'])
})

test('rule 4: what called for help is not disarmed; rule 5: after duress only what nobody sees', async () => {
  const panic = await press(HOME)
  await operator.act(panic.id, { action: 'acknowledge' })
  const offered = async (incident: Incident) => (await targets(operator, incident)).sources[0]?.commands
  expect(await offered(panic)).toContain('siren')
  expect(await offered(panic)).not.toContain('disarm')
  expect((await targets(operator, panic)).needWord).toEqual([])
  expect(await order(operator, panic, { source: HOME, command: { kind: 'disarm' } })).toMatchObject([
    409,
    { error: 'COMMAND_REFUSED' }
  ])
  const count = protocol.orders.length
  const duress = await press(HOME, { alarmClass: 'duress' })
  expect(await offered(duress)).toEqual(['photo', 'track'])
  for (const command of [siren, text, { kind: 'callBack', number: '110' }, { kind: 'arm' }])
    expect((await order(leader, duress, { source: HOME, command }))[0]).toBe(409)
  expect(protocol.orders).toHaveLength(count)
  expect(await order(operator, duress, { source: HOME, command: { kind: 'photo' } })).toEqual([200, { result: 'done' }])
})

test('rules 4 and 5 hold by way of the trouble of the same household too: no order, no lamp', async () => {
  const duress = await press(OTHER_HOME)
  await press(OTHER_HOME, { alarmClass: 'duress' })
  const fault = { qualifier: 'new', condition: 'fault', alarmClass: 'trouble', cause: 'battery' } as const
  await protocol.host().accept(sampleSignal({ sourceId: OTHER_HOME, receivedTimeMs: Date.now(), ...fault }))
  await running.gateway.idle()
  const trouble = running.gateway.incidents.openOf(duress.subject.id, 'trouble')
  if (!trouble) throw new Error('no trouble')
  const count = protocol.orders.length
  const lamps = protocol.confirmed.length
  await operator.act(trouble.id, { action: 'acknowledge' })
  for (const command of [siren, text, { kind: 'disarm' }])
    expect((await order(leader, trouble, { source: OTHER_HOME, command }))[0]).toBe(409)
  expect((await targets(leader, trouble)).sources[0]?.commands).toEqual(['photo', 'track'])
  expect(protocol.orders).toHaveLength(count)
  expect(protocol.confirmed).toHaveLength(lamps)
})

test('listening in needs the second word of another leader; nothing else does', async () => {
  const incident = await press(TAXI, { sourceKind: 'taxi' })
  await operator.act(incident.id, { action: 'acknowledge' })
  const listenIn = { source: TAXI, command: { kind: 'listenIn', number: '0593110' }, silentConfirmed: true }
  const by = (login: string) => ({ ...listenIn, confirmedBy: login, confirmedByPassword: passwords.get(login) })
  const count = protocol.orders.length
  expect((await order(operator, incident, listenIn))[0]).toBe(403)
  expect((await order(operator, incident, by('10411')))[0]).toBe(403)
  expect((await order(leader, incident, by('10008')))[0]).toBe(403)
  expect((await order(operator, incident, { ...by('10008'), confirmedByPassword: 'wrong' }))[0]).toBe(401)
  expect(protocol.orders).toHaveLength(count)
  expect((await order(operator, incident, by('10008')))[0]).toBe(200)
  expect((await linesOf(incident))[0]?.data.secondPerson).toBe(leader.user.userId)
})

test('a dispatcher sends texts to the own fleet and nothing else; a wrong order is named', async () => {
  const incident = await press(TAXI, { sourceKind: 'taxi' })
  expect((await targets(dispatcher, incident)).sources.map(each => each.sourceId)).toEqual([TAXI])
  // Rule 5: the button is silent. Whoever gives a sign there has said that he knows; what nobody sees needs no word.
  const known = { source: TAXI, command: text, silentConfirmed: true }
  const count = protocol.orders.length
  for (const client of [dispatcher, leader])
    expect(await order(client, incident, { ...known, silentConfirmed: false })).toMatchObject([
      409,
      { error: 'COMMAND_REFUSED', detail: { why: 'silent alarm: it would be seen or heard there' } }
    ])
  expect(protocol.orders).toHaveLength(count)
  expect((await targets(leader, incident)).needWord).toEqual(expect.arrayContaining(['text', 'callBack', 'listenIn']))
  expect((await order(leader, incident, { source: TAXI, command: { kind: 'photo' } }))[0]).toBe(200)
  expect((await order(dispatcher, incident, known))[0]).toBe(200)
  expect((await order(dispatcher, incident, { source: TAXI, command: { kind: 'photo' } }))[0]).toBe(403)
  expect((await order(stranger, incident, { source: TAXI, command: text }))[0]).toBe(404)
  for (const command of [
    { kind: 'siren' },
    { kind: 'boom' },
    { ...text, text: 'a\nb' },
    { kind: 'track', intervalS: 0 },
    { kind: 'track', intervalS: 5, forS: 0 }
  ])
    expect((await order(operator, incident, { source: TAXI, command }))[1]).toMatchObject({ error: 'BODY_INVALID' })
})

test('a real box by MQTT: offered while it is on line, it sounds and the floor reads that it did', async () => {
  await running.device('mqtt', 'linxi/box-03', 'secret-3')
  const box = createBox({
    ...{ url: `mqtt://127.0.0.1:${running.port('adapters.mqtt.port')}`, username: 'linxi/box-03' },
    ...{ password: 'secret-3', site: 'linxi', source: 'box-03' }
  })
  await box.start()
  await box.press({ type: 'intrusion', zone: '2' })
  await running.gateway.idle()
  const incident = [...running.gateway.incidents.all()].find(i => i.subject.name === '赵国强')
  if (!incident) throw new Error('no incident')
  await operator.act(incident.id, { action: 'acknowledge' })
  await until('it is offered', async () => (await targets(operator, incident)).sources[0]?.commands.length === 4)
  expect(await order(operator, incident, { source: 'mqtt:linxi/box-03', command: siren })).toEqual([
    200,
    { result: 'done' }
  ])
  expect(box.orders).toMatchObject([{ type: 'siren', seconds: 30 }])
  await box.stop()
  await until('nothing is offered', async () => (await targets(operator, incident)).sources[0]?.commands.length === 0)
})
