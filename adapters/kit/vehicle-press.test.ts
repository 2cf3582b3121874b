/** The rule of the emergency bit: one press, one signal, whatever is lost, repeated or replayed. */
import { describe, expect, it } from 'vitest'

import {
  eventIdOf,
  type Location,
  NEVER_PRESSED,
  type PressState,
  parsePressState,
  pressesOfBatch,
  type Report,
  stepLive
} from './vehicle-press.ts'

const NOW = Date.UTC(2026, 10, 21, 19, 12, 31)
const report = (emergency: boolean, serial: number, seconds = serial): Report => ({
  emergency,
  by: 'code',
  serial,
  deviceMs: NOW + seconds * 1000
})

/** Plays reports one after another; gives the kinds of step that were not `none`. */
function play(reports: readonly Report[], state: PressState = NEVER_PRESSED): { kinds: string[]; state: PressState } {
  const kinds: string[] = []
  let current = state
  for (const one of reports) {
    const step = stepLive(current, one, NOW)
    if (step.kind === 'none') continue
    kinds.push(step.kind)
    current = step.state
  }
  return { kinds, state: current }
}

describe('live reports', () => {
  it('a press is the bit going from 0 to 1, and its release is one release', () => {
    const { kinds, state } = play([
      report(false, 1),
      report(true, 2),
      report(true, 3),
      report(false, 4),
      report(false, 5)
    ])
    expect(kinds).toEqual(['press', 'clear'])
    expect(state).toMatchObject({ pressed: false, serial: 2, eventId: eventIdOf(report(true, 2), NOW) })
  })

  it('a second press after a release has another event id', () => {
    const first = play([report(true, 2)]).state.eventId
    const second = play([report(true, 2), report(false, 3), report(true, 4)])
    expect(second.kinds).toEqual(['press', 'clear', 'press'])
    expect(second.state.eventId).not.toBe(first)
  })

  it('the bit still set after a restart is the same press, from the remembered text', () => {
    const state = parsePressState(JSON.stringify(play([report(true, 2)]).state))
    expect(play([report(true, 3), report(true, 1, 90)], state).kinds).toEqual([])
  })

  it("another's open press hides none; a frame sent again with another code is the same press", () => {
    const { state } = play([report(true, 2)])
    expect(play([{ ...report(true, 2), by: 'new code' }], state).kinds).toEqual([])
    const taken = play(
      [report(true, 3), report(true, 4)].map(one => ({ ...one, by: 'new code' })),
      state
    )
    expect(taken.kinds).toEqual(['press'])
    expect(taken.state).toMatchObject({ by: 'new code', serial: 3 })
  })

  it('a retransmission from before the press does not release it, one of the press does not press again', () => {
    const { state } = play([report(false, 9), report(true, 10)])
    expect(play([report(false, 9)], state).kinds).toEqual([])
    const released = play([report(false, 11)], state).state
    expect(play([report(true, 10)], released).kinds).toEqual([])
  })

  it('a clock that jumped back, or none, hides neither a press nor a release', () => {
    const { state } = play([report(true, 10)])
    const released = play([report(false, 11, -500)], state)
    expect(released.kinds).toEqual(['clear'])
    expect(play([report(true, 12, -490)], released.state).kinds).toEqual(['press'])
    expect(
      play([
        { emergency: true, by: 'code', serial: 1 },
        { emergency: false, by: 'code', serial: 2 }
      ]).kinds
    ).toEqual(['press', 'clear'])
  })

  it('a clock that stands still does not make a new press look like an old one', () => {
    const stuck = { emergency: true, by: 'code', serial: 3, deviceMs: Date.UTC(2010, 0, 1) }
    expect(eventIdOf(stuck, NOW)).not.toBe(eventIdOf(stuck, NOW + 1))
    expect(eventIdOf({ ...stuck, deviceMs: undefined }, NOW)).not.toBe(
      eventIdOf({ ...stuck, deviceMs: undefined }, NOW + 1)
    )
    expect(eventIdOf({ ...stuck, deviceMs: NOW - 9 }, NOW)).toBe(eventIdOf({ ...stuck, deviceMs: NOW - 9 }, NOW + 1))
  })

  it('serials run over', () => {
    const { state } = play([report(true, 0, 100)])
    expect(play([report(false, 0xffff, 99)], state).kinds).toEqual([])
    expect(play([report(false, 1, 101)], state).kinds).toEqual(['clear'])
  })

  it('unreadable remembered text counts as never pressed', () => {
    for (const text of [undefined, '', '{', 'null', '7']) expect(parsePressState(text)).toEqual(NEVER_PRESSED)
  })
})

describe('batches', () => {
  const location = (emergency: boolean, seconds: number): Location => ({
    emergency,
    alarmBits: emergency ? 1 : 0,
    statusBits: 2,
    positioned: false,
    speedKmh: 0,
    headingDeg: 0,
    deviceMs: NOW + seconds * 1000
  })
  const oldBy = (by: string, state: PressState, ...items: [boolean, number][]) =>
    pressesOfBatch(
      state,
      by,
      items.map(([e, s]) => location(e, s)),
      NOW
    ).map(p => [(p.atMs - NOW) / 1000, p.stillSet])

  const old = (state: PressState, ...items: [boolean, number][]) => oldBy('code', state, ...items)

  it("another's press hides none, however long it claims to be; only the same moment is the same press", () => {
    const { state } = play([report(true, 50), report(false, 500)])
    expect(oldBy('other', state, [true, 60], [false, 70])).toEqual([[60, false]])
    expect(oldBy('other', state, [true, 50], [false, 70])).toEqual([])
  })

  it('each run of set bits is one press, whatever the order of the items', () => {
    expect(old(NEVER_PRESSED, [true, 5], [false, 1], [true, 4], [false, 6], [true, 9])).toEqual([
      [4, false],
      [9, true]
    ])
  })

  it('what touches the press already known is that press', () => {
    const { state } = play([report(true, 50)])
    expect(old(state, [true, 40], [true, 45])).toEqual([])
    expect(old(state, [true, 40], [false, 45])).toEqual([[40, false]])
    const released = play([report(false, 60)], state).state
    expect(old(released, [true, 40], [true, 45])).toEqual([])
    expect(old(released, [true, 70])).toEqual([[70, true]])
  })
})
