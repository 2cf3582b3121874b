/** The ring against a plain list of units: nothing it still holds may ever differ, and the pre-roll is never short. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CodecConfig } from '../codec/config.ts'
import { Ring } from './ring.ts'

const CONFIG: CodecConfig = {
  codec: 'avc1.42001f',
  width: 16,
  height: 16,
  kind: 'h264',
  record: Buffer.alloc(0),
  inBand: Buffer.alloc(0),
  annexB: Buffer.alloc(0)
}

/** Writes a unit in pieces, as packets would. */
function write(ring: Ring, payload: Buffer, piece = 1000): boolean {
  if (!ring.beginNal(payload[0] ?? 0)) return false
  for (let at = 1; at < payload.length; at += piece) {
    if (!ring.append(payload, at, Math.min(payload.length, at + piece))) return false
  }
  ring.endNal()
  return true
}

const unitOf = (length: number, fill: number): Buffer => Buffer.alloc(Math.max(2, length), fill & 255)

describe('Ring', () => {
  it('holds what it says it holds, byte by byte, through wraps, growth, aborted units and dropped NALs', () => {
    const step = fc.record({
      bytes: fc.integer({ min: 2, max: 60_000 }),
      key: fc.integer({ min: 0, max: 9 }).map(n => n === 0),
      abort: fc.integer({ min: 0, max: 19 }).map(n => n === 0),
      extra: fc.boolean()
    })
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 50, maxLength: 500 }),
        fc.integer({ min: 0, max: 4000 }),
        (steps, preRollMs) => {
          const ring = new Ring({ preRollMs, maxBytes: 3_000_000 })
          const written = new Map<number, Buffer>()
          let wallMs = 1000
          steps.forEach(({ bytes, key, abort, extra }, i) => {
            const payload = unitOf(bytes, i)
            expect(write(ring, payload)).toBe(true)
            if (extra) {
              write(ring, unitOf(500, 7))
              ring.dropNal()
            }
            if (abort) ring.abortUnit()
            else {
              const first = i === 0 || key
              written.set(ring.commit(wallMs * 90, 0, wallMs, false, first, CONFIG), payload)
            }
            wallMs += 40
          })
          for (let seq = ring.index.first; seq < ring.index.next; seq++) {
            const unit = ring.read(seq)
            expect(unit.readUInt32BE(0)).toBe(unit.length - 4)
            expect(unit.subarray(4).equals(written.get(seq) ?? Buffer.alloc(0))).toBe(true)
          }
          expect(ring.capacityBytes).toBeLessThanOrEqual(3_000_000)
        }
      ),
      { numRuns: 100 }
    )
  })

  it('can always give the pre-roll, its GOP and 3 s more, in memory near what that needs', () => {
    const ring = new Ring({ preRollMs: 30_000, maxBytes: 64 * 1024 * 1024 })
    // 2 Mbit/s, 25 frames/s, a keyframe every 2 s.
    let worst = Number.POSITIVE_INFINITY
    for (let i = 0; i < 25 * 120; i++) {
      const wallMs = i * 40
      write(ring, unitOf(i % 50 === 0 ? 60_000 : 9000, i))
      ring.commit(wallMs * 90, 0, wallMs, false, i % 50 === 0, CONFIG)
      if (wallMs > 40_000) {
        const key = ring.keyAtOrBefore(wallMs - 33_000)
        expect(key !== undefined && ring.index.wallMs(key) <= wallMs - 33_000).toBe(true)
        worst = Math.min(worst, ring.heldMs)
      }
    }
    expect(worst).toBeGreaterThanOrEqual(33_000)
    const needed = (35_000 / 1000) * ((49 * 9000 + 60_000) / 2)
    expect(ring.capacityBytes).toBeLessThan(needed * 1.4)
  })

  it('keeps within its bound when the bitrate explodes, losing the oldest first', () => {
    const ring = new Ring({ preRollMs: 30_000, maxBytes: 4 * 1024 * 1024 })
    for (let i = 0; i < 500; i++) {
      expect(write(ring, unitOf(200_000, i), 1400)).toBe(true)
      ring.commit(i * 3600, 0, i * 40, false, i % 10 === 0, CONFIG)
    }
    expect(ring.capacityBytes).toBe(4 * 1024 * 1024)
    expect(ring.index.count).toBeGreaterThan(10)
    expect(ring.read(ring.index.next - 1)[10]).toBe(499 & 255)
  })

  it('refuses a unit of more than 2 MB and is whole afterwards', () => {
    const ring = new Ring({ preRollMs: 1000, maxBytes: 8 * 1024 * 1024 })
    write(ring, unitOf(1000, 1))
    ring.commit(0, 0, 0, false, true, CONFIG)
    expect(write(ring, unitOf(2_200_000, 2))).toBe(false)
    ring.abortUnit()
    write(ring, unitOf(1000, 3))
    const seq = ring.commit(3600, 0, 40, true, false, CONFIG)
    expect(ring.read(0)[8]).toBe(1)
    expect(ring.read(seq)[8]).toBe(3)
    expect(ring.index.afterGap(seq)).toBe(true)
  })

  it('keeps what is pinned beyond the pre-roll, and lets it go when the pin has moved on; only the bound outranks it', () => {
    const feed = (ring: Ring, from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        expect(write(ring, unitOf(10_000, i))).toBe(true)
        ring.commit(i * 3600, 0, i * 40, false, i % 25 === 0, CONFIG)
      }
    }
    const ring = new Ring({ preRollMs: 0, maxBytes: 64 * 1024 * 1024 })
    feed(ring, 0, 50)
    const pin = ring.pin(25)
    feed(ring, 50, 1000)
    expect(ring.index.holds(25)).toBe(true)
    expect(ring.read(25).subarray(4).equals(unitOf(10_000, 25))).toBe(true)
    pin.move(900)
    feed(ring, 1000, 1010)
    expect(ring.index.holds(25)).toBe(false)
    expect(ring.index.holds(900)).toBe(true)
    pin.release()
    feed(ring, 1010, 1200)
    expect(ring.index.holds(1000)).toBe(false)

    const small = new Ring({ preRollMs: 0, maxBytes: 1024 * 1024 })
    feed(small, 0, 10)
    small.pin(0)
    feed(small, 10, 500)
    expect(small.index.holds(0)).toBe(false)
    expect(small.capacityBytes).toBeLessThanOrEqual(1024 * 1024)
  })
})
