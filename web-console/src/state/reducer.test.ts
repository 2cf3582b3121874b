/** The reducer: idempotent, ordered, never mutating; what a message does to the state and what it must not do. */
import { describe, expect, it } from 'vitest'
import type { ServerMessage } from '../../../gateway/core/wire.ts'
import { incident, line, message, T0, unit, user } from '../testing/samples.ts'
import { type ConsoleState, EMPTY } from './model.ts'
import { reduce, sequenceCheck } from './reducer.ts'

function fold(messages: readonly ServerMessage[], from: ConsoleState = EMPTY, nowMs = T0): ConsoleState {
  return messages.reduce((state, each) => reduce(state, { kind: 'message', message: each, nowMs }), from)
}

const snapshot: ServerMessage = {
  type: 'snapshot',
  scope: 'floor',
  seq: 10,
  floor: { incidents: [incident('i-1')], units: [unit('unit-1')], cameras: [], notices: [] }
}

describe('snapshot and messages', () => {
  it('replaces what the scope knew and sets its sequence', () => {
    const before = fold([message(3, { type: 'incident', incident: incident('gone') })])
    const state = fold([snapshot], before)
    expect([...state.incidents.keys()]).toEqual(['i-1'])
    expect(state.seqs).toEqual({ floor: 10 })
    expect(state.loaded).toBe(true)
  })

  it('applies a message once: the same again changes nothing', () => {
    const once = fold([snapshot, message(11, { type: 'incident', incident: incident('i-2') })])
    const twice = fold([message(11, { type: 'incident', incident: incident('i-2', { presses: 9 }) })], once)
    expect(twice.incidents.get('i-2')?.presses).toBe(1)
    expect(twice.seqs).toEqual(once.seqs)
  })

  it('never goes back to an older version of an incident, in whatever order answers and messages come', () => {
    const newer = reduce(fold([snapshot]), {
      kind: 'incidents',
      incidents: [incident('i-1', { version: 5, state: 'acknowledged' })]
    })
    const state = fold([message(11, { type: 'incident', incident: incident('i-1', { version: 4 }) })], newer)
    expect(state.incidents.get('i-1')?.state).toBe('acknowledged')
    expect(state.seqs.floor).toBe(11)
  })

  it('does not change the state it was given', () => {
    const state = fold([snapshot])
    const incidents = state.incidents
    fold([message(11, { type: 'incident', incident: incident('i-9') })], state)
    expect(incidents.has('i-9')).toBe(false)
  })

  it('sorts the timeline by index and keeps one line of each', () => {
    const state = fold([
      message(1, { type: 'timeline', entries: [line(3), line(1)] }),
      message(2, { type: 'timeline', entries: [line(2), line(3)] })
    ])
    expect(state.timelines.get('i-1')?.map(entry => entry.index)).toEqual([1, 2, 3])
  })

  it('merges a fetched detail with the lines that came meanwhile', () => {
    const live = fold([message(1, { type: 'timeline', entries: [line(4)] })])
    const detail = {
      incident: incident('i-1', { version: 2 }),
      timeline: [line(1), line(2), line(3)],
      candidates: [],
      similar: []
    }
    expect(reduce(live, { kind: 'detail', detail }).timelines.get('i-1')).toHaveLength(4)
  })
})

