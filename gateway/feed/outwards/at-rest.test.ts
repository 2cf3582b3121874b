/** A sink that is switched off, taken out, made anew or set otherwise while messages wait and incidents are open. */
import { expect, it } from 'vitest'
import type { SinkSettings } from '../../core/outwards.ts'
import { settle } from '../../testing/fake-clock.ts'
import { sampleIncident } from '../../testing/samples.ts'
import { bench, SINK } from './testing.ts'

const incident = (over = {}) => sampleIncident({ number: '1122-0001', ...over })

const kept = (line: Awaited<ReturnType<typeof bench>>) =>
  [...line.rows].filter(([key]) => key.startsWith('outbox.thread')).map(([, body]) => body)
const threads = (line: Awaited<ReturnType<typeof bench>>) =>
  [...line.rows.keys()].filter(key => key.startsWith('outbox.thread'))
const goes = async (line: Awaited<ReturnType<typeof bench>>) => {
  const { rows, durable } = line.outbox().orphanRows('city')
  await line.store.commit({ documents: rows })
  durable()
}

it('made anew under its name it is a new receiver: it hears of what is open from the beginning, under numbers above those it had', async () => {
  const line = await bench()
  const first = incident()
  await line.step(first)
  await line.step({ ...first, version: 2, presses: 2 })
  await goes(line)
  expect(kept(line)).toEqual([{ references: [], digest: '', sequence: 2 }])
  await line.step({ ...first, version: 3 })
  expect(line.said()).toEqual(['opened', 'updated', 'opened'].map(event => `1122-0001 ${event}`))
  expect(line.sequences()).toEqual([1, 2, 3])
  await line.step({ ...first, version: 4, state: 'closed', disposition: 'real-police' })
  expect(threads(line)).toEqual([])
})

it('taken out of the configuration: from the next start on only the count is kept of what it was told, until the incident is filed', async () => {
  const sink = { ...SINK }
  const line = await bench({ sink })
  const first = incident()
  await line.step(first)
  Object.assign(sink, { name: 'other' })
  await line.restart()
  expect(kept(line)).toEqual([{ references: [], digest: '', sequence: 1 }])
  await line.restart()
  await line.step({ ...first, version: 2, state: 'closed', disposition: 'real-police' })
  expect(threads(line)).toEqual([])
})

it('a thread ends with its incident, also where it was taken back before that', async () => {
  const line = await bench()
  const first = incident()
  await line.step(first)
  await line.step({ ...first, version: 2, state: 'resolved', disposition: 'false-equipment' })
  await line.step({ ...first, version: 3, state: 'closed', disposition: 'false-equipment' })
  expect(line.said()).toEqual(['1122-0001 opened', '1122-0001 cancelled'])
  expect(threads(line)).toEqual([])
})

it('what is filed while it is disabled leaves nothing behind, over a restart too; what is open goes on where it was', async () => {
  const sink = { ...SINK }
  const line = await bench({ sink })
  const [a, b] = [incident({ number: 'A' }), incident({ number: 'B' })]
  await line.step(a)
  await line.step(b)
  Object.assign(sink, { enabled: false })
  await line.restart()
  await line.step({ ...a, version: 2, state: 'closed', disposition: 'real-police' })
  await line.step({ ...b, version: 2, state: 'acknowledged' })
  expect(threads(line)).toEqual([`outbox.thread\n${b.id}/city`])
  Object.assign(sink, { enabled: true })
  await line.restart()
  await line.step({ ...b, version: 3, state: 'verifying' })
  expect(line.said()).toEqual(['A opened', 'B opened', 'B updated'])
})

