/** What telephones in one call hear of each other, step by step. */
import { describe, expect, it } from 'vitest'
import { alawToLinear, linearToAlaw } from '../kit/g711.ts'
import { Conference, MAX_MEMBERS } from './conference.ts'

const packet = (sequence: number, sample: number, length = 160) => ({
  ...{ payloadType: 8, marker: false, sequence, timestamp: 0, ssrc: 1 },
  payload: Buffer.alloc(length, linearToAlaw(sample))
})

function conference(...calls: string[]) {
  const mixed = new Conference()
  for (const call of calls) mixed.add(call)
  const heard = (call: string) => new Set([...mixed.next(call, 'alaw')].map(alawToLinear))
  /** Two steps of a constant value, so that it is heard at once. */
  const speak = (call: string, sample: number, from = 0) => {
    for (const n of [0, 1]) mixed.hear(call, packet(from + n, sample), 'alaw')
  }
  return { mixed, heard, speak }
}

const near = (value: number) => alawToLinear(linearToAlaw(value))
const SILENCE = near(0)

describe('a conference', () => {
  it('gives each the sum of the others, never its own voice', () => {
    const { mixed, heard, speak } = conference('a', 'b', 'c')
    speak('a', 1_000)
    speak('b', 4_000)
    mixed.turn()
    expect(heard('a')).toEqual(new Set([near(near(4_000))]))
    expect(heard('b')).toEqual(new Set([near(near(1_000))]))
    expect(heard('c')).toEqual(new Set([near(near(1_000) + near(4_000))]))
  })

  it('of two hears what was sent, to the bit', () => {
    const { mixed } = conference('a', 'b')
    const said = Buffer.from(Array.from({ length: 320 }, (_, i) => i & 0xff))
    mixed.hear('a', { ...packet(1, 0), payload: said }, 'alaw')
    mixed.turn()
    expect(mixed.next('b', 'alaw')).toEqual(said.subarray(0, 160))
  })

  it('waits for two packets, also after a hole, and is silent meanwhile', () => {
    const { mixed, heard, speak } = conference('a', 'b')
    mixed.hear('a', packet(0, 1_000), 'alaw')
    mixed.turn()
    expect(heard('b')).toEqual(new Set([SILENCE]))
    speak('a', 1_000, 1)
    for (const sounds of [true, true, true, false]) {
      mixed.turn()
      expect(heard('b')).toEqual(new Set([sounds ? near(1_000) : SILENCE]))
    }
  })

  it('clips what is too loud, and mixes laws', () => {
    const { mixed, heard } = conference('a', 'b', 'c')
    for (const n of [0, 1]) {
      mixed.hear('a', packet(n, 30_000), 'alaw')
      mixed.hear('b', { ...packet(n, 0), payload: Buffer.alloc(160, 0x80) }, 'ulaw')
    }
    mixed.turn()
    expect(heard('c')).toEqual(new Set([near(32_767)]))
  })

  it('is bounded: late packets, a clock that runs away, members', () => {
    const { mixed, speak, heard } = conference('a', 'b')
    speak('a', 1_000, 10)
    mixed.hear('a', packet(5, 8_000), 'alaw')
    for (let n = 12; n < 1_000; n++) mixed.hear('a', packet(n, 1_000), 'alaw')
    for (let n = 0; n < 13; n++) mixed.turn()
    expect(heard('b')).toEqual(new Set([SILENCE]))
    for (let n = 0; n < 20; n++) mixed.add(`more-${n}`)
    expect(mixed.size).toBe(MAX_MEMBERS)
  })
})
