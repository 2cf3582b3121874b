/** Datagrams in every order: what is given out is in order, whole where it came whole, and never waits for long. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../core/ports.ts'
import { ReorderBuffer } from './reorder.ts'

const START_MS = 1_000_000

function packet(sequence: number): Buffer {
  const bytes = Buffer.alloc(13)
  bytes[0] = 0x80
  bytes.writeUInt16BE(sequence & 0xffff, 2)
  return bytes
}

/** Timers run within `advance`, in order: the buffer starts one at a time. */
function manualClock(): Clock & { advance(ms: number): void } {
  let nowMs = START_MS
  let timer: { readonly dueMs: number; readonly callback: () => void } | undefined
  return {
    now: () => nowMs,
    steady: () => nowMs,
    after(ms, callback) {
      const mine = { dueMs: nowMs + ms, callback }
      timer = mine
      return () => {
        if (timer === mine) timer = undefined
      }
    },
    every: () => () => undefined,
    advance(ms) {
      const endMs = nowMs + ms
      while (timer && timer.dueMs <= endMs) {
        const { dueMs, callback } = timer
        timer = undefined
        nowMs = dueMs
        callback()
      }
      nowMs = endMs
    }
  }
}

function buffer() {
  const clock = manualClock()
  const given: number[] = []
  const arrivals: number[] = []
  const faults: string[] = []
  const order = new ReorderBuffer(clock, {
    packet: (bytes, arrivalMs) => {
      given.push(bytes.readUInt16BE(2))
      arrivals.push(arrivalMs)
    },
    fault: fault => faults.push(fault)
  })
  const push = (...sequences: number[]): void => {
    for (const sequence of sequences) order.push(packet(sequence), clock.now())
  }
  return { clock, order, push, given, arrivals, faults }
}

describe('ReorderBuffer', () => {
  it('keeps nothing back of what comes in order, over the wrap of 16 bits', () => {
    const { order, push, given, faults } = buffer()
    push(65_534, 65_535, 0, 1)
    expect([given, order.held, faults]).toEqual([[65_534, 65_535, 0, 1], 0, []])
  })

  it('puts swapped packets in order and keeps the time at which each came', () => {
    const { clock, push, given, arrivals } = buffer()
    push(65_534, 0)
    clock.advance(7)
    push(65_535)
    expect([given, arrivals]).toEqual([
      [65_534, 65_535, 0],
      [START_MS, START_MS + 7, START_MS]
    ])
  })

  it('waits 60 ms for a missing packet, then goes on; the late one is counted, not given', () => {
    const { clock, order, push, given, faults } = buffer()
    push(10, 12, 13)
    clock.advance(59)
    expect(given).toEqual([10])
    clock.advance(1)
    expect([given, order.held]).toEqual([[10, 12, 13], 0])
    push(11, 14)
    expect([given, faults]).toEqual([[10, 12, 13, 14], ['udpLate']])
  })

  it('gives every hole a wait of its own', () => {
    const { clock, push, given } = buffer()
    push(1, 3)
    clock.advance(40)
    push(5)
    clock.advance(20)
    expect(given).toEqual([1, 3])
    push(4)
    expect(given).toEqual([1, 3, 4, 5])
  })

  it('drops repeated packets, given out or held', () => {
    const { push, given, faults } = buffer()
    push(1, 1, 3, 3, 2)
    expect([given, faults]).toEqual([
      [1, 2, 3],
      ['udpDuplicate', 'udpDuplicate']
    ])
  })

  it('never holds more than its depth, whatever is missing', () => {
    const { order, push, given } = buffer()
    push(0)
    for (let i = 0; i < 2000; i += 2) push(1000 + i)
    expect(order.held).toBeLessThanOrEqual(256)
    expect(given).toEqual([...given].sort((a, b) => a - b))
    expect(given.length).toBeGreaterThan(800)
  })

  it('follows a restarted source with its second packet, and never a single stray one', () => {
    const { push, given, faults } = buffer()
    push(100, 101, 30_000, 102, 40_000, 40_001, 40_002)
    expect(given).toEqual([100, 101, 102, 40_001, 40_002])
    expect(faults).toEqual(['udpStray', 'udpStray'])
  })

  it('holds nothing and wakes nobody after close', () => {
    const { clock, order, push, given } = buffer()
    push(1, 3)
    order.close()
    clock.advance(1000)
    expect([given, order.held]).toEqual([[1], 0])
  })

  it('gives each packet once and in order, and all of them when none was lost and none came too late', () => {
    const shuffled = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 400 })
    fc.assert(
      fc.property(shuffled, fc.integer({ min: 0, max: 65_535 }), (delays, first) => {
        const { clock, push, given, faults } = buffer()
        push(first)
        const sent = delays.map((delayMs, i) => ({ sequence: (first + 1 + i) & 0xffff, atMs: i * 0.5 + delayMs }))
        for (const { sequence, atMs } of sent.sort((a, b) => a.atMs - b.atMs)) {
          clock.advance(Math.max(0, START_MS + Math.floor(atMs) - clock.now()))
          push(sequence)
        }
        clock.advance(100)
        expect(given).toEqual([first, ...delays.map((_, i) => (first + 1 + i) & 0xffff)])
        expect(faults).toEqual([])
      })
    )
  })
})
