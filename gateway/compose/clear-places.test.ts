/** Rule 10 of messages that were not taken: the place of a car goes with its incident, on disk too, and nothing that is gone comes back by it. */
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { SinkSettings } from '../core/outwards.ts'
import type { AuditEntry, Change } from '../core/store.ts'
import type { Item } from '../feed/outwards/item.ts'
import { bench, SINK } from '../feed/outwards/testing.ts'
import { settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createClearPlaces, watchItemWrites } from './clear-places.ts'

const point = { lat: 27.03, lon: 119.61, datum: 'wgs84' as const }
const PRESENT = '27.0512'

/** A car whose messages are not taken: one given up, one that waits. */
async function line(sink: Partial<SinkSettings> = {}) {
  const made = await bench({ sink: { ...SINK, personal: true, ...sink } })
  const taxi: Incident = sampleIncident({
    ...{ id: id('i1'), number: '1122-0001', sourceKind: 'taxi', position: point, openedAtMs: made.clock.now() },
    subject: { id: id('v1'), kind: 'vehicle', name: '闽J·T0637', address: '临溪平安出租' },
    fix: { point, atMs: made.clock.now() }
  })
  made.road.at = { point: { ...point, lat: Number(PRESENT) }, atMs: made.clock.now(), speedKmh: 42 }
  made.answers.push({ kind: 'refused', status: 422 })
  await made.step(taxi)
  made.sender().pause(true)
  await made.step({ ...taxi, version: 2, presses: 2 })
  made.road.at = undefined
  const audit: AuditEntry[] = []
  let holdUp: Promise<unknown> | undefined
  const writes = watchItemWrites({
    async commit(change: Change) {
      await holdUp
      const result = await made.store.commit(change)
      audit.push(...(change.audit ?? []))
      return result
    }
  })
  const look = (incident?: Incident) =>
    createClearPlaces({ clock: made.clock, log: silentLog, outbox: made.outbox(), writes })(() => incident)
  const rows = () => [...made.rows].filter(([key]) => key.startsWith('outbox.item')).map(([, body]) => body as Item)
  return {
    ...made,
    ...{ taxi, audit, look, items: rows, writes },
    hold: (until?: Promise<unknown>) => {
      holdUp = until
    },
    bodies: () => [...rows(), ...made.outbox().items('city')].flatMap(each => [each.body, each.impersonal ?? ''])
  }
}

it.each(['json', 'cap'] as const)(
  'kept while the incident is open, and once it is over nowhere, on record (%s)',
  async format => {
    const made = await line({ format, addresses: ['duty@example.org'] })
    expect(made.items().map(each => each.state)).toEqual(['dead', 'waiting'])
    await made.look(made.taxi)
    expect(made.bodies().filter(body => body.includes(PRESENT))).toHaveLength(4)
    const over = { ...made.taxi, version: 3, state: 'resolved' as const, disposition: 'real-police' as const }
    await made.step(over)
    await made.look(over)
    expect(made.bodies().filter(body => /27\.051|lastKnown|最后位置/.test(body))).toEqual([])
    expect(made.audit).toMatchObject([
      { who: 'system', action: 'sink.placeCleared', object: 'incident:1122-0001', detail: { sink: 'city', count: 2 } }
    ])
    await made.look(over)
    expect(made.audit).toHaveLength(1)
    // What is left of them still arrives, in its order.
    made.sender().pause(false)
    await settle()
    expect(made.said()).toEqual(
      ['opened', 'updated', 'resolved'].map(event => `${format === 'json' ? '1122-0001' : ''} ${event}`)
    )
  }
)

it('after a kill it is found by its text, also of a version that did not mark it', async () => {
  const made = await line()
  for (const item of made.items()) {
    const { place: _, ...old } = item
    await made.store.commit({ documents: [{ kind: 'outbox.item', key: item.key, body: old }] })
  }
  await made.restart()
  made.sender().pause(true)
  await made.look(undefined)
  expect(made.bodies().filter(body => body.includes(PRESENT))).toEqual([])
})

it('one that is being dropped does not come back by it', async () => {
  const made = await line()
  const [dead] = made.outbox().items('city')
  if (!dead) throw new Error('nothing was given up')
  const disk = Promise.withResolvers<void>()
  made.hold(disk.promise)
  const dropped = made.writes.commit({ documents: [{ kind: 'outbox.item', key: dead.key, body: undefined }] })
  const looked = made.look(undefined)
  disk.resolve()
  await dropped
  made.outbox().drop(dead.key)
  await looked
  expect(made.items().map(each => each.state)).toEqual(['waiting'])
  expect(made.outbox().items('city')).toHaveLength(1)
})

it('one that was dropped, or tried, while it was being cleared stays as that left it', async () => {
  const made = await line()
  const [dead, waiting] = made.outbox().items('city')
  if (!dead || !waiting) throw new Error('two are needed')
  const disk = Promise.withResolvers<void>()
  made.hold(disk.promise)
  const looked = made.look(undefined)
  made.outbox().drop(dead.key)
  made.outbox().put({ ...waiting, attempts: 7 })
  disk.resolve()
  await looked
  expect(made.outbox().items('city')).toMatchObject([{ attempts: 7, place: true }])
  await settle()
  made.hold()
  await made.look(undefined)
  expect(made.outbox().items('city')[0]?.body).not.toContain(PRESENT)
})

it('what cannot be stored is left to the next look', async () => {
  const made = await line()
  made.state.failing = true
  await made.look(undefined)
  expect(
    made
      .outbox()
      .items('city')
      .every(each => each.body.includes(PRESENT))
  ).toBe(true)
  made.state.failing = false
  await new Promise(resolve => setImmediate(resolve))
  await made.look(undefined)
  expect(made.bodies().filter(body => body.includes(PRESENT))).toEqual([])
})
