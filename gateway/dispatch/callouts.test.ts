/** The neighbours' call-out under a clock and a telephone line of our own: who is rung, what is written down first, when it ends. */
import { describe, expect, test } from 'vitest'
import { id, type UserId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { ACTOR, createCalloutBench, households, OWNER } from '../testing/callout-bench.ts'
import { settle } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import type { CalloutSettings } from './callout-due.ts'

describe('begins', () => {
  test('at once for #9: every other telephone of the group rings, after the plan and each try were written down', async () => {
    const { clock, rung, callout, lineKinds } = createCalloutBench()
    await clock.advance(500)
    expect(rung.map(call => call.request.number)).toEqual(households(9).map(h => h.number))
    expect(callout().neighbours.map(n => [n.state, n.tries])).toEqual(Array.from({ length: 9 }, () => ['ringing', 1]))
    expect(lineKinds).toEqual(['calloutStarted'])
    expect(rung[0]?.request.speech.pieces.map(p => p.name)).toEqual([
      'callout-help.zh',
      'household-home-0',
      'callout-keys.zh'
    ])
  })

  test('after 20 s for other panic, and not before', async () => {
    const { clock, rung } = createCalloutBench({ incident: { sourceKind: 'alarmBox' } })
    await clock.advance(19_750)
    expect(rung).toHaveLength(0)
    await clock.advance(500)
    expect(rung).toHaveLength(9)
  })

  test('after 20 s for #9 of a caller nobody vouches for, at once when a proven press follows', async () => {
    const waiting = createCalloutBench({ incident: { unverified: true } })
    await waiting.clock.advance(19_750)
    expect(waiting.rung).toHaveLength(0)
    await waiting.clock.advance(500)
    expect(waiting.rung).toHaveLength(9)
    const proven = createCalloutBench({ incident: { unverified: true } })
    await proven.clock.advance(5_000)
    proven.incidents.set(proven.first.id, { ...proven.now(), unverified: false })
    await proven.clock.advance(500)
    expect(proven.rung).toHaveLength(9)
    const set = createCalloutBench({ incident: { unverified: true }, settings: { unverifiedAfterMs: 0 } })
    await set.clock.advance(500)
    expect(set.rung).toHaveLength(9)
  })

  test('never when the operator has said so within that time; a proven press rings all the same, and so does he', async () => {
    const { clock, rung, room, first, take, callout, incidents, now, lineKinds } = createCalloutBench({
      incident: { unverified: true }
    })
    await take({ kind: 'acknowledge', owner: OWNER })
    await room.end(first.id, OWNER, ACTOR)
    await clock.advance(60_000)
    expect(rung).toHaveLength(0)
    expect(callout()).toMatchObject({ end: 'operator', neighbours: [], unproven: true })
    expect(lineKinds).toEqual(['acknowledged', 'calloutEnded'])
    incidents.set(first.id, { ...now(), unverified: false })
    await clock.advance(500)
    expect(rung).toHaveLength(9)
    const byHand = createCalloutBench({ incident: { unverified: true } })
    await byHand.take({ kind: 'acknowledge', owner: OWNER })
    await byHand.room.end(byHand.first.id, OWNER, ACTOR)
    await byHand.room.call(byHand.first.id, OWNER, ACTOR)
    await byHand.clock.advance(500)
    expect(byHand.rung).toHaveLength(9)
  })

  test('other panic that the operator stopped in time rings nobody', async () => {
    const { clock, rung, room, first, take } = createCalloutBench({ incident: { sourceKind: 'alarmBox' } })
    await take({ kind: 'acknowledge', owner: OWNER })
    await room.end(first.id, OWNER, ACTOR)
    await clock.advance(60_000)
    expect(rung).toHaveLength(0)
  })

  test.each<[string, Partial<Incident>, Partial<CalloutSettings>]>([
    ['duress', { duress: true }, {}],
    ['what is no panic', { alarmClass: 'intrusion' }, {}],
    ['a place without a group', { subject: { id: id('x'), kind: 'household', name: 'x', address: '' } }, {}],
    ['a box that kept its event for an hour', { aged: true }, {}],
    ['an incident of long ago', { openedAtMs: -600_000 }, {}],
    ['an incident that is over', { state: 'resolved' }, {}],
    ['a place where it is switched off', {}, { enabled: false }]
  ])('never by itself for %s', async (_, incident, settings) => {
    const { clock, rung } = createCalloutBench({ incident, settings })
    await clock.advance(60_000)
    expect(rung).toHaveLength(0)
  })

  test.each<[string, Partial<Incident>]>([
    ['other panic', { sourceKind: 'alarmBox' }],
    ['an unproven #9', { unverified: true }]
  ])(
    'by itself for %s however long the wait that was set; not for what was open long after it',
    async (_, incident) => {
      // The longest wait that the settings page takes, with the shortest call-out that the file does.
      const settings = { othersAfterMs: 600_000, unverifiedAfterMs: 600_000, limitMs: 30_000 }
      const waited = createCalloutBench({ incident, settings })
      await waited.clock.advance(599_000)
      expect(waited.rung).toHaveLength(0)
      await waited.clock.advance(2_000)
      expect(waited.rung).toHaveLength(9)
      const old = createCalloutBench({ incident: { ...incident, openedAtMs: 100_000 - 630_000 }, settings })
      await old.clock.advance(60_000)
      expect(old.rung).toHaveLength(0)
    }
  )

  test('rings nobody while nothing can be written down, and as soon as it can', async () => {
    const { clock, rung, state } = createCalloutBench()
    state.failing = true
    await clock.advance(5_000)
    expect(rung).toHaveLength(0)
    state.failing = false
    await clock.advance(500)
    expect(rung).toHaveLength(9)
  })

  test('leaves out a neighbour who calls for help as well', async () => {
    const { clock, rung, incidents } = createCalloutBench({ settings: { othersAfterMs: 20_000 } })
    incidents.set(
      'other',
      sampleIncident({
        id: id('other'),
        alarmClass: 'duress',
        duress: true,
        subject: { id: id('home-3'), kind: 'household', name: '', address: '' }
      })
    )
    await clock.advance(500)
    expect(rung.map(call => call.request.number)).not.toContain('6650112')
    expect(rung).toHaveLength(8)
    // Whoever named that number falsely has taken nobody out of the group: it is rung when the floor has ended his call.
    incidents.set('other', { ...(incidents.get('other') as Incident), state: 'resolved' })
    await clock.advance(500)
    expect(rung.map(call => call.request.number)).toContain('6650112')
  })

  test('by an operator at any time, by nobody else, and never for duress', async () => {
    const { room, first, take, now } = createCalloutBench({
      settings: { enabled: false },
      incident: { alarmClass: 'medical' }
    })
    await expect(room.call(first.id, OWNER, ACTOR)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
    await take({ kind: 'acknowledge', owner: OWNER })
    const stranger = { userId: id<UserId>('10400'), name: '别人' }
    await expect(room.call(first.id, stranger, ACTOR)).rejects.toMatchObject({ code: 'NOT_OWNER' })
    await room.call(first.id, OWNER, ACTOR)
    expect(now().callout).toMatchObject({ by: 'operator', message: 'help' })
    await expect(room.call(first.id, OWNER, ACTOR)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
    const forced = createCalloutBench({ incident: { duress: true } })
    await expect(forced.room.call(forced.first.id, undefined, ACTOR)).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION'
    })
    // Nor by way of the trouble of the same household.
    const trouble = createCalloutBench({ incident: { alarmClass: 'trouble', state: 'acknowledged', owner: OWNER } })
    const beside = { ...trouble.first, id: id<typeof first.id>('beside'), alarmClass: 'panic' as const, duress: true }
    trouble.incidents.set(beside.id, beside)
    await expect(trouble.room.call(trouble.first.id, OWNER, ACTOR)).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION'
    })
    expect(trouble.rung).toEqual([])
  })
})