describe('outside the sequence', () => {
  it('keeps the place of a unit that changes its state, until it goes off duty', () => {
    const position = { point: { lat: 27, lon: 119, datum: 'wgs84' }, atMs: T0 } as const
    const units = [{ unitId: unit('unit-1').id, position }]
    const moved: ServerMessage = { type: 'positions', units, vehicles: [] }
    const sent = fold([snapshot, moved, message(11, { type: 'unit', unit: { ...unit('unit-1'), state: 'enRoute' } })])
    expect(sent.units.get('unit-1')).toMatchObject({ state: 'enRoute', position })
    const home = fold([snapshot, moved, message(11, { type: 'unit', unit: { ...unit('unit-1'), state: 'offDuty' } })])
    expect(home.units.get('unit-1')?.position).toBeUndefined()
  })

  it('moves units without touching their state, and ignores unknown ones', () => {
    const position = { point: { lat: 27, lon: 119, datum: 'wgs84' }, atMs: T0 } as const
    const units = [
      { unitId: unit('unit-1').id, position },
      { unitId: unit('nobody').id, position }
    ]
    const state = fold([snapshot, { type: 'positions', units, vehicles: [] }])
    expect(state.units.get('unit-1')?.position).toEqual(position)
    expect(state.units.size).toBe(1)
    expect(state.seqs).toEqual({ floor: 10 })
  })

  it('takes notices as the whole state: what is no longer said is over', () => {
    const notice = { key: 'disk', level: 'critical', code: 'storeUnwritable', data: {}, atMs: T0 } as const
    const shown = fold([snapshot, { type: 'notices', notices: [notice] }])
    expect(shown.notices.size).toBe(1)
    expect(fold([{ type: 'notices', notices: [] }], shown).notices.size).toBe(0)
  })

  it('keeps a task until it is gone and says why it went', () => {
    const which = { alarmClass: 'panic', nature: undefined, name: '陈桂芳', nameEn: undefined, address: '杏花巷 16 号' }
    const task = { ...which, incidentId: incident('i-1').id, position: { lat: 27, lon: 119.6 } } as unknown as Extract<
      Parameters<typeof message>[1],
      { type: 'task' }
    >['task']
    const gone = { type: 'taskGone', incidentId: incident('i-1').id, reason: 'recalled' } as const
    const state = fold([message(1, { type: 'task', task }), message(2, gone)])
    expect(state.tasks.size).toBe(0)
    expect(state.taskGone).toMatchObject({ reason: 'recalled' })
    // With two orders in a shift it says which; no place of a car stays on the phone.
    expect(state.taskGone?.was).toEqual(which)
  })

  it('keeps the place of the car to which it goes as long as it has the order, however it hears that it has it no more', () => {
    const [id, other] = [incident('i-1').id, incident('i-2').id]
    const position = { point: { lat: 27, lon: 119.6, datum: 'wgs84' as const }, atMs: T0 }
    const vehicles = [id, other].map(incidentId => ({ incidentId, position }))
    const told = fold([{ type: 'positions', units: [], vehicles }])
    expect([...told.vehicles.keys()]).toEqual([id, other])
    const gone = message(2, { type: 'taskGone', incidentId: id, reason: 'recalled' })
    expect([...fold([gone], told).vehicles.keys()]).toEqual([other])
    const away = {
      ...{ type: 'snapshot', scope: 'unit:u-1', seq: 9 },
      patrol: { unit: unit('u-1'), tasks: [{ incidentId: other }] }
    } as unknown as ServerMessage
    expect([...fold([away], told).vehicles.keys()]).toEqual([other])
  })

  it('keeps the place of a vehicle on the floor only while its incident is open, however it hears of the end', () => {
    const [open, other] = [incident('i-1', { version: 1 }), incident('i-2', { version: 1 })]
    const ended = incident('i-1', { version: 2, state: 'resolved' })
    const position = { point: { lat: 27, lon: 119.6, datum: 'wgs84' as const }, atMs: T0 }
    const told = {
      type: 'positions' as const,
      units: [],
      vehicles: [open, other].map(({ id: incidentId }) => ({ incidentId, position }))
    }
    const before = fold([
      message(1, { type: 'incident', incident: open }),
      message(2, { type: 'incident', incident: other }),
      told
    ])
    expect([...before.vehicles.keys()]).toEqual([open.id, other.id])
    const over = fold([message(3, { type: 'incident', incident: ended })], before)
    expect([...over.vehicles.keys()]).toEqual([other.id])
    // One that was under way comes after the end.
    expect([...fold([told], over).vehicles.keys()]).toEqual([other.id])
    const away = {
      ...{ type: 'snapshot', scope: 'floor', seq: 9 },
      floor: { incidents: [ended, other], units: [], cameras: [], notices: [] }
    } as unknown as ServerMessage
    expect([...fold([away], before).vehicles.keys()]).toEqual([other.id])
  })

  it('says nothing of an order of the shift before once the team is on duty again', () => {
    const own = (seq: number, onDutySinceMs: number) =>
      message(seq, { type: 'unit', unit: { ...unit('u-1'), onDutySinceMs } })
    const welcome = {
      ...{ type: 'welcome', serverTimeMs: T0, scopes: ['floor'] },
      user: { ...user(), unitId: unit('u-1').id }
    } as Parameters<typeof fold>[0][number]
    const gone = { type: 'taskGone', incidentId: incident('i-1').id, reason: 'cleared' } as const
    const before = fold([welcome, own(1, T0), message(2, gone)])
    expect(fold([own(3, T0)], before).taskGone?.reason).toBe('cleared')
    expect(fold([own(3, T0 + 1)], before).taskGone).toBeUndefined()
  })
})

describe('clock and delivery', () => {
  it('measures the clock by half of the round trip and trusts the quickest ping', () => {
    const quick = fold([{ type: 'pong', sentAtMs: T0 - 20, serverTimeMs: T0 + 5_000 - 10 }])
    expect(quick.clockOffsetMs).toBe(5_000)
    const slow = fold([{ type: 'pong', sentAtMs: T0 - 4_000, serverTimeMs: T0 + 5_000 - 3_900 }], quick)
    expect(slow.clockOffsetMs).toBe(5_000)
  })

  it('computes the delivery of a new alarm with the clock offset', () => {
    const clock = fold([{ type: 'pong', sentAtMs: T0, serverTimeMs: T0 + 60_000 }])
    const opened = incident('i-2', { openedAtMs: T0 + 60_000 })
    const state = fold([message(1, { type: 'incident', incident: opened }, { atMs: T0 + 60_000 })], clock, T0 + 400)
    expect(state.delivery).toEqual({ incidentId: 'i-2', latencyMs: 400 })
  })

  it('does not take a replayed alarm or a change of a known one for a delivery', () => {
    const late = fold([message(1, { type: 'incident', incident: incident('i-2') })], EMPTY, T0 + 60_000)
    expect(late.delivery).toBeUndefined()
    const known = fold([snapshot, message(11, { type: 'incident', incident: incident('i-1', { version: 2 }) })])
    expect(known.delivery).toBeUndefined()
  })

  it('remembers the session user of the welcome', () => {
    expect(fold([{ type: 'welcome', serverTimeMs: T0 + 7, user: user(), scopes: ['floor'] }]).user?.seat).toBe(3)
  })
})

describe('sequence', () => {
  it('tells the next message from a repeated one and from a loss', () => {
    const body = { type: 'unit', unit: unit('unit-1') } as const
    expect(sequenceCheck({ floor: 10 }, message(11, body))).toBe('next')
    expect(sequenceCheck({ floor: 10 }, message(9, body))).toBe('seen')
    expect(sequenceCheck({ floor: 10 }, message(13, body))).toBe('gap')
    // A filter skips numbers: `prev` says that nothing was lost.
    expect(sequenceCheck({ floor: 10 }, message(13, body, { prev: 10 }))).toBe('next')
  })
})
