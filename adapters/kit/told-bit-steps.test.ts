/** Alarm bits over time, by a clock that only the test moves: the first of a kind is always told, a flapping bit is shelved, one that never clears is a trouble. */
import { describe, expect, it } from 'vitest'
import { type BitState, flapsInBatch, stepOf } from './told-bit-steps.ts'

const T0 = Date.UTC(2026, 10, 29, 8)
const MIN = 60_000
const STUCK_MS = 10 * MIN

/** What each report puts on record, the bit as `1` or `0` and the seconds since the start. */
function bitOver(stuckMs = STUCK_MS) {
  let state: BitState | undefined
  let serial = 0
  const ids: string[] = []
  return {
    ids,
    say(set: 0 | 1, seconds: number): string {
      const kinds: string[] = []
      const report = { set: set === 1, atMs: T0 + seconds * 1_000, nowMs: T0 + seconds * 1_000, serial: ++serial }
      for (;;) {
        const step = stepOf({ name: 'collision', stuckMs }, state, report)
        if (!step) return kinds.join(' ')
        kinds.push(step.kind)
        ids.push(step.eventId)
        // As it is kept over a restart.
        state = JSON.parse(JSON.stringify(step.state)) as BitState
      }
    },
    flap(from: number, until: number, every = 5): string[] {
      const said: string[] = []
      for (let at = from, set: 0 | 1 = 1; at < until; at += every, set = set ? 0 : 1) said.push(this.say(set, at))
      return said
    }
  }
}

describe('a bit that does not clear', () => {
  it('is a trouble once after its time, until it clears; the next one is told', () => {
    const bit = bitOver()
    expect([bit.say(1, 0), bit.say(1, 5), bit.say(1, 599)]).toEqual(['begin', '', ''])
    expect([bit.say(1, 600), bit.say(1, 605), bit.say(1, 9_000)]).toEqual(['stuck', '', ''])
    expect([bit.say(0, 9_005), bit.say(1, 9_010)]).toEqual(['unstuck end', 'begin'])
    expect(bit.say(1, 9_610)).toBe('stuck')
    expect(new Set(bit.ids).size).toBe(bit.ids.length)
  })

  it('is none where nothing is hidden by it', () => {
    const bit = bitOver(0)
    expect([bit.say(1, 0), bit.say(1, 90_000)]).toEqual(['begin', ''])
  })

  it('that an older version told counts from the device’s time', () => {
    const old: BitState = { eventId: 'collision-1-1', atMs: T0 }
    const report = { set: true, atMs: T0 + STUCK_MS, nowMs: T0 + STUCK_MS, serial: 2 }
    expect(stepOf({ name: 'collision', stuckMs: STUCK_MS }, old, report)?.kind).toBe('stuck')
  })
})

describe('a bit that flaps', () => {
  it('is told with its third change in a minute, then on record only, and reported once', () => {
    const bit = bitOver()
    expect(bit.flap(0, 40)).toEqual(['begin', 'end', 'begin chatter', 'held', 'held', 'held', 'held', 'held'])
    expect(new Set(bit.ids).size).toBe(bit.ids.length)
  })

  it('two accidents in a minute are two, and one every half minute is none of it', () => {
    const bit = bitOver()
    expect(bit.flap(0, 180, 31)).toEqual(['begin', 'end', 'begin', 'end', 'begin', 'end'])
  })

  it('is shelved for half an hour at most, then what stands is told', () => {
    const bit = bitOver()
    // Shelved from 10 s on; clear at last.
    expect(bit.flap(0, 1_800).at(-1)).toBe('held')
    expect([bit.say(1, 1_809), bit.say(1, 1_810)]).toEqual(['held', 'calm'])
    expect([bit.say(0, 1_815), bit.say(1, 1_820)]).toEqual(['end', 'begin'])
    const again = bitOver()
    again.flap(0, 1_800)
    expect(again.say(0, 1_810)).toBe('calm end')
  })

  it('hides no accident that stands for a minute', () => {
    const bit = bitOver()
    // It begins to flap at a moment when it is clear.
    expect([bit.say(1, 0), bit.say(0, 100), bit.say(1, 110), bit.say(0, 120)]).toEqual([
      ...['begin', 'end', 'begin', 'end chatter']
    ])
    expect([bit.say(1, 125), bit.say(1, 184), bit.say(1, 185)]).toEqual(['held', '', 'calm begin'])
  })

  it('has calmed down after five minutes without a change, also while nothing came; the next one is the first again', () => {
    const quiet = bitOver()
    quiet.flap(0, 30)
    expect([quiet.say(0, 30), quiet.say(0, 325), quiet.say(1, 330)]).toEqual(['', 'calm end', 'begin'])
    const away = bitOver()
    away.flap(0, 30)
    expect(away.say(1, 400)).toBe('calm')
    expect([away.say(0, 410), away.say(1, 900)]).toEqual(['end', 'begin'])
  })

  it('a clock that was set back keeps nothing shelved', () => {
    const bit = bitOver()
    bit.flap(3_600, 3_620)
    expect(bit.say(0, 0)).toBe('calm end')
  })
})

it('in one batch the third run of a bit within a minute flaps', () => {
  const ago = (...seconds: number[]) => seconds.map(each => T0 + each * 1_000)
  expect(flapsInBatch([], T0)).toBe(false)
  expect(flapsInBatch(ago(0), T0 + 10_000)).toBe(false)
  expect(flapsInBatch(ago(0, 10), T0 + 20_000)).toBe(true)
  expect(flapsInBatch(ago(0, 10, 20), T0 + 71_000)).toBe(false)
})
