/** Shelving through a whole gateway: chatter is reported once and rings no more, a panic of the same box does; by hand, ended early, over a restart. */
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import type { Signal } from '../gateway/core/signal.ts'
import type { Shelf, SourceShelves } from '../gateway/core/source-shelf.ts'
import { verify } from '../gateway/storage/verify.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeClock } from '../gateway/testing/fake-clock.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each()
})

const BOX = 'fake:box-01'
const registry = {
  ...SMALL_TOWN,
  sources: [
    { id: BOX, subjectId: 'shop', kind: 'alarmBox' },
    { id: 'fake:button-01', subjectId: 'h1', kind: 'oneKeyCall' }
  ]
}
const draft = { sourceId: BOX, minutes: 60, reason: '门磁松动，已报修' }
const listed = async (console: ConsoleClient) =>
  (await (await console.get('/api/sources/shelves')).json()) as SourceShelves

async function town(clock = createFakeClock(), dir = tempDir('source-shelf')) {
  const protocol = createFakeProtocol()
  const running = await runGateway({ dir, clock, adapters: [protocol.definition], registry })
  cleanUp.push(() => running.stop())
  const signal = async (over: Partial<Signal> = {}) => {
    const door = { sourceId: id<never>(BOX), alarmClass: 'intrusion', zone: '2' } as const
    await protocol.host().accept(sampleSignal({ ...door, receivedTimeMs: clock.now(), ...over }))
    await running.gateway.idle()
  }
  /** Class, cause and presses of what is open. */
  const open = () =>
    [...running.gateway.incidents.all()].map(each => [each.alarmClass, each.cause, each.presses, each.priority])
  return { running, clock, dir, signal, open }
}

it('a door that chatters is in one incident and one report; its panic button calls all the same; what still stands at the end rings', async () => {
  const { running, clock, signal, open } = await town()
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  for (const qualifier of ['new', 'restore', 'new', 'restore', 'new', 'restore', 'new'] as const) {
    await signal({ qualifier })
    await clock.advance(2_000)
    if (qualifier === 'restore') continue
    await until('the shelf, once there are three changes', async () =>
      clock.now() > 0 && open().length > 1 ? (await listed(operator)).active.length === 1 : true
    )
  }
  await until('the report', () => open().length === 2)
  expect(open()).toEqual([
    ['intrusion', undefined, 2, 2],
    ['trouble', 'chatter', 1, 4]
  ])
  const [shelf] = (await listed(operator)).active
  expect(shelf).toMatchObject({ by: 'system', alarm: { alarmClass: 'intrusion', zone: '2' }, standing: true })
  await signal({ alarmClass: 'panic', zone: undefined })
  expect(open()[0]).toEqual(['panic', undefined, 3, 1])

  // Worked off by the floor, and the door is open still: it rings again when the half hour is over.
  const first = [...running.gateway.incidents.all()].find(each => each.alarmClass === 'panic')
  await operator.act(id(first?.id ?? ''), { action: 'acknowledge' })
  await operator.act(id(first?.id ?? ''), { action: 'resolve', disposition: 'false-equipment', feedback: '门磁松动' })
  await running.gateway.idle()
  await clock.advance(30 * 60_000)
  await until('what stands', () => open().some(([alarmClass]) => alarmClass === 'intrusion'))
  expect((await listed(operator)).active).toEqual([])
  const lines = (await running.gateway.store.auditTail(200)).filter(entry => entry.action.startsWith('sourceShelf'))
  expect(lines.map(entry => [entry.who, entry.action])).toEqual(
    expect.arrayContaining([
      ['system', 'sourceShelf'],
      ['system', 'sourceShelfEnd']
    ])
  )
  operator.close()
})

it('by hand with a reason; kept over a restart; ended early by a leader; nobody else may, and never a button for help', async () => {
  const first = await town()
  const [hand, boss] = [await first.running.person('10327', 'operator'), await first.running.person('10008', 'leader')]
  const admin = await first.running.person('10001', 'administrator')
  const operator = await logIn(first.running.url, '10327', hand, 3)
  const shelf = (await (await operator.post('/api/sources/shelves', draft)).json()) as Shelf
  const status = async (client: ConsoleClient, body: object) => (await client.post('/api/sources/shelves', body)).status
  expect(await status(operator, { ...draft, sourceId: 'fake:button-01' })).toBe(409)
  expect(await status(operator, { ...draft, reason: ' ' })).toBe(400)
  expect(await status(operator, { ...draft, minutes: 241 })).toBe(400)
  expect(await status(await logIn(first.running.url, '10001', admin), draft)).toBe(403)
  await first.signal()
  expect(first.open()).toEqual([])
  operator.close()
  await first.running.stop()

  const second = await town(first.clock, first.dir)
  await second.signal({ qualifier: 'restore' })
  await second.signal()
  expect(second.open()).toEqual([])
  const leader = await logIn(second.running.url, '10008', boss, 1)
  expect((await listed(leader)).active).toMatchObject([{ id: shelf.id, held: 3, standing: true, by: '10327 名 10327' }])
  expect((await leader.post(`/api/sources/shelves/${shelf.id}/end`)).status).toBe(204)
  await until('what stands is raised', () => second.open().length === 1)
  expect((await leader.post(`/api/sources/shelves/${shelf.id}/end`)).status).toBe(404)
  leader.close()
  await second.running.stop()
  expect((await verify({ dir: join(first.dir, 'data'), settled: true })).violations).toEqual([])
})

it('what still stands at the end is raised as the alarm that it was: zone and cause', async () => {
  const { running, signal } = await town()
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  const shelf = (await (await operator.post('/api/sources/shelves', draft)).json()) as Shelf
  for (const zone of ['5', '6'])
    await signal({ condition: 'fault', alarmClass: 'trouble', zone, cause: 'sensor', eventId: `lost-${zone}` })
  await signal({ condition: 'fault', alarmClass: 'trouble', zone: undefined, cause: 'power', eventId: 'power' })
  expect([...running.gateway.incidents.all()]).toEqual([])
  expect((await operator.post(`/api/sources/shelves/${shelf.id}/end`)).status).toBe(204)
  const alarms = () => [...running.gateway.incidents.all()].flatMap(each => running.gateway.incidents.alarmsOf(each.id))
  await until('all are raised', () => alarms().reduce((sum, { presses }) => sum + presses, 0) === 3)
  expect(
    alarms()
      .map(({ zone }) => zone)
      .sort()
  ).toEqual(['5', '6', 'power'])
  operator.close()
})