it('a step that becomes durable after its sink was taken out is a dead letter and leaves only its count, also on disk', async () => {
  const sink = { ...SINK }
  const line = await bench({ sink })
  const { change, durable } = line.outbox().join({ incidents: [incident()] })
  Object.assign(sink, { name: 'other' })
  await goes(line)
  await line.store.commit(change)
  durable()
  await settle()
  const stored = [...line.rows].filter(([key]) => key.startsWith('outbox.item')).map(([, body]) => body)
  const counts = kept(line)
  for (const items of [line.outbox().items('city'), stored])
    expect(items).toMatchObject([{ event: 'opened', state: 'dead', error: 'sinkGone' }])
  expect(counts).toEqual([{ references: [], digest: '', sequence: 1 }])
})

it.each(['json', 'cap'] as const)(
  'names and telephones no longer meant for it: what waits goes without them (%s)',
  async format => {
    const sink: SinkSettings = { ...SINK, format, addresses: ['duty@example.org'], personal: true }
    const line = await bench({ sink })
    const first = incident()
    const { name } = first.subject
    line.sender().pause(true)
    await line.step(first)
    expect(line.outbox().items('city')[0]?.body).toContain(name)
    Object.assign(sink, { personal: false })
    await line.restart()
    expect(line.posts).toHaveLength(1)
    expect(line.posts[0]?.body).toContain('1122-0001')
    expect(line.posts[0]?.body).not.toContain(name)
  }
)

const CAP: SinkSettings = { ...SINK, format: 'cap', addresses: ['duty@example.org'] }
const names = [true, false] as const

it.each(names)(
  'rows of a version that did not say what they were made for: one with names is given up, also when it is sent again by hand (%s)',
  async personal => {
    const sink: SinkSettings = { ...CAP, personal }
    const line = await bench({ sink })
    line.sender().pause(true)
    await line.store.commit({ incidents: [incident({ id: 'i-old' })] })
    await line.step(incident({ id: 'i-old' }))
    const [item] = line.outbox().items('city')
    if (!item) throw new Error('nothing waits')
    const { madeFor: _, impersonal: __, ...old } = item
    line.rows.set(`outbox.item\n${item.key}`, old)
    Object.assign(sink, { personal: false })
    await line.restart()
    expect(line.posts).toHaveLength(personal ? 0 : 1)
    if (!personal) return
    const again = { ...line.outbox().items('city')[0], state: 'waiting', nextAtMs: 0 } as typeof item
    expect(line.outbox().items('city')).toMatchObject([{ state: 'dead', error: 'sinkChanged' }])
    line.outbox().put(again)
    line.sender().kick()
    await settle()
    expect(line.posts).toEqual([])
    expect(line.outbox().items('city')).toMatchObject([{ state: 'dead', error: 'sinkChanged' }])
  }
)

it('a CAP sink that is public now is not sent what waits from when it was private, and hears of a panic no more', async () => {
  const sink: SinkSettings = { ...CAP }
  const line = await bench({ sink })
  const [panic, fire] = [incident({ number: 'PANIC' }), incident({ number: 'FIRE', alarmClass: 'fire' as const })]
  await line.step(panic)
  await line.step(fire)
  line.sender().pause(true)
  await line.step({ ...panic, version: 2, state: 'acknowledged', presses: 2 })
  Object.assign(sink, { scope: 'public' })
  await line.restart()
  expect(line.outbox().items('city')).toMatchObject([{ number: 'PANIC', state: 'dead', error: 'sinkChanged' }])
  await line.step({ ...panic, version: 3, presses: 3 })
  await line.step({ ...fire, version: 2, presses: 2 })
  expect(line.posts.map(({ event, body }) => [event, /<scope>(\w+)/.exec(body)?.[1], body.includes('PANIC')])).toEqual([
    ['opened', 'Private', true],
    ['opened', 'Private', false],
    // Of what it may hear it hears from the beginning.
    ['opened', 'Public', false]
  ])
  await line.step({ ...panic, version: 4, state: 'closed', disposition: 'real-police' })
  await line.step({ ...fire, version: 3, state: 'closed', disposition: 'real-fire' })
  expect(threads(line)).toEqual([])
})
