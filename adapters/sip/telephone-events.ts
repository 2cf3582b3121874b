/** Digits as RTP telephone events (RFC 4733 §2.3), pure: one digit an event, however often its packets come. */
import type { RtpPacket } from './rtp.ts'

/** Event codes 0–15 in the order of RFC 4733 §3.2. */
const DIGITS = '0123456789*#ABCD'
const EVENT_BYTES = 4
/** RFC 4733 §2.5.1.3: an event longer than its duration field goes on under a new timestamp, this much later. */
const LONGEST_SEGMENT = 0xffff
const HALF = 0x8000_0000

export class EventReader {
  #ssrc: number | undefined
  #timestamp = 0
  #event = -1

  /** The digit that begins with this packet; undefined for a repetition, an update, an end, an old packet and what is no digit. */
  read(packet: RtpPacket): string | undefined {
    if (packet.payload.length < EVENT_BYTES) return undefined
    const event = packet.payload.readUInt8(0)
    const { ssrc, timestamp } = packet
    const later = (timestamp - this.#timestamp) >>> 0
    const sameSender = ssrc === this.#ssrc
    // The end packet comes three times, and after a loss it may be all that comes: whichever is first counts.
    const known = sameSender && event === this.#event && later === 0
    const late = sameSender && later >= HALF
    const goesOn = sameSender && event === this.#event && later === LONGEST_SEGMENT && !packet.marker
    if (known || late) return undefined
    this.#ssrc = ssrc
    this.#timestamp = timestamp
    this.#event = event
    return goesOn ? undefined : DIGITS[event]
  }
}
