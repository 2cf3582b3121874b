/** The sound of a vehicle's camera: payload types of JT/T 1078 (table 12) to RTP that the ingest knows; what cannot be decoded is told by its name. */

import { audioFormatOf } from '../audio/format.ts'
import { toALaw } from '../audio/g711.ts'
import type { AudioTrack } from '../rtsp/sdp.ts'
import { decodeAdpcm } from './adpcm.ts'
import { adtsUnits } from './adts.ts'
import { G726Decoder } from './g726.ts'
import { G726Finder } from './g726-finder.ts'
import type { VehiclePacket } from './packet.ts'

const NAMES: readonly string[] = [
  ...['0', 'G.721', 'G.722', 'G.723', 'G.728', 'G.729', 'G.711A', 'G.711U', 'G.726', 'G.729A', 'DVI4_3', 'DVI4_4'],
  ...['DVI4_8K', 'DVI4_16K', 'LPC', 'S16BE stereo', 'S16BE mono', 'MPEG audio', 'LPCM', 'AAC', 'WMA9', 'HE-AAC'],
  ...['PCM voice', 'PCM audio', 'AAC-LC', 'MP3', 'ADPCM', 'MP4 audio', 'AMR']
]
export const SOUND_PAYLOAD = 97
const RATE = 8000
const RTP_HEADER = 12
/** What AAC-hbr says before a unit (RFC 3640 §3.3.6): the length of its headers, 13 bits of size and 3 of index. */
const UNIT_HEADER = 4
/** A second of G.711: no packet of a terminal. */
const MAX_BYTES = 8000
/** A terminal's clock that is further from the samples it has sent than this has jumped. */
const APART_MS = 100

export interface SoundEvents {
  /** How what follows is to be read; anew where it changes. */
  track(track: AudioTrack): void
  /** One RTP packet of payload type 97. */
  packet(bytes: Buffer, arrivalMs: number): void
  /** What comes is not decoded: its name in the standard; undefined: it is. */
  unreadable(name: string | undefined): void
  fault(fault: string): void
}

type Decoded = { readonly track: AudioTrack; readonly units: readonly Buffer[]; readonly unitTicks: number }

/** One per connection; never throws. */
export class VehicleSound {
  readonly #events: SoundEvents
  readonly #finder = new G726Finder()
  #g726: G726Decoder | undefined
  #parts: Buffer[] = []
  #partBytes = 0
  #payloadType = -1
  #track = ''
  #unreadable: string | undefined
  #sequence = 0
  /** Where the next sample belongs, in ticks of its rate. */
  #next: number | undefined
  #claimedMs = -1

  constructor(events: SoundEvents) {
    this.#events = events
  }

  /** Something before this packet is missing. */
  lost(): void {
    this.#sequence += 1
    this.#partBytes = -1
  }

  /** One packet of kind 3, in order. */
  take(packet: VehiclePacket, arrivalMs: number): void {
    const body = this.#whole(packet)
    if (!body) return
    if (packet.payloadType !== this.#payloadType) {
      this.#payloadType = packet.payloadType
      this.#g726 = undefined
      this.#finder.reset()
    }
    const decoded = this.#decode(packet.payloadType, withoutHead(body), packet.timeMs)
    if (decoded === 'wait') return
    const name = NAMES[packet.payloadType] ?? String(packet.payloadType)
    this.#say(decoded ? undefined : name)
    if (decoded) this.#tell(decoded, packet.timeMs, arrivalMs)
    else this.#events.fault('soundCodec')
  }

