/** POST /api/cameras/:id/play-ticket on a running gateway: who gets which interval, and that the audit entry says it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { CameraRow } from '../core/unit.ts'
import type { PlayTicket, SessionUser } from '../core/wire.ts'
import { systemClock } from '../supervise/clock.ts'
import { logIn } from '../testing/console-client.ts'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../testing/run-gateway.ts'
import { sampleSignal } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { createPlayback } from './playback.ts'

const SHOP = id<never>('fake:shop')
const HOUR = 3_600_000
let running: RunningGateway
let protocol: ReturnType<typeof createFakeProtocol>
type Seat = Awaited<ReturnType<typeof logIn>>
let operator: Seat
let leader: Seat

beforeAll(async () => {
  protocol = createFakeProtocol()
  const registry = { ...SMALL_TOWN, sources: [{ id: SHOP, subjectId: 'shop', kind: 'alarmBox' }] }
  running = await runGateway({ dir: tempDir('playback'), adapters: [protocol.definition], registry })
  operator = await logIn(running.url, '10001', await running.person('10001', 'operator'), 1)
  leader = await logIn(running.url, '10002', await running.person('10002', 'leader'), 2)
})
afterAll(() => running.stop())

const ask = (who: Seat, camera: string, agoMs: number, lastsMs: number, more: object = {}) => {
  const fromMs = Date.now() - agoMs
  return who.post(`/api/cameras/${camera}/play-ticket`, { stream: 'main', fromMs, toMs: fromMs + lastsMs, ...more })
}
const looks = async () => (await running.gateway.store.auditTail(50)).filter(entry => entry.action === 'recordingView')

test('a look is on record with its interval before the ticket is given, and so is a refused one', async () => {
  const granted = await ask(operator, 'c1', 2 * HOUR, HOUR)
  expect(granted.status).toBe(200)
  const { fromMs, toMs } = (await granted.json()) as PlayTicket
  expect((await ask(operator, 'c3', HOUR, HOUR)).status).toBe(403)
  const entries = await looks()
  expect(entries.map(entry => [entry.object, entry.outcome, entry.reason])).toEqual(
    expect.arrayContaining([
      ['camera:c1', 'done', 'public'],
      ['camera:c3', 'refused', 'RECORDING_CLOSED']
    ])
  )
  expect(entries.find(entry => entry.outcome === 'done')?.detail).toEqual({ fromMs, toMs })
})

test('older than a day is for leaders, or for a reason', async () => {
  expect((await ask(operator, 'c1', 72 * HOUR, HOUR)).status).toBe(403)
  expect((await ask(operator, 'c1', 72 * HOUR, HOUR, { reason: '核对前日现场' })).status).toBe(200)
  expect((await ask(leader, 'c1', 72 * HOUR, HOUR)).status).toBe(200)
  expect((await ask(leader, 'c3', 72 * HOUR, HOUR)).status).toBe(403)
})

test('an incident opens what lies around it, by its name also when it is closed', async () => {
  await protocol.host().accept(sampleSignal({ sourceId: SHOP, receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  const [incident] = [...running.gateway.incidents.all()]
  if (!incident) throw new Error('no incident')
  const near = await ask(operator, 'c3', HOUR, 2 * HOUR)
  const { fromMs, toMs } = (await near.json()) as PlayTicket
  expect(incident.openedAtMs - fromMs).toBe(600_000)
  expect(toMs).toBeLessThanOrEqual(Date.now() + 600_000)
  await leader.act(incident.id, { action: 'take' })
  await leader.act(incident.id, { action: 'resolve', disposition: 'test', feedback: '试报' })
  await leader.act(incident.id, { action: 'close' })
  expect((await ask(operator, 'c3', HOUR, 2 * HOUR)).status).toBe(403)
  expect((await ask(operator, 'c3', HOUR, 2 * HOUR, { incidentId: incident.id })).status).toBe(200)
  expect((await ask(operator, 'c3', 5 * HOUR, HOUR, { incidentId: incident.id })).status).toBe(403)
})

test('what is no interval is refused', async () => {
  for (const [agoMs, lastsMs] of [
    [HOUR, 0],
    [HOUR, -1],
    [40 * HOUR, 26 * HOUR],
    [-2 * HOUR, HOUR]
  ] as const)
    expect((await ask(operator, 'c1', agoMs, lastsMs)).status).toBe(400)
  expect((await ask(operator, 'nobody', HOUR, HOUR)).status).toBe(404)
})

test('what a private camera saw while a resolved incident waited for its review stays closed', async () => {
  const nowMs = Date.now()
  const camera = SMALL_TOWN.cameras[2] as unknown as CameraRow
  const incident = {
    ...([...running.gateway.incidents.all()][0] ?? (await running.gateway.store.recentIncidents({ limit: 1 }))[0]),
    ...{ state: 'closed', openedAtMs: nowMs - 50 * HOUR, resolvedAtMs: nowMs - 49 * HOUR, closedAtMs: nowMs - HOUR }
  } as Incident
  const details: unknown[] = []
  const playback = createPlayback({
    clock: systemClock,
    store: { incident: async () => incident },
    commit: async ({ audit }) => {
      details.push(...(audit ?? []).map(({ detail }) => detail))
      return { ok: true, feed: [] }
    },
    registry: { camera: () => camera },
    incidents: { get: () => incident, all: () => [] },
    media: { playTicket: () => ({ port: 1, path: '/play', ticket: 't', expiresAtMs: nowMs }) }
  })
  const user = { userId: 'u', login: '10001', name: '甲', role: 'operator' } as unknown as SessionUser
  const wish = (agoH: number) => ({
    ...{ stream: 'main' as const, fromMs: nowMs - agoH * HOUR, toMs: nowMs - (agoH - 1) * HOUR },
    incidentId: incident.id
  })
  await expect(playback.playTicket(camera.id, wish(50), user)).resolves.toMatchObject({ fromMs: wish(50).fromMs })
  expect(details[0]).not.toHaveProperty('audio')
  await playback.playTicket(camera.id, { ...wish(50), audio: true }, user)
  expect(details[1]).toMatchObject({ audio: true })
  await expect(playback.playTicket(camera.id, wish(20), user)).rejects.toMatchObject({ code: 'RECORDING_CLOSED' })
})
