/** RTP packets of H.264 (RFC 6184, packetization modes 0 and 1) into access units, copied once, straight into the ring. */
import type { Ring } from '../ring/ring.ts'
import { isKept, isSlice, NAL_IDR, NAL_PPS, NAL_SPS } from './nal.ts'
import type { ParameterSets } from './parameter-sets.ts'

/** Why a packet or unit was not used: a closed set, counted by the stream. */
export type DepacketizerFault =
  | 'rtpHeader'
  | 'payloadType'
  | 'nalType'
  | 'stapSize'
  | 'fuOrder'
  | 'parameterSet'
  | 'unitTooLarge'

/** What the depacketizer tells; `unit` comes with the unit complete in the ring: commit it and say true, or false to have it dropped. */
export interface DepacketizerEvents {
  unit(rtpTime: number, key: boolean, afterGap: boolean): boolean
  lost(packets: number): void
  fault(fault: DepacketizerFault): void
}

const STAP_A = 24
const FU_A = 28

/** One per session and stream. A unit ends at the marker bit, or at the next time stamp for cameras whose markers cannot be trusted. */
export class Depacketizer {
  readonly #ring: Ring
  readonly #sets: ParameterSets
  readonly #events: DepacketizerEvents
  readonly #payloadType: number
  #sequence = -1
  #time = 0
  #doneTime = -1
  #markersLie = false
  #hasSlice = false
  #key = false
  #inNal = false
  #damaged = false
  #gap = false
  #waitKey = true

  constructor(ring: Ring, sets: ParameterSets, payloadType: number, events: DepacketizerEvents) {
    this.#ring = ring
    this.#sets = sets
    this.#payloadType = payloadType
    this.#events = events
    ring.abortUnit()
  }

  /** One RTP packet (RFC 3550 §5.1) at `bytes[start, end)`; never throws, never keeps a reference. */
  packet(bytes: Buffer, start: number, end: number): void {
    const fault = this.#packet(bytes, start, end)
    if (fault !== undefined) this.#events.fault(fault)
  }