describe('a neighbour', () => {
  test('who presses 1 is going: written down first, then confirmed, then hung up', async () => {
    const { clock, answer, callTo, state, neighbour, lineKinds } = createCalloutBench()
    await clock.advance(500)
    state.failing = true
    await answer(1, '1')
    expect(callTo(1).said).toEqual([])
    state.failing = false
    await answer(1, '1')
    expect(neighbour(1).state).toBe('going')
    expect(callTo(1).said).toEqual(['callout-going.zh'])
    expect(callTo(1).hungUp).toBe(false)
    callTo(1).events.spoken()
    await settle()
    expect(callTo(1).hungUp).toBe(true)
    expect(neighbour(1).state).toBe('going')
    expect(lineKinds).toContain('neighbourSaid')
  })

  test('who presses 2 cannot; other keys and a second thought change nothing', async () => {
    const { clock, answer, callTo, neighbour } = createCalloutBench()
    await clock.advance(500)
    await answer(2, '7')
    expect(neighbour(2).state).toBe('answered')
    callTo(2).events.digit('2')
    callTo(2).events.digit('1')
    await settle()
    expect(neighbour(2).state).toBe('cannot')
  })

  test('who is busy, does not answer or cannot be reached is rung again, twice at most', async () => {
    const { clock, finish, rung, states, neighbour, callout } = createCalloutBench({ neighbours: 3 })
    await clock.advance(500)
    await finish(1, 'busy')
    await finish(2, 'noAnswer')
    await finish(3, 'unreachable')
    expect(states()).toEqual(['busy', 'noAnswer', 'unreachable'])
    await clock.advance(14_500)
    expect(rung).toHaveLength(3)
    await clock.advance(1_000)
    expect(rung).toHaveLength(6)
    for (const n of [1, 2, 3]) await finish(n, 'busy')
    await clock.advance(60_000)
    expect(rung).toHaveLength(6)
    expect(neighbour(1).tries).toBe(2)
    expect(callout().end).toBe('all')
  })

  test('who answers and says nothing is hung up after a minute and not rung again', async () => {
    const { clock, answer, callTo, neighbour, rung, callout } = createCalloutBench({ neighbours: 1 })
    await clock.advance(500)
    await answer(1)
    await clock.advance(60_000)
    expect(callTo(1).hungUp).toBe(true)
    expect(neighbour(1).state).toBe('noChoice')
    await clock.advance(30_000)
    expect(rung).toHaveLength(1)
    expect(callout().end).toBe('all')
  })

  test('a neighbour whose own call for help lasts keeps no call-out open when the others are done; while they are not, or it is short, he is rung', async () => {
    const { clock, state, finish, answer, states, callout } = createCalloutBench({ neighbours: 2 })
    state.calling = '6650110'
    await clock.advance(500)
    await answer(2, '1')
    await finish(2, 'byUs')
    await clock.advance(58_000)
    expect([states(), callout().endedAtMs]).toEqual([['waiting', 'going'], undefined])
    await clock.advance(2_000)
    expect([states(), callout().end]).toEqual([['stopped', 'going'], 'all'])
    const other = createCalloutBench({ neighbours: 2 })
    other.state.calling = '6650110'
    await other.clock.advance(50_000)
    other.state.calling = ''
    await other.clock.advance(500)
    expect(other.states()[0]).toBe('ringing')
  })

  test('waits for a free line; that is no try', async () => {
    const { clock, rung, finish, callout, neighbour } = createCalloutBench({ lines: 2, neighbours: 4 })
    await clock.advance(5_000)
    expect(rung).toHaveLength(2)
    expect(callout().neighbours.map(n => n.tries)).toEqual([1, 1, 0, 0])
    await finish(1, 'noLine')
    expect(neighbour(1)).toMatchObject({ state: 'waiting', tries: 0 })
    await clock.advance(500)
    expect(rung.map(call => call.request.number)).toEqual(['6650110', '6650111', '6650112'])
  })
})

