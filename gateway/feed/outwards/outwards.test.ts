/** Queue, order, retries, breaker and dead letters, with a store, a clock and a sink of the test's own. */
import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { id } from '../../core/brand.ts'
import type { Incident } from '../../core/incident.ts'
import type { SinkSettings } from '../../core/outwards.ts'
import { createFakeClock, settle } from '../../testing/fake-clock.ts'
import { silentLog } from '../../testing/fake-host.ts'
import { sampleIncident } from '../../testing/samples.ts'
import { createBreaker } from './breaker.ts'
import type { Item } from './item.ts'
import { signedHeaders } from './message.ts'
import { createOutbox } from './outbox.ts'
import { createSender } from './sender.ts'
import { bench, DOWN, fakeStore, RULES, SETTINGS, SINK, SITE, TAKEN } from './testing.ts'

const incident = (over: Partial<Incident> = {}) => sampleIncident({ number: '1122-0001', ...over })

it('opened, updated, resolved, closed: each once, and nothing where nothing was said that is new', async () => {
  const { step, said } = await bench()
  const first = incident()
  await step(first)
  await step({ ...first, version: 2, rings: 2, evidence: [] })
  await step({ ...first, version: 3, state: 'acknowledged' })
  await step({ ...first, version: 4, state: 'resolved', disposition: 'real-police' })
  await step({ ...first, version: 5, state: 'closed', disposition: 'real-police' })
  await step({ ...first, version: 6, state: 'closed', disposition: 'real-police', presses: 2 })
  expect(said()).toEqual(['opened', 'updated', 'resolved', 'closed'].map(event => `1122-0001 ${event}`))
})

it('numbers count what one sink is told of one incident: no step that says nothing, none that fails and no restart takes one', async () => {
  const { step, sequences, restart, said } = await bench()
  const [a, b] = [incident({ number: 'A' }), incident({ number: 'B', version: 7 })]
  await step(a)
  await step(b)
  await step({ ...a, version: 2, rings: 2, evidence: [] })
  await step({ ...a, version: 3, presses: 2 }, { conflict: true })
  await restart()
  await step({ ...a, version: 3, presses: 3 })
  await step({ ...a, version: 9, state: 'resolved', disposition: 'false-misuse' })
  await step({ ...a, version: 10, state: 'acknowledged' })
  const numbered = said().map((words, n) => `${words} ${sequences()[n]}`)
  expect(numbered).toEqual(['A opened 1', 'B opened 1', 'A updated 2', 'A cancelled 3', 'A opened 4'])
})

it('an incident that is open since a version that sent its own version goes on above that', async () => {
  const { step, sequences, restart, rows } = await bench()
  const a = incident({ version: 5 })
  await step(a)
  const [key, { sequence: _, ...thread }] = [...rows].find(([each]) => each.startsWith('outbox.thread')) as [
    string,
    { sequence: number }
  ]
  rows.set(key, thread)
  await restart()
  await step({ ...a, version: 6, presses: 2 })
  await step({ ...a, version: 9, presses: 3 })
  expect(sequences().slice(1)).toEqual([7, 8])
})

it('a sink that was not told of the beginning is not told of the end; one that was hears it at any priority', async () => {
  const { step, said } = await bench({ sink: { ...SINK, lowestPriority: 2, classes: ['panic'] } })
  await step(incident({ state: 'resolved', disposition: 'test' }))
  await step(incident({ priority: 3, number: '1122-0002' }))
  await step(incident({ alarmClass: 'fire', number: '1122-0003' }))
  const known = incident({ number: '1122-0004' })
  await step(known)
  await step({ ...known, version: 2, priority: 4 })
  expect(said()).toEqual(['1122-0004 opened', '1122-0004 updated'])
})

it('references of CAP: all that was said of the incident, over a restart; after a cancellation it begins anew', async () => {
  const cap: SinkSettings = { ...SINK, format: 'cap', addresses: ['duty@example.org'] }
  const { step, posts, restart } = await bench({ sink: cap })
  const first = incident({ id: id('i1') })
  await step(first)
  await step({ ...first, version: 2, state: 'acknowledged' })
  await restart()
  await step({ ...first, version: 3, state: 'resolved', disposition: 'false-misuse' })
  await step({ ...first, version: 4, state: 'acknowledged' })
  const tags = posts.map(({ body }) => ({
    type: /<msgType>(.*)<\/msgType>/.exec(body)?.[1],
    references: [...(/<references>(.*)<\/references>/.exec(body)?.[1] ?? '').matchAll(/,(i1\.\d),/g)].map(m => m[1])
  }))
  expect(tags).toEqual([
    { type: 'Alert', references: [] },
    { type: 'Update', references: ['i1.1'] },
    { type: 'Cancel', references: ['i1.1', 'i1.2'] },
    { type: 'Alert', references: [] }
  ])
})

