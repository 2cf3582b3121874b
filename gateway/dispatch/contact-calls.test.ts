/** Contacts told by telephone under a clock and a line of our own: in their order, written down first, until one has heard; never after duress. */
import { expect, test } from 'vitest'
import { id, type SubjectId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor, Incident } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import type { CallEnd, CallEvents, CallRequest } from '../core/placed-call.ts'
import type { Step } from '../core/step.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { type ContactSettings, startContactCalls } from './contact-calls.ts'

const SETTINGS: ContactSettings = {
  ...{ enabled: true, classes: ['help'], afterMs: 30_000, ringMs: 30_000, tries: 2, againAfterMs: 20_000 }
}
const contact = (name: string, phone: string) => ({ name, relation: '女儿', phone })
const CONTACTS = [contact('林晓', '138 0000 0001'), contact('林英', '13800000002')]

function bench(over: Partial<Incident> = {}, settings: Partial<ContactSettings> = {}) {
  const clock = createFakeClock(100_000)
  const subject = { ...sampleIncident().subject, phone: '6650147', contacts: CONTACTS }
  const state = { failing: false, lines: 1, calling: '', livesThere: '', slowMs: 0 }
  const slow = () => new Promise<void>(done => clock.after(state.slowMs / 2, done))
  let incident = sampleIncident({ alarmClass: 'help', openedAtMs: clock.now(), subject, ...over })
  const lines: string[] = []
  const rung: { request: CallRequest; events: CallEvents; said: string[]; hungUp: boolean }[] = []
  const step = async (_: string, wanted: Step, actor: Actor) => {
    await (state.slowMs > 0 ? slow() : Promise.resolve())
    if (state.failing) throw new GatewayError('STORE_FAILED')
    const outcome = apply(incident, wanted, actor, clock.now())
    if (!outcome.ok) throw new GatewayError(outcome.code, { why: outcome.why })
    const { line } = outcome
    if (line)
      lines.push([line.kind, line.data.name, line.data.contact, line.data.contactsEnd].filter(Boolean).join(' '))
    incident = outcome.incident
    // Known a moment after it is durable, when others shared the commit.
    if (state.slowMs > 0) await slow()
    return outcome.incident
  }
  const start = () =>
    startContactCalls({
      ...{ clock, log: silentLog, settings: { ...SETTINGS, ...settings } },
      incidents: {
        get: () => incident,
        all: () => [incident],
        isCalling: (number, apart) =>
          number === state.calling || (number === state.livesThere && apart !== incident.id),
        step
      },
      freeLines: number => (number.startsWith('138') ? state.lines : undefined),
      place(request, events) {
        const call = { request, events, said: [] as string[], hungUp: false }
        rung.push(call)
        return {
          say: speech => void call.said.push(...speech.pieces.map(p => p.name)),
          hangUp() {
            if (!call.hungUp) queueMicrotask(() => events.ended('byUs'))
            call.hungUp = true
          }
        }
      }
    })
  const last = () => {
    const call = rung.at(-1)
    if (!call) throw new Error('nobody was rung')
    return call
  }
  const end = async (how: CallEnd) => {
    last().events.ended(how)
    await settle()
  }
  const edit = (change: Partial<Incident>) => {
    incident = { ...incident, ...change }
  }
  return { clock, state, lines, rung, start, last, end, edit, stop: start(), incident: () => incident }
}

const numbers = (rung: readonly { request: CallRequest }[]) => rung.map(call => call.request.number)

test('who calls for help himself, from a telephone that no registry may know, is not rung while he does (rule 5)', async () => {
  const { clock, rung, state } = bench()
  state.calling = '13800000001'
  await clock.advance(SETTINGS.afterMs + 1_000)
  expect(numbers(rung)).toEqual(['13800000002'])
})

test('a contact who calls for help himself for long keeps no round open, nor the lines from a group call', async () => {
  const { clock, state, end, lines, incident } = bench({}, { tries: 1 })
  state.calling = '13800000001'
  await clock.advance(SETTINGS.afterMs + 1_000)
  await end('noAnswer')
  await clock.advance(4 * 60_000)
  expect(incident().contactRound?.endedAtMs).toBeUndefined()
  await clock.advance(60_000)
  expect(lines.at(-1)).toBe('contactsEnded nobody')
})

test('a contact who lives there is rung as well, and that nobody was reached is said', async () => {
  const { clock, rung, state, end, lines } = bench()
  state.livesThere = '13800000001'
  await clock.advance(31_000)
  for (let n = 0; n < 4; n++) {
    await end('noAnswer')
    await clock.advance(21_000)
  }
  expect(numbers(rung)).toContain('13800000001')
  expect(lines.at(-1)).toBe('contactsEnded nobody')
})

