/** Agreed phrases: in no feed and on no record but the audit's; told to the owner and to leaders of the open incident, refusals on record too. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { id, type SourceId } from '../gateway/core/brand.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { IncidentDetail } from '../gateway/core/wire.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

const SAFE = '今天的米汤是甜的'
const DURESS = '今天的米汤是咸的'
const protocol = createFakeProtocol()
let running: RunningGateway
let owner: ConsoleClient
let other: ConsoleClient
let leader: ConsoleClient
let dispatcher: ConsoleClient
let incident: Incident

const ask = async (client: ConsoleClient, of: Incident = incident) => {
  const response = await client.post(`/api/incidents/${of.id}/phrases`, {})
  return [response.status, await response.json()] as const
}
const audited = async (action: string) =>
  (await running.gateway.store.auditTail(300)).filter(entry => entry.action === action).toReversed()
const press = async (sourceId: string) => {
  await protocol.host().accept(sampleSignal({ sourceId: id<SourceId>(sourceId), receivedTimeMs: Date.now() }))
  await running.gateway.idle()
}

beforeAll(async () => {
  const [home, ...others] = SMALL_TOWN.subjects
  running = await runGateway({
    dir: tempDir('phrases'),
    adapters: [protocol.definition],
    registry: {
      ...SMALL_TOWN,
      subjects: [{ ...home, phrases: { safe: SAFE, duress: DURESS } }, ...others]
    }
  })
  const client = async (login: string, role: 'operator' | 'leader', seat: number) =>
    logIn(running.url, login, await running.person(login, role), seat)
  owner = await client('10001', 'operator', 1)
  other = await client('10002', 'operator', 2)
  leader = await client('10008', 'leader', 3)
  dispatcher = await logIn(
    running.url,
    '20001',
    await running.person('20001', 'taxiDispatcher', { fleetId: 'fleet-1' })
  )
  for (const each of [owner, other, leader]) await each.connect()
  await press('sip:6650147')
  incident = [...running.gateway.incidents.all()][0] as Incident
  expect((await owner.post(`/api/incidents/${incident.id}/actions`, { action: 'acknowledge' })).status).toBe(200)
})

afterAll(async () => {
  for (const each of [owner, other, leader]) each.close()
  await running.stop()
})

test('the owner who heard the phrase of duress marks it with one key, on record; nobody else does', async () => {
  await press('sip:6650148')
  const heard = [...running.gateway.incidents.all()].find(each => each.subject.id === 'h2') as Incident
  const act = (client: ConsoleClient, action: string) => client.post(`/api/incidents/${heard.id}/actions`, { action })
  await act(owner, 'acknowledge')
  expect((await act(other, 'markDuress')).status).toBe(409)
  expect((await act(owner, 'markDuress')).status).toBe(200)
  expect((await act(owner, 'markDuress')).status).toBe(409)
  expect(running.gateway.incidents.get(heard.id)).toMatchObject({ duress: true, priority: 1 })
  expect((await audited('incident.markDuress')).map(each => each.outcome)).toEqual(['refused', 'done', 'refused'])
  const { timeline } = (await (await owner.get(`/api/incidents/${heard.id}`)).json()) as IncidentDetail
  expect(timeline.map(line => line.kind)).toContain('duressMarked')
  expect((await act(owner, 'callNeighbours')).status).toBe(409)
})

test('the owner and a leader are told, each on record with the household and the incident', async () => {
  expect(await ask(owner)).toEqual([200, { safe: SAFE, duress: DURESS }])
  expect(await ask(leader)).toEqual([200, { safe: SAFE, duress: DURESS }])
  expect(await audited('subject.phrases')).toMatchObject([
    { who: expect.stringContaining('10001'), object: 'subject:h1', detail: { incident: incident.number } },
    { who: expect.stringContaining('10008'), object: 'subject:h1', outcome: 'done' }
  ])
})

test('others are refused on record, and those without the right are not asked further', async () => {
  expect(await ask(other)).toMatchObject([409, { error: 'NOT_OWNER' }])
  expect((await ask(dispatcher))[0]).toBe(403)
  expect(await audited('incident.phrases')).toMatchObject([
    { outcome: 'refused', who: expect.stringContaining('10002') }
  ])
  await press('sip:6650148')
  const without = [...running.gateway.incidents.all()].find(each => each.subject.id === 'h2') as Incident
  expect(without.subject.phrases).toBeUndefined()
  expect((await ask(leader, without))[0]).toBe(404)
})

test('no console, no incident and no line of the story ever has the words; only that there are some', async () => {
  expect(incident.subject.phrases).toBe(true)
  const detail = await (await owner.get(`/api/incidents/${incident.id}`)).text()
  const seen = JSON.stringify([owner, other, leader].flatMap(each => each.messages))
  const trail = JSON.stringify(await running.gateway.store.auditTail(300))
  for (const text of [detail, seen, trail]) expect([text.includes(SAFE), text.includes(DURESS)]).toEqual([false, false])
  expect(seen).toContain(incident.number)
})

test('once it is resolved nobody is told any more', async () => {
  const verify = await owner.post(`/api/incidents/${incident.id}/actions`, { action: 'verify' })
  expect(verify.status).toBe(200)
  const over = { action: 'resolve', disposition: 'false-misuse', feedback: '对上口令' }
  expect((await owner.post(`/api/incidents/${incident.id}/actions`, over)).status).toBe(200)
  expect((await ask(owner))[0]).toBe(409)
})