it('one incident in order, another one not held up; the same delivery id over every try', async () => {
  const { step, clock, posts, answers, said } = await bench()
  const a = incident({ number: 'A' })
  const b = incident({ number: 'B' })
  answers.push(DOWN)
  await step(a)
  await step({ ...a, version: 2, state: 'acknowledged' })
  await step(b)
  expect(said()).toEqual(['A opened', 'B opened'])
  await clock.advance(999)
  expect(said()).toHaveLength(2)
  await clock.advance(1)
  expect(said()).toEqual(['A opened', 'B opened', 'A opened', 'A updated'])
  expect(posts[2]?.delivery).toBe(posts[0]?.delivery)
})

it('a kill before, during and after a try loses nothing and keeps the order', async () => {
  const { step, posts, answers, said, restart, outbox } = await bench()
  const a = incident({ number: 'A' })
  answers.push(new Promise(() => {}))
  await step(a)
  await step({ ...a, version: 2, state: 'acknowledged' })
  await restart()
  expect(said()).toEqual(['A opened', 'A opened', 'A updated'])
  expect(posts[1]?.delivery).toBe(posts[0]?.delivery)
  await restart()
  expect(said()).toHaveLength(3)
  expect(outbox().log.map(each => each.event)).toEqual(['opened', 'updated'])
})

it('a step that is not stored tells nobody', async () => {
  const { state, said, step } = await bench()
  state.failing = true
  await expect(step(incident())).rejects.toThrow('disk full')
  state.failing = false
  const other = incident({ number: 'B' })
  await step(other)
  expect(said()).toEqual(['B opened'])
})

it('after failures in a row a sink is left alone, then tried with one message; what it missed follows', async () => {
  const { step, clock, now, said, downs, sender } = await bench()
  now.answer = DOWN
  for (const number of ['A', 'B', 'C', 'D', 'E']) await step(incident({ number }))
  expect(said()).toEqual(['A opened', 'B opened', 'C opened'])
  expect(sender().view()).toMatchObject({ state: 'open', error: 'ECONNREFUSED' })
  await clock.advance(29_999)
  expect(said()).toHaveLength(3)
  await clock.advance(1)
  expect(said()).toHaveLength(4)
  now.answer = TAKEN
  await clock.advance(59_999)
  expect(said()).toHaveLength(4)
  await clock.advance(1)
  expect([...new Set(said().slice(4))].sort()).toEqual(['A', 'B', 'C', 'D', 'E'].map(n => `${n} opened`))
  expect(said()).toHaveLength(9)
  expect(downs).toEqual(['ECONNREFUSED', undefined])
  expect(sender().view().state).toBe('ready')
})

it.each([-3_600_000, 3_600_000])(
  'a clock that is set by %i ms puts off no try and no pause of the breaker',
  async byMs => {
    const { step, clock, now, said } = await bench()
    now.answer = DOWN
    await step(incident({ number: 'A' }))
    clock.set(byMs)
    await clock.advance(1_000)
    expect(said()).toEqual(['A opened', 'A opened'])
    for (const number of ['B', 'C']) await step(incident({ number }))
    const tries = said().length
    clock.set(byMs)
    await clock.advance(29_900)
    expect(said()).toHaveLength(tries)
    now.answer = TAKEN
    await clock.advance(100)
    expect([...new Set(said().slice(tries))].sort()).toEqual(['A opened', 'B opened', 'C opened'])
  }
)

it('what a sink will never take is given up at once, what fails for too long later; the next of the incident follow', async () => {
  const { step, clock, answers, now, said, outbox, restart } = await bench()
  const a = incident({ number: 'A' })
  answers.push({ kind: 'refused', status: 422 })
  await step(a)
  await step({ ...a, version: 2, state: 'acknowledged' })
  expect(said()).toEqual(['A opened', 'A updated'])
  now.answer = DOWN
  await step({ ...a, version: 3, state: 'verifying' })
  await clock.advance(SETTINGS.giveUpMs + SETTINGS.retryMaxMs)
  const dead = () =>
    outbox()
      .items('city')
      .map(each => [each.event, each.state, each.error])
  expect(dead()).toEqual([
    ['opened', 'dead', 'HTTP 422'],
    ['updated', 'dead', 'ECONNREFUSED']
  ])
  await restart()
  expect(dead()).toHaveLength(2)
})

