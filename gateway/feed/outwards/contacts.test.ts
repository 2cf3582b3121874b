/** Messages to a household's contacts: who agreed, in order, once, not before the key of duress could be pressed, and taken back when nobody is to be told any more. */
import { describe, expect, it } from 'vitest'
import type { ContactRound, ContactState } from '../../core/contact-round.ts'
import type { Incident } from '../../core/incident.ts'
import type { SinkSettings } from '../../core/outwards.ts'
import { settle } from '../../testing/fake-clock.ts'
import { sampleIncident } from '../../testing/samples.ts'
import { bench, DOWN, RULES, SETTINGS, SINK, TAKEN } from './testing.ts'

const CONTACTS: SinkSettings = { ...SINK, name: 'sms', format: 'contacts' }
const agreed = { messageConsent: '2026-11-01' }
const PEOPLE = [
  { name: '林晓', relation: '女儿', phone: '139 0000 0001', ...agreed },
  { name: '林英', relation: '儿子', phone: '13900000002' },
  { name: '林洁', relation: '侄女', phone: '13900000003', ...agreed },
  // One telephone of two contacts, and the household's own.
  { name: '林洁家', relation: '侄女', phone: '139-0000-0003', ...agreed },
  { name: '陈桂芳', relation: '本人', phone: '6650147', ...agreed }
]
const setup = (sink: Partial<SinkSettings> = {}) => bench({ sink: { ...CONTACTS, ...sink } })
const called = (atMs: number, over: Partial<Incident> = {}): Incident => {
  const base = sampleIncident({ number: '1122-0001', alarmClass: 'help', priority: 2 })
  const subject = {
    ...base.subject,
    kind: 'household' as const,
    name: '陈桂芳',
    address: '杏花巷 16 号',
    phone: '6650147'
  }
  return {
    ...base,
    ...{ subject: { ...subject, medicalNote: '高血压', accessNote: '钥匙在门卫', contacts: PEOPLE } },
    ...{ openedAtMs: atMs, pressTimesMs: [atMs], position: { lat: 27.1, lon: 119.6, datum: 'wgs84' as const } },
    ...over
  }
}
type Bench = Awaited<ReturnType<typeof setup>>
const told = ({ posts }: Bench) => posts.map(({ body }) => (JSON.parse(body) as { to?: { name: string } }).to?.name)

