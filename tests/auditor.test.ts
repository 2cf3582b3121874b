/** The auditor 审计员 through the whole gateway: reads incidents and the audit log, and every act is refused and on record. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Incident } from '../gateway/core/incident.ts'
import type { IncidentDetail } from '../gateway/core/wire.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

const protocol = createFakeProtocol()
let running: RunningGateway
let auditor: ConsoleClient
let incident: Incident

beforeAll(async () => {
  running = await runGateway({ dir: tempDir('auditor'), adapters: [protocol.definition] })
  auditor = await logIn(running.url, '10099', await running.person('10099', 'auditor'))
  await protocol.host().accept(sampleSignal({ receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  incident = [...running.gateway.incidents.all()][0] as Incident
}, 60_000)

afterAll(async () => {
  auditor?.close()
  await running?.stop()
})

test('reads incidents, diagnostics, procedures and the audit log', async () => {
  for (const path of ['/api/incidents', `/api/incidents/${incident.id}`, '/api/audit', '/api/diagnostics', '/api/sop'])
    expect([path, (await auditor.get(path)).status]).toEqual([path, 200])
})

test('is not told how far units are away, which says where they are', async () => {
  const leader = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  const asked = async (client: ConsoleClient) =>
    ((await (await client.get(`/api/incidents/${incident.id}`)).json()) as IncidentDetail).candidates
  const patrol = await logIn(running.url, '20001', await running.person('20001', 'patrol', { unitId: 'u1' }))
  expect((await patrol.command({ kind: 'onDuty' })).status).toBe(200)
  expect(await asked(leader)).toHaveLength(1)
  expect(await asked(auditor)).toEqual([])
  for (const client of [leader, patrol]) client.close()
})

test('is told over the feed how the gateway is, and of nobody who calls', async () => {
  await auditor.connect()
  const [welcome] = auditor.messages
  expect(welcome).toMatchObject({ type: 'welcome', scopes: ['keeper'] })
  await protocol.host().accept(sampleSignal({ receivedTimeMs: Date.now(), eventId: 'again' }))
  await running.gateway.idle()
  // What is published in between would have come before the answer to this.
  await auditor.cut()
  await auditor.connect()
  const said = JSON.stringify(auditor.messages)
  expect(said).not.toContain(incident.subject.name)
  expect(said).not.toContain(incident.id)
})

test('acts on nothing: each try is refused and on record', async () => {
  expect((await auditor.act(incident.id, { action: 'acknowledge' })).status).toBe(403)
  const others = [
    ['/api/shift', { to: '10099', note: '' }],
    ['/api/follow-ups', { incidentId: incident.id, dueInMs: 1 }],
    ['/api/sop', { base: 1, sheets: [{ kind: 'default', steps: [] }] }],
    ['/api/cameras/c2/ticket', { stream: 'sub' }]
  ] as const
  for (const [path, body] of others) expect([path, (await auditor.post(path, body)).status]).toEqual([path, 403])
  expect(running.gateway.incidents.get(incident.id)?.state).toBe('new')
  const refused = (await running.gateway.store.auditTail(50)).filter(entry => entry.outcome === 'refused')
  expect(refused.map(entry => entry.reason)).toEqual(
    expect.arrayContaining(['incident.act', 'sop.edit', 'camera.view'])
  )
})