it('a receiver that asks for time gets it', async () => {
  const { step, clock, answers, said } = await bench()
  answers.push({ kind: 'failed', status: 429, error: 'HTTP 429', retryAfterMs: 20_000 })
  await step(incident({ number: 'A' }))
  await clock.advance(19_999)
  expect(said()).toHaveLength(1)
  await clock.advance(1)
  expect(said()).toHaveLength(2)
})

it('without a secret nothing leaves; with one what waited does', async () => {
  const { step, clock, now, said, sender } = await bench()
  now.secret = undefined
  await step(incident({ number: 'A' }))
  expect(said()).toEqual([])
  expect(sender().view().state).toBe('noSecret')
  now.secret = 'now there is one'
  await clock.advance(2_000)
  expect(said()).toEqual(['A opened'])
})

it('paused: it waits and is kept; the queue is bounded, the oldest is given up', async () => {
  const { step, said, sender, outbox, rows } = await bench({ queueMax: 3 })
  sender().pause(true)
  for (const number of ['A', 'B', 'C', 'D', 'E']) await step(incident({ number }))
  const states = () =>
    outbox()
      .items('city')
      .map((each: Item) => `${each.number} ${each.state} ${each.error ?? ''}`.trim())
  expect(states()).toEqual(['A dead queueFull', 'B dead queueFull', 'C waiting', 'D waiting', 'E waiting'])
  for (const number of ['F', 'G', 'H', 'I']) await step(incident({ number }))
  expect(states()).toHaveLength(7)
  expect([...rows.keys()].filter(key => key.startsWith('outbox.item'))).toHaveLength(7)
  sender().pause(false)
  await settle()
  expect(said().map(each => each[0])).toEqual(['G', 'H', 'I'])
})

it('what waits for a sink that the configuration does not name any more is given up, not lost', async () => {
  const { step, sender, outbox, store, clock } = await bench()
  sender().pause(true)
  await step(incident({ number: 'A' }))
  const later = await createOutbox({ store, clock, site: SITE, sinks: () => [], queueMax: 10, contacts: RULES })
  expect(later.items('city').map(each => [each.state, each.error])).toEqual([['dead', 'sinkGone']])
  expect(outbox().items('city')).toHaveLength(1)
})

it('the signature is HMAC-SHA-256 over time stamp and body', () => {
  const item = { id: 'd1', event: 'opened', contentType: 'application/json', body: '{"v":1,"名":"陈"}' }
  const headers = signedHeaders('secret', item, 1_700_000_000_999)
  const mac = createHmac('sha256', 'secret').update('1700000000.{"v":1,"名":"陈"}', 'utf8').digest('hex')
  expect(headers).toMatchObject({ 'x-pingan-timestamp': '1700000000', 'x-pingan-signature': `sha256=${mac}` })
})

it('failures that were under way when the breaker opened do not lengthen its pause', () => {
  const breaker = createBreaker({ failures: 2, pauseMs: 1_000, maxPauseMs: 4_000 })
  for (let i = 0; i < 6; i++) breaker.wrong(0)
  expect(breaker.retryAtMs).toBe(1_000)
  expect([breaker.allowed(999, 4), breaker.allowed(1_000, 4)]).toEqual([0, 1])
  breaker.wrong(1_000)
  expect(breaker.retryAtMs).toBe(3_000)
})

it('of thousands that wait only the first are looked at for each that leaves', async () => {
  const { store } = fakeStore()
  const clock = createFakeClock()
  const outbox = await createOutbox({ store, clock, site: SITE, sinks: () => [SINK], queueMax: 5_000, contacts: RULES })
  const count = 2_000
  for (let n = 0; n < count; n++) outbox.join({ incidents: [incident({ number: `N${n}` })] }).durable()
  let looked = 0
  const sent: string[] = []
  const counted = {
    ...outbox,
    items: () => [],
    *waiting(name: string) {
      for (const item of outbox.waiting(name)) {
        looked++
        yield item
      }
    }
  }
  const sender = createSender({
    ...{ sink: SINK, outbox: counted, store, clock, log: silentLog, settings: SETTINGS, random: () => 0.5 },
    ...{ secret: async () => 'a secret', onState: () => undefined, post: async () => TAKEN },
    onDelivered: item => void sent.push(item.number)
  })
  sender.kick()
  for (let turns = 0; sent.length < count && turns < count; turns++) await settle()
  expect(sent).toEqual(Array.from({ length: count }, (_, n) => `N${n}`))
  expect(looked).toBeLessThan(count * 10)
  await sender.stop()
})
