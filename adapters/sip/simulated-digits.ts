/** The keys of a simulated telephone: telephone events (RFC 4733 §2.5.1), each end packet three times. */
import { randomBytes } from 'node:crypto'
import type { Wire } from './simulator.ts'

const FIRST_MS = 1_000
const EVERY_MS = 500
const TONE_MS = 100
const PACKET_MS = 20
const KEYS = '0123456789*#ABCD'
const EVENT_TYPE = 101
const END = 0x80

/** Returns what stops it. */
export function pressDigits(digits: string, wire: Wire, rtpPort: number): () => void {
  const ssrc = randomBytes(4).readUInt32BE()
  let sequence = 0
  const send = (digit: string, timestamp: number, ms: number, end: number) => {
    // Header (RFC 3550 §5.1) and event (RFC 4733 §2.3): on its own, so that it does not share a mistake with the reader.
    const packet = Buffer.alloc(16)
    packet.writeUInt8(0x80, 0)
    packet.writeUInt8((ms === PACKET_MS ? 0x80 : 0) | EVENT_TYPE, 1)
    packet.writeUInt16BE(sequence++, 2)
    packet.writeUInt32BE(timestamp, 4)
    packet.writeUInt32BE(ssrc, 8)
    packet.writeUInt8(KEYS.indexOf(digit), 12)
    packet.writeUInt8(end | 10, 13)
    packet.writeUInt16BE(ms * 8, 14)
    wire.sendRtp(packet, rtpPort)
  }
  const stops = [...digits].map((digit, n) =>
    wire.clock.after(FIRST_MS + n * EVERY_MS, () => {
      for (let ms = PACKET_MS; ms < TONE_MS; ms += PACKET_MS) send(digit, n * 4_000, ms, 0)
      for (let i = 0; i < 3; i++) send(digit, n * 4_000, TONE_MS, END)
    })
  )
  return () => {
    for (const stop of stops) stop()
  }
}
