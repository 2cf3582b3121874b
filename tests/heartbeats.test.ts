/** Supervision through a whole gateway: vehicles that go together are one trouble over a restart, and overdue test calls are one list. */
import { afterEach, expect, it } from 'vitest'
import { definition as jt808 } from '../adapters/jt808/index.ts'
import { rawTerminal } from '../adapters/jt808/testing.ts'
import { id } from '../gateway/core/brand.ts'
import { createFakeClock } from '../gateway/testing/fake-clock.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each()
})

const MINUTE_MS = 60_000
const PHONES = ['013900000001', '013900000002', '013900000003']

const incidentsOf = async ({ gateway }: RunningGateway) => {
  await gateway.idle()
  return [...gateway.incidents.all()]
}

async function signIn(running: RunningGateway, phone: string) {
  const terminal = await rawTerminal(running.port('adapters.jt808.port'), phone)
  cleanUp.push(terminal.end)
  expect(await terminal.authenticate((await terminal.register()).code)).toBe(0)
  return terminal
}

it('a carrier that takes three taxis away is one incident, over a restart, and their return closes nothing', async () => {
  const [clock, dir] = [createFakeClock(), tempDir('heartbeats')]
  const subjects = PHONES.map((phone, n) => ({ id: `v${n}`, kind: 'vehicle', name: `闽J·T000${n}`, address: phone }))
  const registry = {
    ...SMALL_TOWN,
    subjects: [...SMALL_TOWN.subjects, ...subjects],
    sources: PHONES.map((phone, n) => ({ id: `jt808:${phone}`, subjectId: `v${n}`, kind: 'taxi' }))
  }
  const start = () => runGateway({ dir, clock, adapters: [jt808], registry })
  let running = await start()
  cleanUp.push(() => running.stop())
  const terminals = []
  for (const phone of PHONES) terminals.push(await signIn(running, phone))
  for (const terminal of terminals) terminal.end()
  await until('one trouble of the address', async () => {
    await clock.advance(10_000)
    return (await incidentsOf(running)).length > 0
  })
  await running.stop()
  running = await start()
  await clock.advance(10 * MINUTE_MS)
  const [incident, ...others] = await incidentsOf(running)
  expect(others).toEqual([])
  expect(incident).toMatchObject({ alarmClass: 'trouble', priority: 4, state: 'new' })
  const alarms = incident ? running.gateway.incidents.alarmsOf(incident.id) : []
  expect(alarms.map(({ sourceId, zone }) => `${sourceId} ${zone}`)).toEqual(['jt808:gateway@127.0.0.1 offline'])
  for (const phone of PHONES) await signIn(running, phone)
  await clock.advance(MINUTE_MS)
  expect(await incidentsOf(running)).toMatchObject([{ id: incident?.id, state: 'new' }])
})

it('overdue test calls are one trouble with a list, told once that day', async () => {
  const clock = createFakeClock(Date.UTC(2026, 10, 28, 1, 0, 0))
  const protocol = createFakeProtocol()
  // A quarter of an hour stands for the ninety days.
  const heartbeat = { kind: 'testCall', days: 0.01 } as const
  const telephones: typeof protocol.definition = {
    ...protocol.definition,
    create: (config, context) => ({ ...protocol.definition.create(config, context), heartbeat })
  }
  const sources = ['1', '2', '3'].map(n => ({ id: `fake:button-0${n}`, subjectId: 'h1', kind: 'panicPhone' }))
  const registry = { ...SMALL_TOWN, sources }
  const running = await runGateway({ dir: tempDir('test-calls'), clock, adapters: [telephones], registry })
  cleanUp.push(() => running.stop())
  for (const each of sources)
    await protocol.host().accept(
      sampleSignal({
        ...{ sourceId: id(each.id), condition: 'test', qualifier: 'status', receivedTimeMs: clock.now() },
        eventId: `test-${each.id}`
      })
    )
  await clock.advance(14 * MINUTE_MS)
  expect(await incidentsOf(running)).toEqual([])
  await clock.advance(60 * MINUTE_MS)
  const [incident, ...others] = await incidentsOf(running)
  expect(others).toEqual([])
  expect(incident).toMatchObject({ alarmClass: 'trouble', priority: 4 })
  const alarms = incident ? running.gateway.incidents.alarmsOf(incident.id) : []
  expect(alarms).toMatchObject([{ sourceId: 'fake:test-calls', zone: 'test-calls', presses: 1 }])
})
