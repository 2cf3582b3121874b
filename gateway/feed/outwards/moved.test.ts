/** A vehicle that drives on, told outwards: after so many metres, not too often, to whoever has heard of it, and both places each time. */
import { expect, it } from 'vitest'
import { id } from '../../core/brand.ts'
import type { Incident } from '../../core/incident.ts'
import type { SinkSettings } from '../../core/outwards.ts'
import { settle } from '../../testing/fake-clock.ts'
import { sampleIncident } from '../../testing/samples.ts'
import { bench, DOWN, SINK } from './testing.ts'
import type { OutwardPosition } from './view.ts'

const point = { lat: 27.03, lon: 119.61, datum: 'wgs84' as const }
const OWN: SinkSettings = { ...SINK, personal: true }
const CAP: SinkSettings = { ...SINK, format: 'cap', addresses: ['duty@example.org'] }

async function line(sink: SinkSettings = OWN) {
  const made = await bench({ sink })
  const taxi: Incident = sampleIncident({
    ...{ id: id('i1'), number: '1122-0001', sourceKind: 'taxi', position: point, openedAtMs: made.clock.now() },
    subject: { id: id('v1'), kind: 'vehicle', name: '闽J·T0637', address: '临溪平安出租' },
    fix: { point, atMs: made.clock.now(), speedKmh: 30, headingDeg: 90, street: { street: '北环路' } }
  })
  /** Metres to the north of the press. */
  const drive = (metres: number, more: Partial<OutwardPosition> = {}) => {
    const at = { ...point, lat: point.lat + metres / 111_195 }
    made.road.at = { point: at, atMs: made.clock.now(), speedKmh: 42, headingDeg: 0, ...more }
  }
  return { ...made, taxi, drive }
}

it('a webhook has the place of the press and the last one; a vehicle has a firm, and no address', async () => {
  const { step, posts, taxi, drive } = await line()
  drive(120, { street: { street: '滨江路', crossing: '解放路', crossingM: 12 } })
  await step(taxi)
  const { incident } = JSON.parse(posts[0]?.body ?? '{}')
  expect(incident.subject).toEqual({ kind: 'vehicle', name: '闽J·T0637', address: '', firm: '临溪平安出租' })
  expect(incident.position).toEqual(point)
  expect(incident.pressed).toMatchObject({ ...point, speedKmh: 30, headingDeg: 90, street: { street: '北环路' } })
  expect(incident.lastKnown).toMatchObject({ speedKmh: 42, headingDeg: 0, street: { crossing: '解放路' } })
  const bare = await line(SINK)
  bare.drive(120, { street: { street: '滨江路' }, gridCell: '滨江社区' })
  await bare.step(bare.taxi)
  expect(bare.posts[0]?.body).not.toMatch(/滨江路|北环路|临溪平安出租|闽J/)
  expect(JSON.parse(bare.posts[0]?.body ?? '{}').incident.lastKnown).toMatchObject({
    ...{ lat: 27.031, lon: 119.61, gridCell: '滨江社区' }
  })
})

it('every 500 m, and not within a minute of the last word; a car that stands is told no more', async () => {
  const { step, look, clock, said, posts, taxi, drive } = await line()
  await step(taxi)
  drive(499)
  await clock.advance(60_000)
  await look(taxi)
  expect(said()).toEqual(['1122-0001 opened'])
  drive(510)
  await look(taxi)
  drive(1_800)
  await clock.advance(59_999)
  await look(taxi)
  expect(said()).toHaveLength(2)
  await clock.advance(1)
  await look(taxi)
  await clock.advance(600_000)
  await look(taxi)
  expect(said()).toEqual(['opened', 'updated', 'updated'].map(event => `1122-0001 ${event}`))
  const last = JSON.parse(posts[2]?.body ?? '{}')
  expect(last.incident.lastKnown.lat).toBeCloseTo(27.03 + 1_800 / 111_195, 6)
  expect([last.sequence, last.incident.position]).toEqual([3, point])
})

it('a step tells the place, too, and the next word is counted from there', async () => {
  const { step, look, clock, said, taxi, drive } = await line()
  await step(taxi)
  await clock.advance(50_000)
  drive(900)
  await step({ ...taxi, version: 2, state: 'acknowledged' })
  await clock.advance(50_000)
  drive(1_300)
  await look({ ...taxi, version: 2, state: 'acknowledged' })
  expect(said()).toHaveLength(2)
})

