/** Rule 12 through a whole gateway: a source on test raises nothing and shows what arrived; a second press raises, also over a kill -9; what is left broken is told. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { createTaxi } from '../adapters/jt808/simulator.ts'
import { id, type SourceId } from '../gateway/core/brand.ts'
import type { Signal } from '../gateway/core/signal.ts'
import type { SourceTest, SourceTests } from '../gateway/core/source-test.ts'
import type { SourceDetail } from '../gateway/core/sources.ts'
import type { SubjectDetail, SubjectDraft, SubjectSaved } from '../gateway/core/subject-record.ts'
import { openSqliteStore } from '../gateway/storage/sqlite/store.ts'
import { verify } from '../gateway/storage/verify.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeClock } from '../gateway/testing/fake-clock.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { prepareProcess, runCommand, spawnGateway } from '../gateway/testing/process.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const run = promisify(execFile)
const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each()
})

const SOURCE = 'fake:button-01'
const registry = {
  ...SMALL_TOWN,
  sources: [
    { id: SOURCE, subjectId: 'h1', kind: 'oneKeyCall' },
    { id: 'fake:button-02', subjectId: 'h1', kind: 'oneKeyCall' }
  ]
}
const draft = { sourceId: SOURCE, whole: false, minutes: 30, reason: '年检' }
const detail = async (console: ConsoleClient, source = SOURCE) =>
  (await (await console.get(`/api/sources/detail?id=${encodeURIComponent(source)}`)).json()) as SourceDetail

async function town(clock = createFakeClock(), dir = tempDir('source-test')) {
  const protocol = createFakeProtocol()
  const running = await runGateway({ dir, clock, adapters: [protocol.definition], registry })
  cleanUp.push(() => running.stop())
  const signal = (over: Partial<Signal> = {}) =>
    protocol.host().accept(sampleSignal({ sourceId: id(SOURCE), receivedTimeMs: clock.now(), ...over }))
  const incidents = async (running: RunningGateway) => {
    await running.gateway.idle()
    return [...running.gateway.incidents.all()]
  }
  return { running, clock, dir, signal, incidents: () => incidents(running) }
}

it('nothing is raised and everything is shown; the second press is an alarm; the floor is told of begin and end', async () => {
  const { running, clock, signal, incidents } = await town()
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  await operator.connect()
  const begun = await operator.post('/api/sources/tests', { ...draft, whole: true })
  expect(begun.status).toBe(200)
  const test = (await begun.json()) as SourceTest
  expect((await (await operator.get('/api/sources/tests')).json()) as SourceTests).toMatchObject({
    ...{ sources: 2, maxMs: 14_400_000 },
    active: [{ id: test.id, name: '陈桂芳', reason: '年检', by: '10327 名 10327' }]
  })
  await until('the floor is told', () => operator.messages.some(m => m.type === 'changed' && m.what === 'sourceTests'))

  await signal({ alarmClass: 'fire' })
  await signal({ alarmClass: 'fire', qualifier: 'restore' })
  await signal({ alarmClass: 'panic' })
  expect(await incidents()).toEqual([])
  expect((await detail(operator)).line.state).toBe('onTest')
  expect((await detail(operator)).testResults?.map(each => [each.alarmClass, each.qualifier, each.verdict])).toEqual([
    ['panic', 'new', 'test'],
    ['fire', 'restore', 'test'],
    ['fire', 'new', 'test']
  ])
  await clock.advance(59_000)
  await signal({ alarmClass: 'duress' })
  const [incident] = await incidents()
  expect(incident).toMatchObject({ priority: 1, duress: true, state: 'new', presses: 1 })
  expect((await detail(operator)).testResults?.[0]).toMatchObject({ alarmClass: 'duress', verdict: 'alarm' })
  await clock.advance(120_000)
  await signal({ alarmClass: 'panic' })
  expect((await incidents())[0]?.presses).toBe(2)

  // Whoever calls for help is not put on test, whichever source of the household it would be.
  const again = await operator.post('/api/sources/tests', { ...draft, sourceId: 'fake:button-02' })
  expect([again.status, ((await again.json()) as { error: string }).error]).toEqual([409, 'TEST_REFUSED'])
  expect((await operator.post(`/api/sources/tests/${test.id}/end`)).status).toBe(204)
  expect((await operator.post(`/api/sources/tests/${test.id}/end`)).status).toBe(404)
  const audit = await running.gateway.store.auditTail(100)
  const done = (action: string) =>
    audit.filter(entry => entry.action === action).map(entry => [entry.who, entry.reason])
  expect(done('sourceTest')).toEqual([['10327 名 10327', '年检']])
  expect(done('sourceTestEnd')).toEqual([['10327 名 10327', '年检']])
  expect(done('signal.tested')).toHaveLength(3)
  operator.close()
})

it('a household whose button was given to another one is not on test by it; the other one is, also one made today', async () => {
  const { running, signal, incidents } = await town()
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  const admin = await logIn(running.url, '10001', await running.person('10001', 'administrator'))
  const draftOf = async (subjectId: string) =>
    ((await (await admin.get(`/api/subjects/detail?id=${subjectId}`)).json()) as SubjectDetail).draft
  const save = async (household: SubjectDraft, version: number) =>
    (await (await admin.post('/api/subjects', { draft: household, version })).json()) as SubjectSaved
  const former = await draftOf('h1')
  const kept = former.sources.filter(each => each.id !== SOURCE)
  expect(await save({ ...former, sources: kept }, 0)).toMatchObject({ saved: true })
  const made = { kind: 'household' as const, name: '吴秀英', address: '杏花巷 20 号', contacts: [] }
  expect(await save({ ...made, sources: [{ id: SOURCE, kind: 'oneKeyCall' }] }, 0)).toMatchObject({ saved: true })

  const begun = await operator.post('/api/sources/tests', { ...draft, whole: true })
  expect(await begun.json()).toMatchObject({ name: '吴秀英' })
  await signal({ alarmClass: 'panic' })
  expect(await incidents()).toEqual([])
  await signal({ sourceId: id('fake:button-02'), alarmClass: 'panic' })
  expect((await incidents()).map(each => each.subject.name)).toEqual(['陈桂芳'])
})

it('a button on test beside one that has just called for help: its first press is an alarm', async () => {
  const { running, clock, signal, incidents } = await town()
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  const beside = id<SourceId>('fake:button-02')
  expect((await operator.post('/api/sources/tests', { ...draft, sourceId: beside })).status).toBe(200)
  await signal({ alarmClass: 'help' })
  await running.gateway.idle()
  // Long after, but the incident is open.
  await clock.advance(10 * 60_000)
  await signal({ sourceId: beside, alarmClass: 'help' })
  expect((await incidents()).map(each => each.presses)).toEqual([2])
  expect((await detail(operator, beside)).testResults?.map(each => each.verdict)).toEqual(['alarm'])
})

it('a trouble that is still there at its forced end becomes an incident then, one that is over does not', async () => {
  const { running, clock, signal, incidents } = await town()
  const admin = await logIn(running.url, '10001', await running.person('10001', 'administrator'))
  await admin.post('/api/sources/tests', draft)
  const fault = { condition: 'fault', alarmClass: 'trouble' } as const
  await signal({ ...fault, cause: 'power' })
  await signal({ ...fault, cause: 'power', qualifier: 'restore' })
  await signal({ ...fault, cause: 'offline' })
  expect(await incidents()).toEqual([])
  await clock.advance(30 * 60_000)
  const [incident] = await until('told at the end', async () => {
    const all = await incidents()
    return all.length > 0 && all
  })
  expect(incident).toMatchObject({ alarmClass: 'trouble', cause: 'offline', presses: 1 })
  await signal({ alarmClass: 'panic' })
  expect((await incidents()).map(each => each.alarmClass)).toEqual(['trouble', 'panic'])
})

it('both are known after a restart: the test with its end, and what was broken during it', async () => {
  const clock = createFakeClock()
  const first = await town(clock)
  const password = await first.running.person('10001', 'administrator')
  await (await logIn(first.running.url, '10001', password)).post('/api/sources/tests', draft)
  await first.signal({ condition: 'fault', alarmClass: 'trouble', cause: 'battery' })
  await first.running.gateway.idle()
  await first.running.stop()
  const second = await town(clock, first.dir)
  await second.signal({ alarmClass: 'medical' })
  expect(await second.incidents()).toEqual([])
  await clock.advance(30 * 60_000)
  await until('the battery', async () => (await second.incidents())[0]?.cause === 'battery')
  await second.running.stop()
  expect((await verify({ dir: join(first.dir, 'data'), settled: true })).violations).toEqual([])
})

it('a taxi keeps its bit until it is answered: after a test its next press is one again', async () => {
  const running = await runGateway({ dir: tempDir('source-test-taxi') })
  cleanUp.push(() => running.stop())
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  const sourceId = 'jt808:013900000007'
  expect((await operator.post('/api/sources/tests', { ...draft, sourceId })).status).toBe(200)
  const taxi = createTaxi({
    ...{ host: '127.0.0.1', port: running.port('adapters.jt808.port'), phone: '013900000007', plate: '闽J·T0637' },
    ...{ version: 2013, reportMs: 100, resendMs: 200, maxBackoffMs: 100 },
    place: () => ({ lat: 27.03, lon: 119.61, speedKmh: 30, headingDeg: 0 })
  })
  cleanUp.push(() => taxi.stop())
  taxi.start()
  await until('the taxi on line', () => taxi.status.online)
  await taxi.press()
  await until('its bit is put out', () => !taxi.status.pressed)
  await running.gateway.idle()
  expect([...running.gateway.incidents.all()]).toEqual([])
  // More than one where a report with the bit was under way: it is told until it is out.
  expect(taxi.status.confirmations.length).toBeGreaterThanOrEqual(1)
  await taxi.press()
  await until('the second press is an alarm', () => [...running.gateway.incidents.all()].length === 1)
  // Now only an operator puts it out: no answer names this press or a report after it.
  const { confirmations, lastPressSerial } = taxi.status
  expect(confirmations.filter(serial => serial >= lastPressSerial)).toEqual([])
  expect(taxi.status.pressed).toBe(true)
})

it('patrols and dispatchers set none; a wrong wish is said', async () => {
  const { running } = await town()
  const status = async (login: string, role: Parameters<typeof running.person>[1], body: object) => {
    const password = await running.person(login, role, role === 'patrol' ? { unitId: 'u1' } : { fleetId: 'fleet-1' })
    return (await (await logIn(running.url, login, password)).post('/api/sources/tests', body)).status
  }
  expect(await status('20001', 'patrol', draft)).toBe(403)
  expect(await status('30001', 'taxiDispatcher', draft)).toBe(403)
  expect(await status('10001', 'operator', { ...draft, reason: '  ' })).toBe(400)
  expect(await status('10002', 'operator', { ...draft, minutes: 241 })).toBe(400)
  expect(await status('10003', 'operator', { ...draft, sourceId: 'fake:none' })).toBe(404)
})

it('killed between two presses: the first was a test and stays one, the second is an alarm', async () => {
  const setup = await prepareProcess(tempDir('source-test-kill'), SMALL_TOWN)
  const data = join(setup.dir, 'data')
  const common = ['--config', setup.configFile]
  let gateway = spawnGateway(setup)
  cleanUp.push(() => gateway.kill('SIGKILL'))
  await gateway.ready
  await gateway.kill('SIGTERM')
  const made = await runCommand(['add-user', '10001', '--name', '管理员', '--role', 'administrator', ...common])
  const device = await runCommand(['add-device', 'mqtt', 'linxi/box-03', ...common])
  const secretOf = (text: string) => / {2}(\S+) {2}\(shown once\)/.exec(text)?.[1] ?? ''
  gateway = spawnGateway(setup)
  await gateway.ready
  const url = `http://127.0.0.1:${setup.ports.http}`
  const admin = await logIn(url, '10001', secretOf(made.output))
  expect((await admin.post('/api/sources/tests', { ...draft, sourceId: 'mqtt:linxi/box-03' })).status).toBe(200)
  const press = (eventId: string) =>
    run('mosquitto_pub', [
      ...['-h', '127.0.0.1', '-p', String(setup.ports.mqtt), '-V', 'mqttv311', '-q', '1'],
      ...['-u', 'linxi/box-03', '-P', secretOf(device.output), '-t', 'v1/linxi/box-03/alarm'],
      ...['-m', JSON.stringify({ v: 1, eventId, type: 'panic' })]
    ])
  await press('first')
  await gateway.kill('SIGKILL')
  gateway = spawnGateway(setup)
  await gateway.ready
  await press('second')
  const store = () => openSqliteStore({ dir: data })
  await gateway.kill('SIGTERM')
  const after = await store()
  const open = await after.openIncidents()
  const lines = (await after.auditTail(200)).filter(entry => entry.action === 'signal.tested')
  await after.close()
  expect(open.map(each => [each.alarmClass, each.presses])).toEqual([['panic', 1]])
  expect(lines).toHaveLength(1)
  expect((await verify({ dir: data, settled: true })).violations).toEqual([])
})