  #packet(bytes: Buffer, start: number, end: number): DepacketizerFault | undefined {
    const payload = rtpPayload(bytes, start, end)
    const stop = payload === -1 ? -1 : rtpEnd(bytes, start, end, payload)
    if (stop === -1) return 'rtpHeader'
    if ((byteAt(bytes, start + 1) & 127) !== this.#payloadType) return 'payloadType'
    if (!this.#follow(bytes.readUInt16BE(start + 2))) return undefined
    const time = bytes.readUInt32BE(start + 4)
    if (time !== this.#time && this.#hasSlice) this.#finish()
    this.#time = time
    const fault = stop > payload ? this.#payload(bytes, payload, stop) : undefined
    if (byteAt(bytes, start + 1) >= 128 && this.#hasSlice && !this.#markersLie) this.#finish()
    return fault
  }

  /** False for a repeated packet; a hole in the sequence damages the unit in work. */
  #follow(sequence: number): boolean {
    if (sequence === this.#sequence) return false
    const expected = (this.#sequence + 1) & 0xffff
    if (this.#sequence !== -1 && sequence !== expected) {
      const lost = (sequence - expected) & 0xffff
      this.#events.lost(lost < 0x8000 ? lost : 1)
      this.#damage(undefined)
    }
    this.#sequence = sequence
    return true
  }

  #payload(bytes: Buffer, start: number, end: number): DepacketizerFault | undefined {
    const type = byteAt(bytes, start) & 31
    if (type === FU_A) return this.#fragment(bytes, start, end)
    this.#breakNal()
    if (type === STAP_A) return this.#aggregate(bytes, start + 1, end)
    return type === 0 || type > 23 ? 'nalType' : this.#nal(bytes, start, end)
  }

  #aggregate(bytes: Buffer, start: number, end: number): DepacketizerFault | undefined {
    let fault: DepacketizerFault | undefined
    for (let at = start; at < end; ) {
      const size = at + 2 <= end ? bytes.readUInt16BE(at) : 0
      if (size === 0 || at + 2 + size > end) return this.#damage('stapSize')
      fault = this.#nal(bytes, at + 2, at + 2 + size) ?? fault
      at += 2 + size
    }
    return fault
  }

  #nal(bytes: Buffer, start: number, end: number): DepacketizerFault | undefined {
    const header = byteAt(bytes, start)
    const type = header & 31
    if (type === NAL_SPS || type === NAL_PPS) return this.#parameterSet(bytes, start, end)
    if (!isKept(type)) return undefined
    this.#opens(type, byteAt(bytes, start + 1))
    if (!this.#ring.beginNal(header) || !this.#ring.append(bytes, start + 1, end)) return this.#damage('unitTooLarge')
    this.#ring.endNal()
    return undefined
  }

  #fragment(bytes: Buffer, start: number, end: number): DepacketizerFault | undefined {
    if (end - start < 3) return 'rtpHeader'
    const header = byteAt(bytes, start + 1)
    if (header >= 128) {
      this.#breakNal()
      const type = header & 31
      this.#opens(type, byteAt(bytes, start + 2))
      if (!this.#ring.beginNal((byteAt(bytes, start) & 0xe0) | type)) return this.#damage('unitTooLarge')
      this.#inNal = true
      // A piece in the middle of a NAL unit already given up is not one more fault.
    } else if (!this.#inNal) return this.#damaged ? undefined : this.#damage('fuOrder')
    if (!this.#ring.append(bytes, start + 2, end)) return this.#damage('unitTooLarge')
    return (header & 64) === 0 ? undefined : this.#endFragments()
  }

  #endFragments(): DepacketizerFault | undefined {
    this.#inNal = false
    const nal = this.#ring.currentNal()
    const type = byteAt(nal, 0) & 31
    if (isKept(type)) {
      this.#ring.endNal()
      return undefined
    }
    const isSet = type === NAL_SPS || type === NAL_PPS
    const fault = isSet ? this.#parameterSet(nal, 0, nal.length) : undefined
    this.#ring.dropNal()
    return fault
  }

  #parameterSet(bytes: Buffer, start: number, end: number): DepacketizerFault | undefined {
    return this.#sets.offer(bytes, start, end) ? undefined : 'parameterSet'
  }

  /**
   * A slice has begun. The first of a picture has first_mb_in_slice 0, coded as a single 1 bit (clause 7.3.3): else its start is
   * lost, or was given out already, which shows that this camera's markers come too early.
   */
  #opens(type: number, firstPayloadByte: number): void {
    if (!isSlice(type)) return
    if (!this.#hasSlice && firstPayloadByte < 128) {
      this.#markersLie ||= this.#time === this.#doneTime
      this.#damaged = true
    }
    this.#hasSlice = true
    if (type === NAL_IDR) this.#key = true
  }

  /** A fragmented NAL unit was left open: what came of it is worthless. */
  #breakNal(): void {
    if (this.#inNal) this.#events.fault(this.#damage('fuOrder'))
  }

  /** The unit in work is given up, at its end: a hole in it would show as rubbish. */
  #damage<F extends DepacketizerFault | undefined>(fault: F): F {
    this.#inNal = false
    this.#damaged = true
    this.#hasSlice = true
    return fault
  }

  #finish(): void {
    this.#doneTime = this.#time
    if (this.#inNal) this.#damaged = true
    const whole = !this.#damaged && this.#ring.unitBytes > 0 && (this.#key || !this.#waitKey)
    if (whole && this.#events.unit(this.#time, this.#key, this.#gap)) {
      this.#waitKey = false
      this.#gap = false
    } else {
      this.#ring.abortUnit()
      this.#gap ||= this.#damaged
    }
    this.#hasSlice = false
    this.#key = false
    this.#inNal = false
    this.#damaged = false
  }
}

/** Where the payload starts: after contributing sources and a header extension; -1 when the header is not whole. */
function rtpPayload(bytes: Buffer, start: number, end: number): number {
  const first = byteAt(bytes, start)
  if (end - start < 12 || first >> 6 !== 2) return -1
  let at = start + 12 + (first & 15) * 4
  if ((first & 16) !== 0) {
    if (at + 4 > end) return -1
    at += 4 + bytes.readUInt16BE(at + 2) * 4
  }
  return at <= end ? at : -1
}

/** Where the payload ends: before the padding, whose last byte is its length. */
function rtpEnd(bytes: Buffer, start: number, end: number, payload: number): number {
  if ((byteAt(bytes, start) & 32) === 0) return end
  const padded = end - byteAt(bytes, end - 1)
  return padded >= payload && padded < end ? padded : -1
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}
