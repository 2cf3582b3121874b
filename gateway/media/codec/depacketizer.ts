/** RTP packets of H.264 (RFC 6184) and H.265 (RFC 7798) into access units, copied once, straight into the ring. */
import type { Ring } from '../ring/ring.ts'
import { rtpEnd, rtpPayload } from '../rtsp/rtp.ts'
import { type NalFormat, ROLE } from './nal.ts'
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

/**
 * What the depacketizer tells; `unit` comes with the unit complete in the ring: commit it and say true, or false to have it dropped.
 * `leading` units need pictures of before their keyframe: whoever starts at that keyframe leaves them out.
 */
export interface DepacketizerEvents {
  unit(rtpTime: number, key: boolean, afterGap: boolean, leading: boolean): boolean
  lost(packets: number): void
  fault(fault: DepacketizerFault): void
}

/** One per session and stream. A unit ends at the marker bit, or at the next time stamp for cameras whose markers cannot be trusted. */
export class Depacketizer {
  readonly #ring: Ring
  readonly #sets: ParameterSets
  readonly #events: DepacketizerEvents
  readonly #payloadType: number
  readonly #format: NalFormat
  readonly #headerBytes: number
  #sequence = -1
  #time = 0
  #doneTime = -1
  #markersLie = false
  #hasSlice = false
  /** The strongest role among the slices of the unit in work. */
  #role: number = ROLE.ignored
  #leadingDecodable = false
  #inNal = false
  #damaged = false
  #gap = false
  #waitKey = true

  constructor(ring: Ring, sets: ParameterSets, format: NalFormat, payloadType: number, events: DepacketizerEvents) {
    this.#ring = ring
    this.#sets = sets
    this.#format = format
    this.#headerBytes = format.headerBytes
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
    const type = this.#type(byteAt(bytes, start))
    if (type === this.#format.fragmentation) return this.#fragment(bytes, start, end)
    this.#breakNal()
    if (type === this.#format.aggregation) return this.#aggregate(bytes, start + this.#headerBytes, end)
    return this.#nal(bytes, start, end)
  }

  #type(header: number): number {
    return (header >> this.#format.typeShift) & this.#format.typeMask
  }

  /** ROLE of a unit whose header is at `at`; only the base layer is decoded (nuh_layer_id 0, H.265 clause 7.4.2.2). */
  #roleOf(type: number, bytes: Buffer, at: number): number {
    const layered = this.#headerBytes === 2 && ((byteAt(bytes, at) & 1) !== 0 || byteAt(bytes, at + 1) > 7)
    return layered && type < this.#format.aggregation ? ROLE.ignored : (this.#format.roles[type] ?? ROLE.refused)
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
    const role = end - start < this.#headerBytes ? ROLE.refused : this.#roleOf(this.#type(header), bytes, start)
    if (role === ROLE.refused) return 'nalType'
    if (role === ROLE.set) return this.#parameterSet(bytes, start, end)
    if (role === ROLE.ignored) return undefined
    const first = start + this.#headerBytes
    this.#opens(role, first < end ? byteAt(bytes, first) : 0)
    if (!this.#ring.beginNal(header) || !this.#ring.append(bytes, start + 1, end)) return this.#damage('unitTooLarge')
    this.#ring.endNal()
    return undefined
  }

  /** The fragment header stands behind the payload header; it gives the type, the payload header everything else. */
  #fragment(bytes: Buffer, start: number, end: number): DepacketizerFault | undefined {
    const at = start + this.#headerBytes
    if (end - at < 2) return 'rtpHeader'
    const header = byteAt(bytes, at)
    if (header >= 128) {
      this.#breakNal()
      if (!this.#beginFragments(bytes, start, header, byteAt(bytes, at + 1))) return this.#damage('unitTooLarge')
      // A piece in the middle of a NAL unit already given up is not one more fault.
    } else if (!this.#inNal) return this.#damaged ? undefined : this.#damage('fuOrder')
    if (!this.#ring.append(bytes, at + 1, end)) return this.#damage('unitTooLarge')
    return (header & 64) === 0 ? undefined : this.#endFragments()
  }

  #beginFragments(bytes: Buffer, start: number, header: number, firstPayloadByte: number): boolean {
    const { typeShift, typeMask } = this.#format
    const type = header & typeMask
    this.#opens(this.#roleOf(type, bytes, start), firstPayloadByte)
    const first = (byteAt(bytes, start) & ~(typeMask << typeShift)) | (type << typeShift)
    this.#inNal = this.#ring.beginNal(first) && this.#ring.append(bytes, start + 1, start + this.#headerBytes)
    return this.#inNal
  }

  #endFragments(): DepacketizerFault | undefined {
    this.#inNal = false
    const nal = this.#ring.currentNal()
    const role = this.#roleOf(this.#type(byteAt(nal, 0)), nal, 0)
    if (role !== ROLE.ignored && role !== ROLE.set && role !== ROLE.refused) {
      this.#ring.endNal()
      return undefined
    }
    const fault = role === ROLE.set ? this.#parameterSet(nal, 0, nal.length) : undefined
    this.#ring.dropNal()
    return role === ROLE.refused ? 'nalType' : fault
  }

  #parameterSet(bytes: Buffer, start: number, end: number): DepacketizerFault | undefined {
    return this.#sets.offer(bytes, start, end) ? undefined : 'parameterSet'
  }

  /**
   * A slice has begun. The first of a picture starts with a single 1 bit: first_mb_in_slice 0 (H.264 clause 7.3.3) or
   * first_slice_segment_in_pic_flag (H.265 clause 7.3.6.1). Without it the picture's start is lost, or was given out already, which
   * shows that this camera's markers come too early. In H.265 it also begins a new unit whatever the time stamp says; in H.264 the
   * second field of a picture begins so, too.
   */
  #opens(role: number, firstPayloadByte: number): void {
    if (role < ROLE.slice || role > ROLE.splice) return
    if (firstPayloadByte < 128) {
      if (!this.#hasSlice) {
        this.#markersLie ||= this.#time === this.#doneTime
        this.#damaged = true
      }
    } else if (this.#role !== ROLE.ignored && this.#headerBytes === 2) this.#finish()
    this.#hasSlice = true
    if (role > this.#role) this.#role = role
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
    const key = this.#role >= ROLE.key
    const leading = this.#role === ROLE.leading
    const wanted = key || !(this.#waitKey || (leading && !this.#leadingDecodable))
    const whole = wanted && !this.#damaged && this.#ring.unitBytes > 0
    if (whole && this.#events.unit(this.#time, key, this.#gap, leading)) {
      if (key) this.#leadingDecodable = !this.#waitKey && this.#role !== ROLE.splice
      this.#waitKey = false
      this.#gap = false
    } else {
      this.#ring.abortUnit()
      this.#gap ||= this.#damaged
    }
    this.#hasSlice = false
    this.#role = ROLE.ignored
    this.#inNal = false
    this.#damaged = false
  }
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}
