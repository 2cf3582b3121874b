/** RTP packets for tests: the opposite of the depacketizer, sharing nothing with it. */
import type { VideoCodec } from '../codec/config.ts'

export interface PacketiseOptions {
  readonly codec?: VideoCodec
  readonly payloadType?: number
  readonly maxPayload?: number
  /** Where marker bits stand: where they belong, nowhere, or behind every NAL unit, as broken cameras do. */
  readonly markers?: 'right' | 'none' | 'everyNal'
  /** NAL units that go together into STAP-A or AP packets when they are small. */
  readonly aggregate?: boolean
}

/** Counts sequence numbers over its life. */
export class Packetiser {
  #sequence: number
  readonly #options: PacketiseOptions

  constructor(options: PacketiseOptions = {}, firstSequence = 65_500) {
    this.#options = options
    this.#sequence = firstSequence
  }

  picture(nals: readonly Buffer[], rtpTime: number): Buffer[] {
    const { codec = 'h264', maxPayload = 1400, markers = 'right', aggregate = false } = this.#options
    const aggregateHeader = Buffer.from(codec === 'h264' ? [24] : [48 << 1, 1])
    const payloads: { payload: Buffer; lastOfNal: boolean }[] = []
    let together: Buffer[] = []
    const flush = (): void => {
      const [first] = together
      if (first === undefined) return
      const many = together.flatMap(nal => [Buffer.from([nal.length >> 8, nal.length & 255]), nal])
      payloads.push({
        payload: together.length === 1 ? first : Buffer.concat([aggregateHeader, ...many]),
        lastOfNal: true
      })
      together = []
    }
    for (const nal of nals) {
      const size = together.reduce((sum, other) => sum + other.length + 2, 4 + nal.length)
      if (!aggregate || size > maxPayload) flush()
      if (nal.length <= maxPayload) together.push(nal)
      else payloads.push(...fragments(nal, maxPayload, codec))
    }
    flush()
    return payloads.map(({ payload, lastOfNal }, i) => {
      const last = i === payloads.length - 1
      const marker = markers === 'everyNal' ? lastOfNal : markers === 'right' && last
      return this.#packet(payload, rtpTime, marker)
    })
  }

  #packet(payload: Buffer, rtpTime: number, marker: boolean): Buffer {
    const header = Buffer.alloc(12)
    header[0] = 0x80
    header[1] = (this.#options.payloadType ?? 96) | (marker ? 128 : 0)
    header.writeUInt16BE(this.#sequence, 2)
    this.#sequence = (this.#sequence + 1) & 0xffff
    header.writeUInt32BE(rtpTime >>> 0, 4)
    header.writeUInt32BE(0x1234_5678, 8)
    return Buffer.concat([header, payload])
  }
}

function fragments(nal: Buffer, maxPayload: number, codec: VideoCodec): { payload: Buffer; lastOfNal: boolean }[] {
  const [header = 0, second = 0] = nal
  const skipped = codec === 'h264' ? 1 : 2
  const out: { payload: Buffer; lastOfNal: boolean }[] = []
  for (let at = skipped; at < nal.length; at += maxPayload - 3) {
    const end = Math.min(nal.length, at + maxPayload - 3)
    const flags = (at === skipped ? 128 : 0) | (end === nal.length ? 64 : 0)
    const head =
      codec === 'h264'
        ? Buffer.from([(header & 0xe0) | 28, flags | (header & 31)])
        : Buffer.from([(header & 0x81) | (49 << 1), second, flags | ((header >> 1) & 63)])
    out.push({ payload: Buffer.concat([head, nal.subarray(at, end)]), lastOfNal: end === nal.length })
  }
  return out
}