it('nobody who has not heard of the incident, while the last word waits, or once it is over; nor the public', async () => {
  const { step, look, clock, said, answers, road, taxi, drive } = await line()
  drive(900)
  await clock.advance(60_000)
  await look(taxi)
  expect(said()).toEqual([])
  answers.push(DOWN)
  await step(taxi)
  await clock.advance(500)
  drive(5_000)
  await look({ ...taxi, openedAtMs: 0 })
  expect(said()).toEqual(['1122-0001 opened'])
  await clock.advance(100_000)
  road.at = undefined
  await look(taxi)
  expect(said()).toHaveLength(2)
  const open = await line({ ...CAP, scope: 'public' })
  const fire = { ...open.taxi, alarmClass: 'fire' as const }
  await open.step(fire)
  open.drive(5_000)
  await open.clock.advance(100_000)
  await open.look(fire)
  expect(open.posts).toHaveLength(1)
})

it('nothing while a step is being stored: its place would come after the end, under the name of before', async () => {
  const { step, look, clock, said, outbox, road, taxi, drive } = await line(CAP)
  await step(taxi)
  await clock.advance(60_000)
  road.at = undefined
  const end = outbox().join({ incidents: [{ ...taxi, version: 2, state: 'resolved', disposition: 'false-misuse' }] })
  drive(900)
  await look(taxi)
  expect(said()).toHaveLength(1)
  end.undone()
  await look(taxi)
  expect(said()).toHaveLength(2)
})

it('what could not be stored was not told: the next look tells it, and so does the look after a step that failed', async () => {
  const { step, look, clock, said, state, outbox, taxi, drive } = await line()
  await step(taxi)
  await clock.advance(60_000)
  drive(900)
  state.failing = true
  await expect(look(taxi)).rejects.toThrow('disk full')
  outbox()
    .join({ incidents: [{ ...taxi, version: 2, state: 'acknowledged' }] })
    .undone()
  state.failing = false
  await look(taxi)
  expect(said()).toEqual(['1122-0001 opened', '1122-0001 updated'])
})

it('a place that is stored after its sink was taken out is a dead letter, also on disk', async () => {
  const sink = { ...OWN }
  const { step, clock, rows, store, outbox, taxi, drive } = await line(sink)
  await step(taxi)
  await clock.advance(60_000)
  drive(900)
  const moved = outbox().moved(taxi)
  await store.commit({ documents: moved?.rows ?? [] })
  Object.assign(sink, { name: 'other' })
  moved?.durable()
  await settle()
  const kept = [...rows].filter(([key]) => key.startsWith('outbox.item')).map(([, body]) => body)
  for (const items of [outbox().items('city'), kept])
    expect(items).toMatchObject([{ state: 'dead', error: 'sinkGone' }])
})

it('CAP: an Update under a name of its own, which the next message of the incident names as well', async () => {
  const { step, look, clock, posts, taxi, drive } = await line(CAP)
  await step(taxi)
  await clock.advance(60_000)
  drive(900)
  await look(taxi)
  await step({ ...taxi, version: 2, state: 'acknowledged' })
  const tag = (name: string) => posts.map(({ body }) => new RegExp(`<${name}>([^<]*)<`).exec(body)?.[1])
  const [, moved] = tag('identifier')
  expect(moved).toMatch(/^i1\.1\.\d+$/)
  expect(tag('msgType')).toEqual(['Alert', 'Update', 'Update'])
  expect(tag('references')[2]).toContain(`,${moved},`)
  const circles = posts.map(({ body }) => [...body.matchAll(/<circle>([^<]*)</g)].map(each => each[1]))
  const both = ['27.03,119.61 0.1', '27.038,119.61 0.1']
  expect(circles).toEqual([
    ['27.03,119.61 0.1', '27.03,119.61 0.1'],
    [...both, ...both],
    [...both, ...both]
  ])
})

it('counted like any other message, over a kill right after it was stored; of a place that is not stored no number is gone', async () => {
  const { step, look, clock, sequences, state, restart, sender, taxi, drive } = await line()
  await step(taxi)
  await clock.advance(60_000)
  drive(900)
  state.failing = true
  await expect(look(taxi)).rejects.toThrow('disk full')
  state.failing = false
  sender().pause(true)
  await look(taxi)
  await restart()
  await step({ ...taxi, version: 2, state: 'acknowledged' })
  expect(sequences()).toEqual([1, 2, 3])
})

it('CAP: the place that was told is still named after a restart', async () => {
  const { step, look, clock, posts, restart, taxi, drive } = await line(CAP)
  await step(taxi)
  await clock.advance(60_000)
  drive(900)
  await look(taxi)
  await restart()
  await step({ ...taxi, version: 2, state: 'acknowledged' })
  const [, moved] = posts.map(({ body }) => /<identifier>([^<]*)</.exec(body)?.[1])
  expect(/<references>([^<]*)</.exec(posts[2]?.body ?? '')?.[1]).toContain(`,${moved},`)
})