test('in their order, after the wait; whoever presses 1 has heard, is thanked, and nobody else is rung', async () => {
  const { clock, rung, last, end, lines, incident } = bench()
  await clock.advance(29_500)
  expect(rung).toHaveLength(0)
  await clock.advance(1_500)
  expect(numbers(rung)).toEqual(['13800000001'])
  expect(incident().contactRound?.contacts.map(c => c.tries)).toEqual([1, 0])
  expect(last().request.speech.pieces.map(p => p.name)).toContain('contact-help.zh')
  await end('noAnswer')
  await clock.advance(1_000)
  expect(numbers(rung)).toEqual(['13800000001', '13800000002'])
  last().events.answered()
  last().events.digit('2')
  last().events.digit('1')
  await settle()
  expect(last().said).toEqual(['contact-heard.zh'])
  last().events.spoken()
  await clock.advance(120_000)
  expect(rung).toHaveLength(2)
  expect(lines).toEqual([
    'contactsStarted',
    'contactTold 林晓 noAnswer',
    'contactTold 林英 heard',
    'contactsEnded heard'
  ])
})

test('everybody is tried again after the pause, then it is said that nobody has heard', async () => {
  const { clock, rung, end, lines } = bench()
  await clock.advance(31_000)
  for (const how of ['busy', 'unreachable', 'noAnswer', 'noAnswer'] as const) {
    await end(how)
    await clock.advance(21_000)
  }
  expect(numbers(rung).map(n => n.at(-1))).toEqual(['1', '2', '1', '2'])
  expect(lines.at(-1)).toBe('contactsEnded nobody')
})

test('a machine that answers and presses nothing is left, and the next is rung', async () => {
  const { clock, rung, last, lines } = bench()
  await clock.advance(31_000)
  last().events.answered()
  await clock.advance(46_000)
  expect(lines.at(-1)).toBe('contactTold 林晓 noKey')
  expect(rung).toHaveLength(2)
})

test.each<[string, Partial<Incident>, Partial<ContactSettings>]>([
  ['duress', { duress: true }, {}],
  ['a class that is not told', { alarmClass: 'intrusion' }, {}],
  ['a household without contacts', { subject: sampleIncident().subject }, {}],
  ['an incident that is over', { state: 'resolved' }, {}],
  ['what a box kept for an hour', { aged: true }, {}],
  ['an incident of long ago', { openedAtMs: -700_000 }, {}],
  ['a place where it is switched off', {}, { enabled: false }]
])('nobody is rung for %s', async (_, over, settings) => {
  const { clock, rung } = bench(over, settings)
  await clock.advance(120_000)
  expect(rung).toHaveLength(0)
})

test('a mark of duress hangs up and ends it; so does the end of the incident', async () => {
  for (const [change, reason] of [
    [{ duress: true }, 'duress'],
    [{ state: 'resolved' }, 'over']
  ] as const) {
    const { clock, rung, last, edit, lines } = bench()
    await clock.advance(31_000)
    edit(change)
    await clock.advance(60_000)
    expect(last().hungUp).toBe(true)
    expect(lines.at(-1)).toBe(`contactsEnded ${reason}`)
    expect(rung).toHaveLength(1)
  }
})

test('on a slow disk each is rung as often as on a quick one; under duress nobody, and it is silent before that is written down', async () => {
  const slow = bench()
  slow.state.slowMs = 1_900
  await slow.clock.advance(36_000)
  for (let n = 0; n < 6; n++) {
    if (!slow.last().hungUp) await slow.end('busy')
    slow.last().hungUp = true
    await slow.clock.advance(30_000)
  }
  expect(numbers(slow.rung).map(n => n.at(-1))).toEqual(['1', '2', '1', '2'])
  expect(slow.lines.at(-1)).toBe('contactsEnded nobody')

  const { clock, rung, state, edit, incident } = bench()
  state.slowMs = 2_000
  // The start takes two seconds, the try one more until it is durable, and is known a second later.
  await clock.advance(30_000 + 2_000 + 500 + 1_000)
  expect(incident().contactRound?.contacts[0]?.state).toBe('ringing')
  edit({ duress: true })
  await clock.advance(60_000)
  expect(rung).toEqual([])
  expect(incident().contactRound?.end).toBe('duress')

  const full = bench()
  await full.clock.advance(31_000)
  full.state.failing = true
  full.edit({ duress: true })
  await full.clock.advance(500)
  expect(full.last().hungUp).toBe(true)
})

test('a contact who begins to call for help while the try is being written down is not rung and loses none', async () => {
  const { clock, rung, state, incident } = bench()
  state.slowMs = 2_000
  await clock.advance(30_000 + 2_000 + 500 + 1_000)
  expect(incident().contactRound?.contacts[0]?.state).toBe('ringing')
  state.calling = '13800000001'
  await clock.advance(20_000)
  expect(numbers(rung)).toEqual(['13800000002'])
  expect(incident().contactRound?.contacts[0]).toMatchObject({ state: 'waiting', tries: 0 })
})

