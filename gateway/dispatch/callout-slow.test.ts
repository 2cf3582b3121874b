/** The neighbours' call-out where a record takes its time or cannot be made: no telephone rings under duress, nobody goes into danger unwarned (rule 5). */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import { ACTOR, createCalloutBench, OWNER } from '../testing/callout-bench.ts'
import { settle } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'

test('a slow disk rings each neighbour as often as a quick one: twice, and those who answered once', async () => {
  const { clock, rung, state, answer, finish, callout } = createCalloutBench({ neighbours: 3 })
  state.slowMs = 1_900
  await clock.advance(5_000)
  expect(rung).toHaveLength(3)
  await answer(1, '1')
  await finish(2, 'busy')
  await finish(3, 'noAnswer')
  await clock.advance(5_000)
  rung[0]?.events.spoken()
  await clock.advance(20_000)
  expect(rung.map(call => call.request.number)).toEqual(['6650110', '6650111', '6650112', '6650111', '6650112'])
  await finish(2, 'busy')
  await finish(3, 'busy')
  await clock.advance(120_000)
  expect(rung).toHaveLength(5)
  expect(callout()).toMatchObject({ end: 'all', neighbours: [{ state: 'going' }, { tries: 2 }, { tries: 2 }] })
})

test('under duress the telephones fall silent before that can be written down', async () => {
  const { clock, rung, state, incidents, first, now, states } = createCalloutBench()
  await clock.advance(500)
  state.failing = true
  incidents.set(first.id, { ...now(), duress: true })
  await clock.advance(250)
  expect(rung).toHaveLength(9)
  expect(rung.every(call => call.hungUp)).toBe(true)
  state.failing = false
  await clock.advance(120_000)
  expect(rung).toHaveLength(9)
  expect(new Set(states())).toEqual(new Set(['stopped']))
})

test('duress that shares a commit with the try rings nobody', async () => {
  const { clock, rung, state, incidents, first, now, callout } = createCalloutBench()
  state.slowMs = 2_000
  await clock.advance(250 + 2_000 + 250 + 1_000)
  expect(callout().neighbours[0]?.state).toBe('ringing')
  expect(rung).toHaveLength(0)
  incidents.set(first.id, { ...now(), duress: true })
  await clock.advance(60_000)
  expect(rung).toHaveLength(0)
  expect(callout().end).toBe('duress')
})

test('who pressed 1 while the warning was being written down is not sent: he hears it, and is rung with it if he is gone', async () => {
  const stays = createCalloutBench({ neighbours: 2 })
  await stays.clock.advance(500)
  await stays.answer(1)
  await stays.answer(2)
  await stays.take({ kind: 'acknowledge', owner: OWNER })
  await stays.take({ kind: 'verify', owner: OWNER, nature: 'violence' })
  stays.state.slowMs = 2_000
  await stays.clock.advance(500)
  stays.callTo(1).events.digit('1')
  stays.callTo(2).events.digit('1')
  await settle()
  await stays.clock.advance(4_000)
  expect(stays.callTo(1).said).toEqual(['callout-guard.zh'])
  expect(stays.neighbour(1).state).toBe('waiting')
  stays.callTo(1).events.digit('1')
  await stays.finish(2, 'byUs')
  await stays.clock.advance(6_000)
  expect(stays.neighbour(1).state).toBe('warned')
  expect(stays.callTo(1).said).toEqual(['callout-guard.zh', 'callout-warned.zh'])
  expect(stays.rung.filter(call => call.request.number === '6650111')).toHaveLength(2)
  expect(stays.callTo(2).request.speech.pieces[0]?.name).toBe('callout-guard.zh')
})

test('the operator ends what is being written down: nobody is rung after it', async () => {
  const { clock, rung, room, state, first, callout } = createCalloutBench()
  state.slowMs = 2_000
  await clock.advance(250 + 2_000 + 250)
  const over = room.end(first.id, undefined, ACTOR)
  await clock.advance(10_000)
  await over
  expect(callout().end).toBe('operator')
  expect(rung).toHaveLength(0)
})

test('who begins to call for help while the try is being written down is not rung and loses none; rung when that is over', async () => {
  const { clock, rung, state, incidents, neighbour } = createCalloutBench({ neighbours: 3 })
  state.slowMs = 2_000
  await clock.advance(250 + 2_000 + 250 + 1_000)
  expect(neighbour(1).state).toBe('ringing')
  // One by its telephone, one by its household.
  state.calling = '6650110'
  const subject = { id: id<never>('home-2'), kind: 'household' as const, name: '', address: '' }
  const other = sampleIncident({ alarmClass: 'duress', duress: true, subject })
  incidents.set(other.id, other)
  await clock.advance(20_000)
  expect(rung.map(call => call.request.number)).toEqual(['6650112'])
  expect([1, 2].map(n => neighbour(n))).toMatchObject([
    { state: 'waiting', tries: 0 },
    { state: 'waiting', tries: 0 }
  ])
  state.calling = ''
  incidents.set(other.id, { ...other, state: 'resolved' })
  await clock.advance(5_000)
  expect(rung.map(call => call.request.number)).toEqual(['6650112', '6650110', '6650111'])
  expect([1, 2].map(n => neighbour(n).tries)).toEqual([1, 1])
})

test('who begins to call for help while a call of ours rings or speaks there has the line at once, and is rung when that is over', async () => {
  const { clock, rung, state, incidents, neighbour, answer, callTo } = createCalloutBench({ neighbours: 4 })
  await clock.advance(500)
  expect(rung).toHaveLength(4)
  await answer(3)
  await answer(4, '1')
  // One by its telephone, one by its household, one who listens, one who has said that he goes.
  const forced = [2, 3, 4].map(n => {
    const subject = { id: id<never>(`home-${n}`), kind: 'household' as const, name: '', address: '' }
    return sampleIncident({ id: id<never>(`forced-${n}`), alarmClass: 'duress', duress: true, subject })
  })
  state.calling = '6650110'
  for (const each of forced) incidents.set(each.id, each)
  await clock.advance(250)
  expect([1, 2, 3, 4].map(n => callTo(n).hungUp)).toEqual([true, true, true, true])
  expect([1, 2, 3, 4].map(n => neighbour(n))).toMatchObject([
    { state: 'waiting', tries: 0 },
    { state: 'waiting', tries: 0 },
    { state: 'waiting', tries: 0 },
    { state: 'going', tries: 1 }
  ])
  await clock.advance(60_000)
  expect(rung).toHaveLength(4)
  state.calling = ''
  for (const each of forced) incidents.set(each.id, { ...each, state: 'resolved' })
  await clock.advance(2_000)
  expect(rung.slice(4).map(call => call.request.number)).toEqual(['6650110', '6650111', '6650112'])
})
