/** Settings of the incident work, changed while the gateway runs: true at once for rooms and consoles, with a reason, in bounds, and back to the file's. */
import { afterEach, expect, it } from 'vitest'
import { parseConfig } from '../config.ts'
import { id } from '../core/brand.ts'
import type { RunDraft, RunSettingsDetail } from '../core/run-settings.ts'
import type { SessionUser } from '../core/wire.ts'
import { fakeStore } from '../feed/outwards/testing.ts'
import { logIn } from '../testing/console-client.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../testing/run-gateway.ts'
import { sampleSignal } from '../testing/samples.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'
import { dispatchRules } from './dispatch-rules.ts'
import { openRunSettings } from './run-settings.ts'

const ADMIN: SessionUser = { userId: 'u1', login: '10001', name: '吴敏', role: 'administrator' }
const REASON = '夜间人手少'
const draft = (over: Partial<RunDraft>): RunDraft => ({ times: {}, rule: {}, routes: {}, reason: REASON, ...over })
let running: RunningGateway | undefined
afterEach(async () => {
  await running?.stop()
  running = undefined
})

async function open(store = fakeStore()) {
  const file = parseConfig('incidents: { timers: { p3: { autoOfferMs: 90000 } } }', '/x.yaml', [])
  let told = 0
  const { config, rooms } = await openRunSettings(file, {
    ...{ clock: createFakeClock(), store: store.store },
    hub: () => ({
      broadcast() {
        told += 1
      }
    })
  })
  return { file, config, rooms, store, told: () => told }
}

it('the rooms read what was set at once, and the file’s value when it is taken back; kept over a restart', async () => {
  const { file, config, rooms, store, told } = await open()
  // As the rooms hold them.
  const { timers, callout } = config.incidents
  const { bySystem } = config.dispatch
  const set = draft({
    times: { 'p1.acceptMs': 20_000, 'p3.autoOfferMs': 0, autoCloseMs: 3_600_000, othersAfterMs: 5_000 },
    rule: { 'medical.p2': ['patrol', 'volunteer'], 'fire.p1': file.dispatch.bySystem.fire.p1 }
  })
  expect(await rooms.save(set, 0, ADMIN)).toEqual({ saved: true, id: 'incidents', version: 1 })
  expect([timers[1].acceptMs, timers[3].autoOfferMs, timers[2]]).toEqual([20_000, undefined, file.incidents.timers[2]])
  expect(timers[1]).toBe(timers[1])
  expect([config.incidents.autoCloseMs, callout.othersAfterMs]).toEqual([3_600_000, 5_000])
  expect([bySystem.medical.p2, bySystem.medical.p1]).toEqual([
    ['patrol', 'volunteer'],
    file.dispatch.bySystem.medical.p1
  ])
  // As they go over a wire, and to a thread.
  expect(JSON.parse(JSON.stringify(timers))[1].acceptMs).toBe(20_000)
  expect(structuredClone(timers)[1].acceptMs).toBe(20_000)
  expect(told()).toBe(1)

  const again = await open(store)
  expect(again.config.incidents.timers[1].acceptMs).toBe(20_000)
  const { values, version, history } = await again.rooms.detail()
  // What the file says anyway is no setting of its own.
  expect(values.rule).toEqual({ 'medical.p2': ['patrol', 'volunteer'] })
  expect(history[0]).toMatchObject({ version: 1, by: '吴敏', reason: REASON })
  expect(await again.rooms.save(draft({}), version, ADMIN)).toMatchObject({ version: 2 })
  const back = again.config
  expect([back.incidents.timers, back.incidents.autoCloseMs]).toEqual([
    again.file.incidents.timers,
    file.incidents.autoCloseMs
  ])
  expect(back.dispatch.bySystem).toEqual(file.dispatch.bySystem)
})

it('contacts, preferences, sinks and hand-over routes: read anew by whoever holds them, kept, and back to the file’s', async () => {
  const { file, config, rooms, store } = await open()
  // As the rooms hold them.
  const { contacts, handOver } = config.incidents
  const { later } = dispatchRules(config, () => [], {} as never)
  const { outwards } = config
  const set = draft({
    times: { contactsAfterMs: 0, contactsRingMs: 20_000, ownLaterMs: 30_000, perOrderMs: 0, sinkRetryMs: 5_000 },
    routes: { fire: ['120', '119'], dispute: [], medical: file.incidents.handOver.routes.medical }
  })
  expect(await rooms.save(set, 0, ADMIN)).toMatchObject({ saved: true, version: 1 })
  expect([contacts.afterMs, contacts.ringMs, contacts.againAfterMs]).toEqual([0, 20_000, 20_000])
  expect([later.ownS, later.perOrderS, later.skillS]).toEqual([30, 0, 60])
  expect([outwards.retryMs, outwards.retryMaxMs]).toEqual([5_000, 300_000])
  expect([handOver.routes.fire, handOver.routes.dispute, handOver.routes.violence]).toEqual([
    ['120', '119'],
    [],
    ['110', '120']
  ])
  const { rooms: again } = await open(store)
  const { values, version, history } = await again.detail()
  expect(values.routes).toEqual({ fire: ['120', '119'], dispute: [] })
  expect(history[0]?.fields).toEqual(expect.arrayContaining(['ownLaterMs', 'route.fire', 'route.dispute']))
  const twice = await again.save(draft({ routes: { fire: ['119', '119'] } }), version, ADMIN)
  expect(twice).toMatchObject({ saved: false, faults: [{ field: 'route.fire', code: 'twice' }] })
  const wrong = await again.save(draft({ times: { contactsRingMs: 0, sinkGiveUpMs: 1_000 } }), version, ADMIN)
  expect(wrong).toMatchObject({ faults: [{ field: 'contactsRingMs' }, { field: 'sinkGiveUpMs' }] })
})