describe('on opening', () => {
  it('what is taken back while the key of the sink is being fetched does not leave', async () => {
    const line = await setup()
    const first = called(line.clock.now())
    await line.step(first)
    const { promise, resolve } = Promise.withResolvers<string>()
    line.now.secret = promise as never
    await line.clock.advance(RULES.afterMs)
    await line.step({ ...first, version: 2, duress: true, priority: 1 })
    resolve('a secret of the test')
    await settle()
    expect(told(line)).toEqual([])
  })

  it('who calls for help himself is not told while he does, not even while the key is fetched; the others are, and he is afterwards', async () => {
    const line = await setup()
    await line.step(called(line.clock.now()))
    const { promise, resolve } = Promise.withResolvers<string>()
    line.now.secret = promise as never
    await line.clock.advance(RULES.afterMs)
    line.now.calling = '139 0000 0001'
    line.now.secret = 'a secret of the test'
    resolve('a secret of the test')
    await settle()
    expect(told(line)).toEqual(['林洁'])
    line.sender().hurry()
    await line.clock.advance(60_000)
    await line.sender().stop()
    await line.restart()
    await line.clock.advance(60_000)
    expect(told(line)).toEqual(['林洁'])
    line.now.calling = ''
    await line.clock.advance(60_000)
    expect(told(line)).toEqual(['林洁', '林晓'])
  })

  it('to a contact who calls for help himself waits as long as any other is tried, then is given up and listed', async () => {
    const line = await setup()
    await line.step(called(line.clock.now()))
    line.now.calling = '139 0000 0001'
    await line.clock.advance(RULES.afterMs + SETTINGS.giveUpMs - 31_000)
    const states = () =>
      line
        .outbox()
        .items('sms')
        .map(({ state, error }) => [state, error])
    expect(states()).toEqual([['waiting', undefined]])
    await line.clock.advance(62_000)
    expect(states()).toEqual([['dead', 'contactCalling']])
    line.now.calling = ''
    await line.clock.advance(3_600_000)
    expect(told(line)).toEqual(['林洁'])
  })

  it('taken back, and opened again: who was not told yet is told once, who was is not told again', async () => {
    const line = await setup()
    const first = called(line.clock.now())
    line.answers.push(TAKEN)
    line.now.answer = DOWN
    await line.step(first)
    await line.clock.advance(RULES.afterMs)
    // 林晓 has it, 林洁 was tried in vain.
    expect(line.delivered.map(({ contact }) => contact?.name)).toEqual(['林晓'])
    await line.step({ ...first, version: 2, state: 'resolved', disposition: 'real-other' })
    expect(line.outbox().items('sms')).toEqual([])
    line.now.answer = TAKEN
    await line.step({ ...first, version: 3, state: 'acknowledged' })
    await line.step({ ...first, version: 4, state: 'verifying' })
    await line.clock.advance(60_000)
    expect(line.delivered.map(({ contact }) => contact?.name)).toEqual(['林晓', '林洁'])
    // Filed, nothing of it is kept.
    await line.step({ ...first, version: 5, state: 'closed', disposition: 'real-other' })
    expect([...line.rows.keys()].filter(key => key.startsWith('outbox.thread'))).toEqual([])
  })

  it('taken back while it was under way, and arrived all the same: he is not told again', async () => {
    const line = await setup()
    const first = called(line.clock.now())
    const { promise, resolve } = Promise.withResolvers<typeof TAKEN>()
    line.answers.push(promise)
    await line.step(first)
    await line.clock.advance(RULES.afterMs)
    await line.step({ ...first, version: 2, state: 'resolved', disposition: 'real-other' })
    resolve(TAKEN)
    await settle()
    await line.sender().stop()
    await line.restart()
    await line.step({ ...first, version: 3, state: 'acknowledged' })
    await line.clock.advance(60_000)
    expect(told(line)).toEqual(['林晓', '林洁'])
  })

  it('taken back before anybody was told, and opened again: all are told once', async () => {
    const line = await setup()
    const first = called(line.clock.now())
    await line.step(first)
    await line.step({ ...first, version: 2, state: 'resolved', disposition: 'false-misuse' })
    await line.step({ ...first, version: 3, state: 'acknowledged' })
    await line.clock.advance(RULES.afterMs)
    expect(told(line)).toEqual(['林晓', '林洁'])
  })

  it('who agreed is told, in order, after the time for the key of duress, with what he needs and nothing else', async () => {
    const line = await setup()
    const first = called(line.clock.now())
    await line.step(first)
    await line.clock.advance(RULES.afterMs - 1)
    expect(told(line)).toEqual([])
    await line.clock.advance(1)
    expect(told(line)).toEqual(['林晓', '林洁'])
    const body = JSON.parse(line.posts[0]?.body ?? '')
    expect(body).toMatchObject({
      ...{ v: 1, event: 'contact', site: 'linxi', status: 'actual' },
      to: { name: '林晓', relation: '女儿', phone: '139 0000 0001', place: 1 },
      incident: { number: '1122-0001', what: 'help' },
      household: { name: '陈桂芳', address: '杏花巷 16 号' }
    })
    expect(body.text).toContain('陈桂芳（杏花巷 16 号）：一键求助')
    expect(Object.keys(body).sort()).toEqual([
      'at',
      'delivery',
      'event',
      'household',
      'incident',
      'site',
      'status',
      'text',
      'to',
      'v'
    ])
    expect(line.posts.map(each => each.body).join('')).not.toMatch(/高血压|钥匙|27\.1|林英/)
    expect(line.posts[0]?.body).not.toContain('13900000003')
    expect(line.audit.map(({ action, object, detail }) => [action, object, detail])).toEqual(
      [1, 3].map(contact => ['contact.told', 'incident:1122-0001', { sink: 'sms', contact }])
    )
    expect(line.delivered.map(item => item.contact)).toEqual([
      { place: 1, name: '林晓', relation: '女儿' },
      { place: 3, name: '林洁', relation: '侄女' }
    ])
  })

  it('never twice: not by further presses, a restart, or an incident that is opened again', async () => {
    const line = await setup()
    const first = called(line.clock.now())
    await line.step(first)
    await line.clock.advance(RULES.afterMs)
    await line.step({ ...first, version: 2, presses: 2, pressTimesMs: [...first.pressTimesMs, line.clock.now()] })
    await line.restart()
    await line.step({ ...first, version: 3, state: 'resolved', disposition: 'real-other' })
    await line.step({ ...first, version: 4, state: 'acknowledged' })
    await line.clock.advance(600_000)
    expect(told(line)).toEqual(['林晓', '林洁'])
    // Of the next incident they are told.
    await line.step(called(line.clock.now(), { number: '1122-0002' }))
    await line.clock.advance(RULES.afterMs)
    expect(told(line)).toEqual(['林晓', '林洁', '林晓', '林洁'])
  })

  it('duress takes back what waits, is being tried or was given up, also over a restart; nobody can have it sent', async () => {
    const line = await setup()
    line.now.answer = DOWN
    const first = called(line.clock.now())
    await line.step(first)
    await line.clock.advance(RULES.afterMs)
    expect(told(line)).toEqual(['林晓', '林洁'])
    // The second try is on its way when the mark comes.
    const { promise, resolve } = Promise.withResolvers<typeof DOWN>()
    line.answers.push(promise)
    await line.clock.advance(2_000)
    expect(told(line)).toEqual(['林晓', '林洁', '林晓'])
    await line.step({ ...first, version: 2, duress: true, priority: 1 })
    resolve(DOWN)
    line.now.answer = TAKEN
    await line.clock.advance(SETTINGS.giveUpMs)
    line.sender().hurry()
    await line.restart()
    await line.step({ ...first, version: 3, duress: true, presses: 2 })
    await line.clock.advance(SETTINGS.giveUpMs)
    expect(told(line)).toEqual(['林晓', '林洁', '林晓'])
    expect(line.outbox().items('sms')).toEqual([])
    expect(line.audit.filter(each => each.action === 'contact.takenBack')).toHaveLength(2)
  })

  it.each([{ enabled: false }, { name: 'other' }])(
    'duress takes back what waits at a sink that is off or gone (%j): on again, it tells nobody',
    async atRest => {
      const sink = { ...CONTACTS }
      const line = await bench({ sink })
      const first = called(line.clock.now())
      await line.step(first)
      Object.assign(sink, atRest)
      await line.step({ ...first, version: 2, duress: true, priority: 1 })
      Object.assign(sink, { enabled: true, name: 'sms' })
      await line.clock.advance(RULES.afterMs)
      line.sender().hurry()
      await line.clock.advance(SETTINGS.giveUpMs)
      expect(told(line)).toEqual([])
      expect(line.outbox().items('sms')).toEqual([])
    }
  )

  it('a duress from the first press on tells nobody', async () => {
    const line = await setup()
    await line.step(called(line.clock.now(), { duress: true, alarmClass: 'duress' }))
    await line.clock.advance(600_000)
    expect(line.posts).toEqual([])
  })

  it('a step that did not happen takes nothing back', async () => {
    const line = await setup()
    const first = called(line.clock.now())
    await line.step(first)
    await line.step({ ...first, version: 2, state: 'resolved', disposition: 'test' }, { conflict: true })
    await line.clock.advance(RULES.afterMs)
    expect(told(line)).toEqual(['林晓', '林洁'])
  })

  it('resolved before its time: nobody is told; an administrator who tries the line sends nothing early', async () => {
    const line = await setup()
    const first = called(line.clock.now())
    await line.step(first)
    line.sender().hurry()
    await line.clock.advance(1_000)
    await line.step({ ...first, version: 2, state: 'resolved', disposition: 'false-misuse' })
    await line.clock.advance(600_000)
    expect(line.posts).toEqual([])
  })

  it.each([
    ['another class', { alarmClass: 'trouble', priority: 4 }],
    ['a stored event of long ago', { aged: true }],
    ['less urgent than told of', { priority: 5 }],
    ['pressed long before', { openedAtMs: -700_000, pressTimesMs: [-700_000] }]
  ] as const)('%s: nobody is told', async (_what, over) => {
    const line = await setup()
    await line.step({ ...called(line.clock.now()), ...over })
    await line.clock.advance(600_000)
    expect(line.posts).toEqual([])
  })

  it('an incident that becomes a call for help is told then; classes of the sink come before those of the automatic call', async () => {
    const line = await setup({ classes: ['panic'] })
    const first = called(line.clock.now(), { alarmClass: 'trouble', priority: 4 })
    await line.step(first)
    await line.clock.advance(60_000)
    const pressed = { pressTimesMs: [line.clock.now()] }
    await line.step({ ...first, version: 2, alarmClass: 'panic', priority: 1, ...pressed })
    expect(told(line)).toEqual([])
    await line.clock.advance(RULES.afterMs)
    expect(told(line)).toEqual(['林晓', '林洁'])
  })

  it('each is tried in order, whoever cannot be told keeps the next one from nothing; a sink that is no sink of contacts never hears of one', async () => {
    const line = await setup()
    line.now.answer = DOWN
    await line.step(called(line.clock.now()))
    await line.clock.advance(RULES.afterMs + 5_000)
    expect(told(line).slice(0, 2)).toEqual(['林晓', '林洁'])
    await line.sender().stop()
    await line.restart()
    line.now.answer = TAKEN
    await line.clock.advance(120_000)
    expect(line.delivered.map(({ contact }) => contact?.name).toSorted()).toEqual(['林晓', '林洁'])
    const city = await bench({ sink: { ...SINK, personal: true } })
    await city.step(called(city.clock.now()))
    expect(city.posts).toHaveLength(1)
    expect(city.posts[0]?.body).not.toMatch(/林晓|13900000003|contact/)
  })
})

