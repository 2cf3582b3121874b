/** What the voice thread hears in one caller's RTP: digits, as events or as tones. */
import { alawToLinear, ulawToLinear } from '../kit/g711.ts'
import type { RtpPacket } from './rtp.ts'
import type { Law } from './sdp.ts'
import { EventReader } from './telephone-events.ts'
import { ToneReader } from './tones.ts'

/** How a digit came; the better known comes first. */
export type DigitWay = 'event' | 'info' | 'tone'

export interface HeardDigit {
  readonly digit: string
  readonly way: DigitWay
}

/** What was agreed for this call. */
export interface Hearing {
  readonly law: Law
  readonly payloadType: number
  readonly eventPayloadType?: number
}

/** Nobody dials more in a call; a sender of noise costs no more than this. */
const MAX_DIGITS = 1_000
/** A hole of more packets than this is silence: the digit before it has ended. */
const MAX_BRIDGED_PACKETS = 2
const SILENT_MS = 40
const LINEAR: Readonly<Record<Law, Int16Array>> = {
  alaw: Int16Array.from({ length: 256 }, (_, byte) => alawToLinear(byte)),
  ulaw: Int16Array.from({ length: 256 }, (_, byte) => ulawToLinear(byte))
}

export class Ear {
  readonly #events = new EventReader()
  /** Made with the first sound: most calls of a storm bring none. */
  #tones: ToneReader | undefined
  #nextSequence: number | undefined
  #heard = 0

  hear(packet: RtpPacket, hearing: Hearing): HeardDigit[] {
    if (this.#heard >= MAX_DIGITS) return []
    const digits = this.#digitsIn(packet, hearing)
    this.#heard += digits.length
    return digits
  }

  #digitsIn(packet: RtpPacket, { law, payloadType, eventPayloadType }: Hearing): HeardDigit[] {
    if (packet.payloadType === eventPayloadType) {
      // Sound and events share the sequence: an event in the place of sound is no loss, and the tone before it has ended.
      this.#nextSequence = undefined
      const digit = this.#events.read(packet)
      return digit === undefined ? [] : [{ digit, way: 'event' }]
    }
    if (packet.payloadType !== payloadType) return []
    const missing = this.#nextSequence === undefined ? 0 : (packet.sequence - this.#nextSequence) & 0xffff
    if (missing >= 0x8000) return []
    this.#nextSequence = (packet.sequence + 1) & 0xffff
    const before = this.#over(missing)
    const samples = packet.payload.values().map(byte => LINEAR[law][byte] ?? 0)
    return [...before, ...this.#reader().read(samples)].map(digit => ({ digit, way: 'tone' }))
  }

  #over(missing: number): string[] {
    if (missing > 0) this.#reader().lost()
    return missing > MAX_BRIDGED_PACKETS ? this.#reader().read(new Int16Array(SILENT_MS * 8)) : []
  }

  #reader(): ToneReader {
    this.#tones ??= new ToneReader()
    return this.#tones
  }
}