test('in a storm a few lines are asked for a bounded number of times, and all of them are used', async () => {
  const { clock, rung, state, incidents, first } = createCalloutBench({ lines: 3 })
  for (let n = 0; n < 500; n++) {
    const subject = { ...first.subject, id: id<typeof first.subject.id>(`storm-${n}`) }
    const incident = sampleIncident({ sourceKind: 'panicPhone', subject, openedAtMs: clock.now() })
    incidents.set(incident.id, incident)
  }
  await clock.advance(1_000)
  expect([...incidents.values()].filter(incident => incident.callout)).toHaveLength(501)
  expect(rung).toHaveLength(3)
  state.asked = 0
  await clock.advance(250)
  expect(state.asked).toBeLessThanOrEqual(200)
})

describe('ends', () => {
  test('when enough go: ringing telephones stop, whoever listens is thanked', async () => {
    const { clock, answer, callTo, states, callout, lineKinds } = createCalloutBench()
    await clock.advance(500)
    await answer(9)
    for (const n of [1, 2, 3]) await answer(n, '1')
    await clock.advance(500)
    expect(callout().end).toBe('enough')
    expect([4, 5, 6, 7, 8].map(n => callTo(n).hungUp)).toEqual([true, true, true, true, true])
    expect(callTo(9).said).toEqual(['callout-enough.zh'])
    expect(states()).toEqual([
      ...Array.from({ length: 3 }, () => 'going'),
      ...Array.from({ length: 6 }, () => 'stopped')
    ])
    expect(lineKinds.at(-1)).toBe('calloutEnded')
  })

  test('at a mark of duress at once, without a word, for good', async () => {
    const { clock, answer, callTo, callout, rung, take } = createCalloutBench()
    await clock.advance(500)
    await answer(1)
    await take({ kind: 'press', signal: 1, atMs: clock.now(), newAlarm: true, escalates: { duress: true }, data: {} })
    await clock.advance(500)
    expect(callout().end).toBe('duress')
    expect(rung.every(call => call.hungUp)).toBe(true)
    expect(callTo(1).said).toEqual([])
    await clock.advance(120_000)
    expect(rung).toHaveLength(9)
  })

  test('by the operator, and with the incident, and at its limit', async () => {
    const byOperator = createCalloutBench()
    await byOperator.clock.advance(500)
    await byOperator.room.end(byOperator.first.id, undefined, ACTOR)
    expect(byOperator.callout().end).toBe('operator')
    expect(byOperator.rung.every(call => call.hungUp)).toBe(true)

    const over = createCalloutBench()
    await over.clock.advance(500)
    over.incidents.set(over.first.id, { ...over.now(), state: 'resolved' })
    await over.clock.advance(500)
    expect(over.callout().end).toBe('over')

    const late = createCalloutBench({ settings: { limitMs: 30_000 } })
    await late.clock.advance(31_000)
    expect(late.callout().end).toBe('limit')
    expect(late.rung.every(call => call.hungUp)).toBe(true)
  })
})