it('what was kept before there were hand-over routes is read', async () => {
  const { rooms, store } = await open()
  await rooms.save(draft({ times: { autoCloseMs: 120_000 } }), 0, ADMIN)
  const without = (name: string, value: unknown) => (name === 'routes' ? undefined : value)
  for (const [key, body] of store.rows) store.rows.set(key, JSON.parse(JSON.stringify(body, without)))
  const { config, file } = await open(store)
  expect(config.incidents.autoCloseMs).toBe(120_000)
  expect(config.incidents.handOver.routes).toEqual(file.incidents.handOver.routes)
})

it('out of bounds, against each other, into danger, or without a reason: refused field by field, and nothing changes', async () => {
  const { config, file, rooms, told } = await open()
  const faults = async (over: Partial<RunDraft>) => {
    const saved = await rooms.save(draft(over), 0, ADMIN)
    return saved.saved ? [] : saved.faults.map(each => `${each.field} ${each.code}`)
  }
  expect(await faults({ reason: ' ', times: { autoCloseMs: 120_000 } })).toEqual(['reason required'])
  // A call for help that nobody takes goes to the others, whatever is set here.
  expect(await faults({ times: { 'p1.escalateAllMs': 0 } })).toEqual(['p1.escalateAllMs range'])
  expect(await faults({ times: { 'p2.escalateLeaderMs': 0 } })).toEqual(['p2.escalateLeaderMs range'])
  expect(await faults({ times: { 'p3.escalateLeaderMs': 0, 'p4.autoOfferMs': 0.5 } })).toEqual(['p4.autoOfferMs range'])
  expect(await faults({ times: { 'p1.escalateAllMs': 31_000 } })).toEqual(['p1.escalateLeaderMs leaderFirst'])
  expect(await faults({ rule: { 'violence.p1': ['volunteer'] } })).toEqual(['violence.p1 danger'])
  expect(await faults({ rule: { 'unknown.p4': ['informant', 'police'] } })).toEqual(['unknown.p4 danger'])
  expect(config.incidents.timers).toEqual(file.incidents.timers)
  expect(told()).toBe(0)
  await rooms.save(draft({ times: { autoCloseMs: 120_000 } }), 0, ADMIN)
  await expect(rooms.save(draft({}), 0, ADMIN)).rejects.toMatchObject({ code: 'CONFLICT_RETRY' })
})

it('over a whole gateway: an alarm escalates by the new time, consoles are told, the change is on record, others may not', async () => {
  const protocol = createFakeProtocol()
  running = await runGateway({
    ...{ dir: tempDir('run-settings'), adapters: [protocol.definition] },
    registry: { ...SMALL_TOWN, sources: [{ id: 'fake:1', subjectId: 'h1', kind: 'panicPhone' }] },
    config: { incidents: { timers: { p1: { escalateAllMs: 500_000, escalateLeaderMs: 600_000 } } } }
  })
  const { gateway, url } = running
  const admin = await logIn(url, '10001', await running.person('10001', 'administrator'))
  const operator = await logIn(url, '10311', await running.person('10311', 'operator'), 1)
  await operator.connect()
  const times = { 'p1.escalateAllMs': 1_000, 'p1.escalateLeaderMs': 1_500 } as const
  expect((await operator.post('/api/run-settings', { version: 0, draft: draft({ times }) })).status).toBe(403)
  expect((await operator.get('/api/run-settings')).status).toBe(403)
  const loose = { version: 0, draft: { ...draft({}), times: { 'p9.acceptMs': 1 } } }
  expect((await admin.post('/api/run-settings', loose)).status).toBe(400)
  await protocol.host().accept(sampleSignal({ sourceId: id('fake:1'), receivedTimeMs: Date.now() }))
  const saved = await admin.post('/api/run-settings', { version: 0, draft: draft({ times }) })
  expect(await saved.json()).toMatchObject({ saved: true, version: 1 })
  const [incident] = [...gateway.incidents.all()]
  if (!incident) throw new Error('no incident')
  await until('the leader is told', () => gateway.incidents.get(incident.id)?.escalation === 2)
  await until('the console is told', () =>
    operator.messages.some(each => each.type === 'changed' && each.what === 'settings')
  )
  const settings = (await (await operator.get('/api/settings')).json()) as { timers: Record<string, object> }
  expect(settings.timers['1']).toMatchObject({ escalateAllMs: 1_000, escalateLeaderMs: 1_500 })
  const detail = (await (await admin.get('/api/run-settings')).json()) as RunSettingsDetail
  expect(detail).toMatchObject({ version: 1, values: { times }, file: { times: { 'p1.escalateAllMs': 500_000 } } })
  const line = (await gateway.store.auditTail(50)).find(each => each.action === 'settings.save')
  expect(line).toMatchObject({ object: 'settings:incidents', detail: { reason: REASON } })
  expect(line?.detail?.changed).toContain('p1.escalateAllMs 500000>1000')
}, 120_000)
