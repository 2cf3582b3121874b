/** Digits as RTP telephone events (RFC 4733 §2.3), pure: one digit an event, however often its packets come. */
import type { RtpPacket } from './rtp.ts'

/** Event codes 0–15 in the order of RFC 4733 §3.2. */
const DIGITS = '0123456789*#ABCD'
const EVENT_BYTES = 4
/** RFC 4733 §2.5.1.3: an event longer than its duration field goes on under a new timestamp, this much later. */
const LONGEST_SEGMENT = 0xffff
/** Late packets belong to one of so many events before. */
const REMEMBERED = 16

interface Event {
  readonly code: number
  readonly timestamp: number
}

export class EventReader {
  #ssrc: number | undefined
  /** Newest last. By identity and not by order, since some senders' time stamps jump back. */
  #recent: Event[] = []

  /** The digit that begins with this packet; undefined for a repetition, an update, an end, a late packet and what is no digit. */
  read(packet: RtpPacket): string | undefined {
    if (packet.payload.length < EVENT_BYTES) return undefined
    if (packet.ssrc !== this.#ssrc) this.#recent = []
    this.#ssrc = packet.ssrc
    const event = { code: packet.payload.readUInt8(0), timestamp: packet.timestamp }
    // The end packet comes three times, and after a loss it may be all that comes: whichever is first counts.
    if (this.#recent.some(e => e.code === event.code && e.timestamp === event.timestamp)) return undefined
    const goesOn = !packet.marker && this.#recent.some(e => isNextSegment(e, event))
    this.#recent = [...this.#recent, event].slice(-REMEMBERED)
    return goesOn ? undefined : DIGITS[event.code]
  }
}

function isNextSegment(before: Event, event: Event): boolean {
  return before.code === event.code && (event.timestamp - before.timestamp) >>> 0 === LONGEST_SEGMENT
}