describe('a mark of violence', () => {
  const violent = async ({ take, clock }: ReturnType<typeof createCalloutBench>) => {
    await take({ kind: 'acknowledge', owner: OWNER })
    await take({ kind: 'verify', owner: OWNER, nature: 'violence' })
    await clock.advance(500)
  }

  test('before the call-out makes it a warning from the first word', async () => {
    const one = createCalloutBench({ settings: { enabled: false } })
    await violent(one)
    await one.room.call(one.first.id, OWNER, ACTOR)
    await one.clock.advance(500)
    expect(one.rung[0]?.request.speech.pieces[0]?.name).toBe('callout-guard.zh')
    await one.answer(1, '1')
    expect(one.neighbour(1).state).toBe('warned')
    expect(one.callTo(1).said).toEqual(['callout-warned.zh'])
  })

  test('turns what is being said, and warns again who was told to help', async () => {
    const one = createCalloutBench()
    await one.clock.advance(500)
    await one.answer(1, '1')
    one.callTo(1).events.spoken()
    await one.answer(2)
    await violent(one)
    expect(one.callTo(2).said).toEqual(['callout-guard.zh'])
    expect(one.callTo(3).said).toEqual(['callout-guard.zh'])
    expect(one.rung.filter(call => call.request.number === '6650110')).toHaveLength(2)
    expect(one.callTo(1).request.speech.pieces[0]?.name).toBe('callout-guard.zh')
    expect(one.lineKinds).toContain('calloutGuard')
  })

  test('after the end warns those who go, and nobody else', async () => {
    const one = createCalloutBench()
    await one.clock.advance(500)
    for (const n of [1, 2, 3]) {
      await one.answer(n, '1')
      one.callTo(n).events.spoken()
    }
    await one.clock.advance(500)
    expect(one.callout().end).toBe('enough')
    await violent(one)
    await one.clock.advance(500)
    expect(one.rung.slice(9).map(call => call.request.number)).toEqual(['6650110', '6650111', '6650112'])
    for (const n of [1, 2, 3]) {
      await one.answer(n, '1')
      one.callTo(n).events.spoken()
    }
    await one.clock.advance(500)
    expect(one.callout()).toMatchObject({ end: 'all', message: 'guard' })
    expect(one.rung).toHaveLength(12)
  })
})

test('after a restart whoever was on the line is rung again only as far as the tries go', async () => {
  const one = createCalloutBench({ neighbours: 2 })
  await one.clock.advance(500)
  await one.answer(1, '1')
  // Killed: no call ends, nothing is told; the record is what is left.
  const before = one.rung.length
  const record = one.now()
  const second = createCalloutBench({ neighbours: 2 })
  second.room.stop()
  second.incidents.set(second.first.id, { ...record, id: second.first.id })
  second.start()
  await second.clock.advance(16_000)
  expect(before).toBe(2)
  expect(second.rung.map(call => call.request.number)).toEqual(['6650111'])
  expect(second.neighbour(2).tries).toBe(2)
})
