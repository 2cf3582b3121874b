/** The alarm line with everything joined: a box presses by real MQTT, the floor sees it, a patrol goes, it is resolved; nothing is lost on the way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { createBox } from '../adapters/mqtt/simulator.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { Diagnostics, FeedBody, IncidentDetail, PatrolCommandResult, ServerMessage } from '../gateway/core/wire.ts'
import { verify } from '../gateway/storage/verify.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const dir = tempDir('session')
let running: RunningGateway
let operator: ConsoleClient
let other: ConsoleClient
let leader: ConsoleClient
let patrol: ConsoleClient
let dispatcher: ConsoleClient

const box = (password = 'box-secret') =>
  createBox({
    url: `mqtt://127.0.0.1:${running.port('adapters.mqtt.port')}`,
    username: 'linxi/box-03',
    password,
    site: 'linxi',
    source: 'box-03'
  })

const incidentIn =
  (match: (incident: Incident) => boolean) =>
  (body: FeedBody): Extract<FeedBody, { type: 'incident' }> | false =>
    body.type === 'incident' && match(body.incident) ? body : false

beforeAll(async () => {
  running = await runGateway({ dir })
  await running.device('mqtt', 'linxi/box-03', 'box-secret')
  const client = async (login: string, role: Parameters<RunningGateway['person']>[1], seat?: number, more = {}) =>
    logIn(running.url, login, await running.person(login, role, more), seat)
  operator = await client('10327', 'operator', 3)
  other = await client('10411', 'operator', 4)
  leader = await client('10008', 'leader', 1)
  patrol = await client('30001', 'patrol', undefined, { unitId: 'u1' })
  dispatcher = await client('20001', 'taxiDispatcher', undefined, { fleetId: 'fleet-1' })
  await Promise.all([operator.connect(), other.connect(), leader.connect(), patrol.connect(), dispatcher.connect()])
})
afterAll(async () => {
  for (const client of [operator, other, leader, patrol, dispatcher]) client?.close()
  await running?.stop()
})

describe('from a pressed button to a patrol on its way', () => {
  let incident: Incident
  const device = { current: undefined as ReturnType<typeof createBox> | undefined }

  test('a press is on the floor with who, where and the nearest cameras', async () => {
    device.current = box()
    await device.current.start()
    await device.current.press({ text: '柜台' })
    incident = (
      await operator.see(
        'the incident',
        incidentIn(i => i.state === 'new')
      )
    ).incident
    expect(incident).toMatchObject({
      priority: 1,
      alarmClass: 'panic',
      presses: 1,
      subject: { name: '惠民超市', address: '建设路 208 号' }
    })
    expect(incident.cameras.map(c => c.name)).toEqual(['惠民超市门口', '人民路口'])
    expect(running.media.orders.map(o => o.kind)).toEqual(expect.arrayContaining(['clip', 'still', 'preview']))
  })

  test('the same event id again is the same press; a new one is counted', async () => {
    const first = await device.current?.press()
    await device.current?.press({ eventId: first?.eventId })
    await operator.see(
      'the second press',
      incidentIn(i => i.presses === 2)
    )
    await running.gateway.idle()
    expect(running.gateway.incidents.get(incident.id)?.presses).toBe(2)
  })

  test('one seat acknowledges, another is refused with the reason, the box is told', async () => {
    expect((await operator.act(incident.id, { action: 'acknowledge' })).status).toBe(200)
    const refused = await other.act(incident.id, { action: 'acknowledge' })
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ error: 'NOT_OWNER', detail: { seat: 3 } })
    await until('the lamp of the box', () => device.current?.confirmed.length)
  })

  test('a unit off duty cannot be sent; on duty with a position it is proposed first', async () => {
    const off = await operator.act(incident.id, { action: 'dispatch', unitId: 'u1' as never })
    expect([off.status, ((await off.json()) as { error: string }).error]).toEqual([409, 'UNIT_NOT_AVAILABLE'])
    expect((await patrol.post('/api/patrol/position', { lat: 27.033, lon: 119.613, atMs: Date.now() })).status).toBe(
      409
    )
    expect(await (await patrol.command({ kind: 'onDuty' })).json()).toEqual([{ seq: 1, outcome: 'done' }])
    expect((await patrol.post('/api/patrol/position', { lat: 27.033, lon: 119.613, atMs: Date.now() })).status).toBe(
      204
    )
    const detail = (await (await operator.get(`/api/incidents/${incident.id}`)).json()) as IncidentDetail
    expect(detail.candidates[0]).toMatchObject({ unitId: 'u1', by: 'straight', ranked: true, reasons: ['nearest'] })
    const asked = (also: string) => operator.get(`/api/incidents/${incident.id}?also=${encodeURIComponent(also)}`)
    const named = (await (await asked('u1,u2,u1,u2')).json()) as IncidentDetail
    expect(named.candidates.map(each => each.unitId)).toEqual(detail.candidates.map(each => each.unitId))
    expect((await asked('u1,u2,u3,u4,u5,u6,u7,u8,u9,u10,u11')).status).toBe(400)
  })

  test('offer, accept, arrive, report, clear, resolve; the patrol sees its own order and nothing else', async () => {
    expect((await operator.act(incident.id, { action: 'dispatch', unitId: 'u1' as never })).status).toBe(200)
    const task = await patrol.see('the order', b => b.type === 'task' && b)
    expect(task.task).toMatchObject({ address: '建设路 208 号', assignmentState: 'offered' })
    expect(task.task.medicalNote).toBeUndefined()
    const { assignmentId } = task.task
    for (const [kind, state] of [
      ['accept', 'enRoute'],
      ['arrive', 'onScene']
    ] as const) {
      await patrol.command({ kind, assignmentId })
      await operator.see(
        state,
        incidentIn(i => i.state === state)
      )
    }
    await patrol.command({ kind: 'report', assignmentId, text: '误触，已核实', disposition: 'false-misuse' })
    await patrol.command({ kind: 'clear', assignmentId })
    const refusal = (await (await patrol.command({ kind: 'arrive', assignmentId })).json()) as PatrolCommandResult[]
    expect(refusal[0]).toMatchObject({ outcome: 'refused', code: 'OFFER_GONE' })
    const done = await operator.act(incident.id, {
      action: 'resolve',
      disposition: 'false-misuse',
      feedback: '店员误触'
    })
    expect(await done.json()).toMatchObject({ state: 'resolved', disposition: 'false-misuse' })
    expect(patrol.bodies.every(b => b.scope === 'unit:u1')).toBe(true)
    expect(dispatcher.bodies).toHaveLength(0)
  })

  test('only a leader closes; a press afterwards opens a new, linked incident that rings', async () => {
    expect((await operator.act(incident.id, { action: 'close' })).status).toBe(403)
    await device.current?.press()
    const next = (
      await operator.see(
        'the new incident',
        incidentIn(i => i.state === 'new' && i.id !== incident.id)
      )
    ).incident
    expect(next.linked).toContain(incident.id)
    expect((await leader.act(incident.id, { action: 'close' })).status).toBe(200)
  })

  test('every step is on record', async () => {
    const { timeline } = (await (await operator.get(`/api/incidents/${incident.id}`)).json()) as IncidentDetail
    const kinds = timeline.map(line => line.kind)
    expect(kinds).toEqual(
      expect.arrayContaining([
        'opened',
        'pressed',
        'acknowledged',
        'deviceConfirmed',
        'offered',
        'accepted',
        'arrived',
        'reported',
        'cleared',
        'resolved',
        'closed'
      ])
    )
    expect(timeline.map(line => line.index)).toEqual([...timeline.map(line => line.index)].sort((a, b) => a - b))
    const audit = await running.gateway.store.auditTail(200)
    for (const action of ['login', 'incident.acknowledge', 'incident.close', 'positionRead', 'patrol.onDuty']) {
      expect(audit.map(entry => entry.action)).toContain(action)
    }
    expect(audit.some(entry => entry.outcome === 'refused')).toBe(true)
    // One person, one name in every room: the door, the floor and the patrol.
    const who = (action: string) => audit.find(entry => entry.action === action && entry.outcome === 'done')?.who
    expect(who('incident.acknowledge')).toBe('10327 名 10327')
    expect(who('patrol.onDuty')).toBe('30001 名 30001')
    expect(audit.find(entry => entry.action === 'incident.arrive')).toMatchObject({
      who: '30001 名 30001',
      detail: { unit: 'u1' }
    })
    await device.current?.stop()
  })
})

describe('feed', () => {
  test('a console that was cut gets what it missed, once, in order', async () => {
    await other.cut()
    const device = box()
    await device.start()
    await device.press()
    await device.press()
    await running.gateway.idle()
    const before = other.bodies.length
    await other.connect()
    await until('the missed messages', () => other.bodies.length >= before + 4)
    await device.press()
    const latest = operator.bodies.at(-1)?.seq ?? 0
    await until('both consoles agree', () => (other.bodies.at(-1)?.seq ?? 0) >= latest)
    const numbers = (client: ConsoleClient) => client.bodies.map(b => b.seq)
    expect(new Set(numbers(other)).size).toBe(other.bodies.length)
    expect([...operator.faults, ...other.faults, ...leader.faults, ...patrol.faults]).toEqual([])
    await device.stop()
  })

  test('a new console gets a snapshot', async () => {
    const fresh = await logIn(running.url, '10500', await running.person('10500', 'operator'), 5)
    await fresh.connect()
    const snapshot = await until('the snapshot', () =>
      fresh.messages.find((m): m is Extract<ServerMessage, { type: 'snapshot' }> => m.type === 'snapshot')
    )
    expect(snapshot.floor?.units).toHaveLength(2)
    expect(snapshot.floor?.incidents.length).toBeGreaterThan(0)
    fresh.close()
  })
})

describe('doors', () => {
  test('without a session nothing opens; a page of another origin neither', async () => {
    expect((await fetch(`${running.url}/api/incidents`)).status).toBe(401)
    const foreign = await fetch(`${running.url}/api/incidents/x/actions`, {
      method: 'POST',
      headers: { cookie: operator.cookie, origin: 'http://evil.example', 'content-type': 'application/json' },
      body: '{"action":"acknowledge"}'
    })
    expect(foreign.status).toBe(403)
  })

  test('roles end where they end', async () => {
    expect((await patrol.get('/api/incidents')).status).toBe(403)
    expect((await dispatcher.get('/api/cameras')).status).toBe(403)
    expect((await operator.get('/api/diagnostics')).status).toBe(403)
    expect((await leader.get('/api/diagnostics')).status).toBe(200)
    // What every seat checks before its watch: numbers without an address.
    const lines = await operator.get('/api/lines')
    const said = await lines.text()
    expect([lines.status, JSON.parse(said)]).toMatchObject([200, { exchanges: { all: 0, answering: 0 } }])
    expect(JSON.parse(said).adapters.all).toBeGreaterThan(0)
    expect(said).not.toMatch(/address|port|127\.0\.0\.1/)
    expect((await patrol.get('/api/lines')).status).toBe(403)
    expect((await dispatcher.get('/api/lines')).status).toBe(403)
    expect((await operator.get('/api/floor-figures')).status).toBe(200)
    for (const other of [patrol, dispatcher]) expect((await other.get('/api/floor-figures')).status).toBe(403)
  })

  test('a wrong body names its field', async () => {
    const answer = await operator.post('/api/incidents/x/actions', { action: 'setPriority', priority: 9 })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('/priority')
  })

  test('a private camera opens near an open incident, else with a reason, and the look is audited', async () => {
    const near = await operator.post('/api/cameras/c3/ticket', { stream: 'sub' })
    expect(near.status).toBe(200)
    const open = [...running.gateway.incidents.all()].filter(i => i.state !== 'resolved')
    for (const each of open) {
      await leader.act(each.id, { action: 'take' })
      await leader.act(each.id, { action: 'resolve', disposition: 'test', feedback: '试报' })
    }
    expect(running.media.endedLooks).toContain('c3')
    expect((await operator.post('/api/cameras/c3/ticket', { stream: 'sub' })).status).toBe(403)
    expect((await operator.post('/api/cameras/c3/ticket', { stream: 'sub', reason: '店主请求协助' })).status).toBe(200)
    const looks = (await running.gateway.store.auditTail(50)).filter(entry => entry.action === 'cameraView')
    expect(looks.map(entry => entry.outcome)).toEqual(['done', 'refused', 'done'])
  })
})

test('afterwards every invariant holds', async () => {
  await running.gateway.idle()
  const report = await verify({ dir: `${dir}/data`, settled: true })
  expect(report.violations).toEqual([])
  expect(report.counts.signals).toBeGreaterThan(5)
})

test('a window that is closed while it is being told is gone, not too slow', async () => {
  const feedCut = async () => ((await (await leader.get('/api/diagnostics')).json()) as Diagnostics).shed.feedCut
  const before = await feedCut()
  const gone = Array.from({ length: 20 }, () => {
    const socket = new WebSocket(`${running.url.replace('http', 'ws')}/feed`, { headers: { cookie: leader.cookie } })
    return new Promise<void>((resolve, reject) => {
      socket.on('error', reject)
      socket.on('close', () => resolve())
      socket.on('open', () => {
        socket.send(JSON.stringify({ type: 'hello', v: 1 }))
        socket.close()
      })
    })
  })
  // Those beyond what one session may have are refused, and prove nothing.
  expect((await Promise.allSettled(gone)).some(({ status }) => status === 'fulfilled')).toBe(true)
  await running.gateway.idle()
  expect([before, await feedCut()]).toEqual([0, 0])
})
