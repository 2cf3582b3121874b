/** Pictures over a clock that is set: what memory holds is found again by the new time, and memory goes on letting old pictures go. */
import { expect, it } from 'vitest'
import { Ring } from '../ring/ring.ts'
import { encode } from '../testing/encode.ts'
import { Packetiser } from '../testing/packetise.ts'
import { VideoIntake } from './video-intake.ts'

const FRAME_MS = 40
const PRE_ROLL_MS = 10_000
const HOUR_MS = 3_600_000
const PICTURES = encode({ seconds: 2, gop: 25, size: '160x90' })

it('a clock that is set back by an hour', () => {
  const ring = new Ring({ preRollMs: PRE_ROLL_MS, maxBytes: 64 * 1024 * 1024 })
  const faults: string[] = []
  const intake = new VideoIntake({
    unit: () => undefined,
    fault: fault => faults.push(fault),
    clockSet: () => undefined
  })
  intake.begin({ codec: 'h264', payloadType: 96, parameterSets: [] }, ring, () => undefined)
  const packets = new Packetiser({ payloadType: 96 })
  let nowMs = Date.UTC(2026, 10, 28, 12)
  let sent = 0
  const send = (seconds: number): void => {
    for (let i = 0; i < (seconds * 1000) / FRAME_MS; i++, sent++, nowMs += FRAME_MS)
      for (const packet of packets.picture(PICTURES[sent % PICTURES.length] ?? [], sent * FRAME_MS * 90))
        intake.packet(packet, 0, packet.length, nowMs)
  }
  send(60)
  const before = { held: ring.heldMs, units: ring.index.count }
  nowMs -= HOUR_MS
  send(2)
  expect(faults.filter(fault => fault === 'clockSetBack')).toHaveLength(1)
  // An alarm now finds its pre-roll: the pictures of before the step, told in the new time.
  const key = ring.keyAtOrBefore(nowMs - PRE_ROLL_MS)
  const ageMs = nowMs - ring.index.wallMs(key ?? -1)
  expect(ageMs).toBeGreaterThanOrEqual(PRE_ROLL_MS)
  expect(ageMs).toBeLessThan(PRE_ROLL_MS + 1500)
  send(60)
  expect(ring.index.wallMs(ring.index.next - 1)).toBeGreaterThan(nowMs - 2 * FRAME_MS)
  expect(ring.index.count).toBeLessThanOrEqual(before.units + 25)
  expect(ring.heldMs).toBeLessThan(before.held + 1500)
})