describe('where the automatic call did not reach', () => {
  const round = (states: readonly ContactState[], end?: ContactRound['end']): ContactRound => ({
    startedAtMs: 0,
    ...(end ? { end, endedAtMs: 1 } : {}),
    contacts: PEOPLE.slice(0, 3).map(({ name, relation, phone }, index) => ({
      ...{ name, relation, number: phone.replace(/\s/g, ''), tries: 1, state: states[index] ?? 'waiting' }
    }))
  })

  it('each whom it rang in vain, when it says so; not who heard, nor who was not rung since another heard', async () => {
    const line = await setup({ tell: 'unheard' })
    const first = called(line.clock.now())
    await line.step(first)
    await line.clock.advance(60_000)
    expect(told(line)).toEqual([])
    await line.step({ ...first, version: 2, contactRound: round(['ringing']) })
    await line.step({ ...first, version: 3, contactRound: round(['noAnswer', 'ringing']) })
    expect(told(line)).toEqual(['林晓'])
    await line.step({ ...first, version: 4, contactRound: round(['noAnswer', 'heard', 'stopped'], 'heard') })
    expect(told(line)).toEqual(['林晓'])
  })

  it('everybody who agreed when it has found nobody', async () => {
    const line = await setup({ tell: 'unheard' })
    const first = called(line.clock.now())
    await line.clock.advance(60_000)
    await line.step({ ...first, contactRound: round(['busy', 'noKey', 'unreachable'], 'nobody') })
    expect(told(line)).toEqual(['林晓', '林洁'])
  })
})
