/** 处置预案 over HTTP: edited by the administrator only, in versions; an open incident keeps the one it began with, also after a start anew. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Incident } from '../gateway/core/incident.ts'
import type { SopBook, SopDraft } from '../gateway/core/sop.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

const dir = tempDir('sop')
const protocol = createFakeProtocol()
let running: RunningGateway
let operator: ConsoleClient
let administrator: ConsoleClient
const passwords = new Map<string, string>()

async function start(): Promise<void> {
  running = await runGateway({ dir, adapters: [protocol.definition] })
  const client = async (login: string, role: 'operator' | 'administrator', seat?: number) => {
    const password = passwords.get(login) ?? (await running.person(login, role))
    passwords.set(login, password)
    return logIn(running.url, login, password, seat)
  }
  operator = await client('10327', 'operator', 1)
  administrator = await client('10001', 'administrator')
}

async function press(sourceId = 'mqtt:linxi/box-03'): Promise<Incident> {
  await protocol.host().accept(sampleSignal({ sourceId: sourceId as never, receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  const incident = [...running.gateway.incidents.all()].at(-1) as Incident
  await operator.act(incident.id, { action: 'acknowledge' })
  return incident
}

const book = async (client: ConsoleClient, version?: number): Promise<SopBook> =>
  (await client.get(`/api/sop${version ? `?version=${version}` : ''}`)).json() as Promise<SopBook>
const DRAFT: SopDraft = {
  base: 1,
  sheets: [
    { kind: 'default', steps: [{ id: 'door', zh: '开门', en: 'Open the door', who: 'operator', withinS: 60 }] },
    { kind: 'duress', steps: [] }
  ]
}
let first: Incident

beforeAll(start, 60_000)
afterAll(() => running?.stop())

test('an incident begins with the newest book; its steps are ticked, skipped with a reason, or refused', async () => {
  first = await press()
  expect(first.sop).toEqual({ version: 1, ticks: [] })
  const by = async (step: string, state: 'done' | 'skipped', reason?: string) =>
    (await operator.act(first.id, { action: 'sop', step, state, ...(reason ? { reason } : {}) })).status
  // The record ticks it; a sheet of another nature does not have it.
  expect([await by('dispatch', 'done'), await by('lane', 'done')]).toEqual([400, 400])
  await operator.act(first.id, { action: 'verify', nature: 'fire' })
  expect([await by('lane', 'done'), await by('lane', 'done'), await by('near', 'skipped')]).toEqual([200, 409, 409])
  expect(await by('dispatch', 'skipped', '119 已派')).toBe(200)
})

test('only the administrator edits, upon what he has seen; faults are named', async () => {
  expect((await operator.post('/api/sop', DRAFT)).status).toBe(403)
  expect((await book(operator)).version).toBe(1)
  const twice = { ...DRAFT, sheets: [...DRAFT.sheets, { kind: 'parade', steps: [] }, { kind: 'parade', steps: [] }] }
  const refused = await administrator.post('/api/sop', twice)
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { detail: { faults: expect.stringMatching(/parade is no nature.*parade stands twice/) } }
  ])
  expect(await (await administrator.post('/api/sop', DRAFT)).json()).toMatchObject({ version: 2 })
  expect((await administrator.post('/api/sop', DRAFT)).status).toBe(409)
  const audited = await running.gateway.store.auditTail(50)
  expect(audited.find(entry => entry.action === 'sop.save')).toMatchObject({ object: 'sop:2', detail: { steps: 1 } })
})

test('after a start anew the open incident still goes by its version, a new one by the next', async () => {
  await running.stop()
  await start()
  expect((await book(operator)).version).toBe(2)
  expect((await book(operator, 1)).sheets.length).toBeGreaterThan(5)
  expect((await operator.get('/api/sop?version=9')).status).toBe(404)
  const kept = running.gateway.incidents.get(first.id)
  expect(kept?.sop).toMatchObject({ version: 1, ticks: [{ step: 'lane' }, { step: 'dispatch', state: 'skipped' }] })
  const status = async (incident: Incident, step: string) =>
    (await operator.act(incident.id, { action: 'sop', step, state: 'done' })).status
  expect([await status(first, 'leave'), await status(first, 'door')]).toEqual([200, 400])
  const next = await press('sip:6650147')
  expect(next.sop?.version).toBe(2)
  expect(await status(next, 'door')).toBe(200)
})