  /** A unit of sound is whole in one packet as a rule; of parts that are not all there nothing is given. */
  #whole({ part, body }: VehiclePacket): Buffer | undefined {
    if (part === 0) return body.length > 0 && body.length <= MAX_BYTES ? body : undefined
    if (part === 1) {
      this.#parts = []
      this.#partBytes = 0
    }
    if (this.#partBytes < 0) return undefined
    this.#partBytes += body.length
    if (this.#partBytes > MAX_BYTES || this.#parts.length > MAX_BYTES / 100) {
      this.#events.fault('audioSize')
      this.#parts = []
      this.#partBytes = -1
      return undefined
    }
    this.#parts.push(Buffer.from(body))
    if (part !== 2) return undefined
    const whole = Buffer.concat(this.#parts)
    this.#parts = []
    this.#partBytes = -1
    return whole.length > 0 ? whole : undefined
  }

  #decode(payloadType: number, body: Buffer, timeMs: number): Decoded | 'wait' | undefined {
    switch (payloadType) {
      case 6:
        return telephone('pcma', body)
      case 7:
        return telephone('pcmu', body)
      case 8:
        return this.#decodeG726(body, timeMs)
      // "ADPCMA" of the standard is IMA's, as encoders of HiSilicon make it.
      case 26: {
        const samples = decodeAdpcm(body)
        return samples && telephone('pcma', toALaw(samples))
      }
      case 19:
      case 21:
      case 24:
      case 27:
        return aac(body)
      default:
        return undefined
    }
  }

  /** The rate and the packing are told nowhere: they are found out from the first packets. */
  #decodeG726(body: Buffer, timeMs: number): Decoded | 'wait' | undefined {
    if (!this.#g726) {
      const found = this.#finder.offer(body, timeMs)
      if (found === 'wait' || found === undefined) return found
      this.#g726 = new G726Decoder(found.bits, found.packing)
    }
    return telephone('pcma', toALaw(this.#g726.decode(body)))
  }

  #say(name: string | undefined): void {
    if (name === this.#unreadable) return
    this.#unreadable = name
    this.#events.unreadable(name)
  }

  #tell({ track, units, unitTicks }: Decoded, timeMs: number, arrivalMs: number): void {
    const key = JSON.stringify(track)
    if (key !== this.#track) {
      this.#track = key
      this.#next = undefined
      this.#events.track(track)
    }
    let ticks = this.#place(timeMs, track.clockRate)
    for (const unit of units) {
      const head = track.encoding === 'aac' ? RTP_HEADER + UNIT_HEADER : RTP_HEADER
      const packet = Buffer.allocUnsafe(head + unit.length)
      this.#sequence = (this.#sequence + 1) & 0xffff
      packet[0] = 0x80
      packet[1] = SOUND_PAYLOAD
      packet.writeUInt16BE(this.#sequence, 2)
      packet.writeUInt32BE(ticks % 0x1_0000_0000, 4)
      packet.writeUInt32BE(0, 8)
      if (track.encoding === 'aac') {
        packet.writeUInt16BE(16, RTP_HEADER)
        packet.writeUInt16BE(unit.length << 3, RTP_HEADER + 2)
      }
      unit.copy(packet, head)
      this.#events.packet(packet, arrivalMs)
      ticks += unitTicks
    }
    this.#next = ticks
  }

  /** Samples follow one another without a seam; the terminal's clock, which tells whole ms, counts where it has moved on or back by much. */
  #place(timeMs: number, rate: number): number {
    const claimed = Math.round((timeMs * rate) / 1000)
    const isNew = timeMs !== this.#claimedMs
    this.#claimedMs = timeMs
    if (this.#next === undefined) return claimed
    return isNew && Math.abs(claimed - this.#next) > (APART_MS * rate) / 1000 ? claimed : this.#next
  }
}

/** HiSilicon's encoders put `00 01 n 00` first, n half the bytes that follow. */
function withoutHead(body: Buffer): Buffer {
  const [zero, one, half, end] = body
  const isHead = zero === 0 && one === 1 && end === 0 && half === (((body.length - 4) / 2) & 255)
  return isHead && body.length > 4 ? body.subarray(4) : body
}

const telephone = (encoding: 'pcma' | 'pcmu', unit: Buffer): Decoded => ({
  track: { payloadType: SOUND_PAYLOAD, encoding, clockRate: RATE, channels: 1 },
  units: [unit],
  unitTicks: unit.length
})

function aac(body: Buffer): Decoded | undefined {
  const found = adtsUnits(body)
  if (!found) return undefined
  const { config, rate: clockRate, channels, units } = found
  const track = { payloadType: SOUND_PAYLOAD, encoding: 'aac', clockRate, channels, config } as const
  return audioFormatOf(track) && { track, units, unitTicks: 1024 }
}