test.each([[false], [true]])(
  'a contact who begins to call for help while a call of ours is there (answered: %s) has the line, and loses no try',
  async answered => {
    const { clock, rung, state, incident, last } = bench()
    await clock.advance(31_000)
    if (answered) last().events.answered()
    await settle()
    state.calling = '13800000001'
    await clock.advance(500)
    expect(rung[0]?.hungUp).toBe(true)
    expect(incident().contactRound?.contacts[0]).toMatchObject({ state: 'waiting', tries: 0 })
    await clock.advance(60_000)
    expect(numbers(rung).filter(number => number === '13800000001')).toHaveLength(1)
    rung.at(-1)?.events.ended('noAnswer')
    state.calling = ''
    await clock.advance(3_000)
    expect(numbers(rung).filter(number => number === '13800000001')).toHaveLength(2)
  }
)

test('nobody is rung while nothing can be written down; an unstored 1 is not thanked and counts when pressed again', async () => {
  const { clock, rung, state, last } = bench()
  state.failing = true
  await clock.advance(40_000)
  expect(rung).toHaveLength(0)
  state.failing = false
  await clock.advance(1_500)
  last().events.answered()
  await settle()
  state.failing = true
  last().events.digit('1')
  await settle()
  expect(last().said).toEqual([])
  state.failing = false
  last().events.digit('1')
  await settle()
  expect(last().said).toEqual(['contact-heard.zh'])
})

test('no free line: waits for one; a restart during a call counts it as a try and goes on', async () => {
  const { clock, rung, state, start, stop, incident } = bench()
  state.lines = 0
  await clock.advance(40_000)
  expect(rung).toHaveLength(0)
  state.lines = 1
  await clock.advance(1_000)
  expect(rung).toHaveLength(1)
  // As after a kill: the record says that it rings, and the next process knows of no call.
  state.failing = true
  stop()
  await settle()
  state.failing = false
  const again = start()
  await clock.advance(1_500)
  expect(incident().contactRound?.contacts[0]).toMatchObject({ state: 'unreachable', tries: 1 })
  await clock.advance(1_000)
  expect(numbers(rung)).toEqual(['13800000001', '13800000002'])
  again()
})

test('in a storm the only line is planned for one: nobody else is written down for it', async () => {
  const { clock, rung, writes } = storm(300)
  await clock.advance(32_000)
  expect(rung).toEqual(['13800000001'])
  expect(writes.filter(what => what === 'attempt')).toHaveLength(1)
  expect(writes).not.toContain('hungUp')
})

test('a contact whose own household calls for help is not rung: it may be under duress; the next one is', async () => {
  const { clock, rung } = storm(
    1,
    [contact('邻居', '6650199'), contact('林英', '13800000002')],
    [sampleIncident({ id: id('forced'), alarmClass: 'duress', duress: true, subject: household('forced', '6650199') })]
  )
  await clock.advance(32_000)
  expect(rung).toEqual(['13800000002'])
})

const household = (name: string, phone: string) => ({ ...sampleIncident().subject, id: id<SubjectId>(name), phone })

/** Many incidents and one line. */
function storm(count: number, contacts = [contact('林晓', '13800000001')], others: readonly Incident[] = []) {
  const clock = createFakeClock(100_000)
  const all = new Map<string, Incident>(others.map(each => [each.id, each]))
  for (let n = 0; n < count; n += 1) {
    const subject = { ...household(`home-${n}`, `777${n}`), contacts }
    all.set(`i${n}`, sampleIncident({ id: id(`i${n}`), alarmClass: 'help', openedAtMs: clock.now(), subject }))
  }
  const rung: string[] = []
  const writes: string[] = []
  startContactCalls({
    ...{ clock, log: silentLog, settings: SETTINGS },
    incidents: {
      get: incidentId => all.get(incidentId),
      all: () => all.values(),
      isCalling: number => others.some(({ subject }) => subject.phone === number),
      async step(incidentId, wanted, actor) {
        await Promise.resolve()
        const outcome = apply(all.get(incidentId) ?? sampleIncident(), wanted, actor, clock.now())
        if (!outcome.ok) throw new GatewayError(outcome.code, { why: outcome.why })
        if (wanted.kind === 'contacts') writes.push(wanted.change.what)
        all.set(incidentId, outcome.incident)
        return outcome.incident
      }
    },
    freeLines: () => (rung.length === 0 ? 1 : 0),
    place({ number }, events) {
      if (rung.length > 0) queueMicrotask(() => events.ended('noLine'))
      else rung.push(number)
      return { say: () => {}, hangUp: () => {} }
    }
  })
  return { clock, rung, writes }
}

test.each([
  ['a vehicle', { kind: 'vehicle' as const }, undefined],
  ['who pressed away from home', {}, { point: { lat: 27.03, lon: 119.61, datum: 'wgs84' as const }, atMs: 1 }]
])('of %s no house number is spoken: nobody is there', async (_, over, fix) => {
  const { clock, last, edit, incident } = bench()
  const spoken = () => last().request.speech.pieces.flatMap(piece => [piece.name, ...(piece.otherwise ?? [])])
  edit({ subject: { ...incident().subject, ...over, address: '文昌街 34 号' }, ...(fix ? { fix } : {}) })
  await clock.advance(SETTINGS.afterMs + 1_000)
  expect(spoken()).toEqual(['contact-help.zh', 'contact-key.zh'])
})
