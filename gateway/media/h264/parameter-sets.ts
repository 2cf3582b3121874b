/** Keeps a stream's parameter sets and turns each change of them into a new codec configuration. */
import type { CodecConfig } from '../codec/config.ts'
import { BitReader } from './bits.ts'
import { NAL_PPS, NAL_SPS, unescapeNal } from './nal.ts'
import { parseSps, type SpsInfo } from './sps.ts'

const MAX_SPS = 4
const MAX_PPS = 16
const MAX_SET_BYTES = 1024

/** `offer` every SPS and PPS NAL; `take` at each keyframe. */
export class ParameterSets {
  readonly #sps = new Map<number, { nal: Buffer; info: SpsInfo }>()
  readonly #pps = new Map<number, Buffer>()
  #config: CodecConfig | undefined
  #dirty = false

  get config(): CodecConfig | undefined {
    return this.#config
  }

  /** Copies the set when its content is new; false when it is malformed or one too many. */
  offer(bytes: Uint8Array, start: number, end: number): boolean {
    const nal = bytes.subarray(start, end)
    if (nal.length < 2 || nal.length > MAX_SET_BYTES) return false
    const type = (nal[0] ?? 0) & 31
    if (type === NAL_SPS) return this.#offerSps(nal)
    return type === NAL_PPS && this.#offerPps(nal)
  }

  /** The configuration that is valid from this keyframe on: a new object exactly when something changed. */
  take(): CodecConfig | undefined {
    if (this.#dirty && this.#sps.size > 0 && this.#pps.size > 0) {
      this.#dirty = false
      this.#config = build([...this.#sps.values()], [...this.#pps.values()])
    }
    return this.#config
  }

  #offerSps(nal: Uint8Array): boolean {
    for (const known of this.#sps.values()) if (known.nal.equals(nal)) return true
    const info = parseSps(nal)
    if (info === undefined) return false
    if (this.#sps.size >= MAX_SPS && !this.#sps.has(info.spsId)) return false
    this.#sps.set(info.spsId, { nal: Buffer.from(nal), info })
    this.#dirty = true
    return true
  }

  #offerPps(nal: Uint8Array): boolean {
    const reader = new BitReader(unescapeNal(nal.subarray(1, 16)))
    const ppsId = reader.ue()
    if (reader.overrun || ppsId > 255) return false
    const known = this.#pps.get(ppsId)
    if (known?.equals(nal)) return true
    if (known === undefined && this.#pps.size >= MAX_PPS) return false
    this.#pps.set(ppsId, Buffer.from(nal))
    this.#dirty = true
    return true
  }
}

function build(
  spsList: readonly { nal: Buffer; info: SpsInfo }[],
  ppsList: readonly Buffer[]
): CodecConfig | undefined {
  const info = spsList[0]?.info
  if (info === undefined) return undefined
  const nals = [...spsList.map(sps => sps.nal), ...ppsList]
  return {
    kind: 'h264',
    codec: info.codec,
    width: info.width,
    height: info.height,
    ...(info.reorderFrames === undefined ? {} : { reorderFrames: info.reorderFrames }),
    record: configurationRecord(info, spsList, ppsList),
    inBand: Buffer.concat(nals.flatMap(nal => [uint32(nal.length), nal])),
    annexB: Buffer.concat(nals.flatMap(nal => [uint32(1), nal]))
  }
}

function configurationRecord(info: SpsInfo, sps: readonly { nal: Buffer }[], pps: readonly Buffer[]): Buffer {
  // High profiles must repeat the chroma format and bit depths after the sets (14496-15, 5.3.3.1.2).
  const high = [100, 110, 122, 144].includes(info.profile)
  const depths = [0xfc | info.chromaFormat, 0xf8 | (info.bitDepthLuma - 8), 0xf8 | (info.bitDepthChroma - 8), 0]
  return Buffer.concat([
    Buffer.from([1, info.profile, info.compatibility, info.level, 0xff, 0xe0 | sps.length]),
    ...sps.flatMap(({ nal }) => [uint16(nal.length), nal]),
    Buffer.from([pps.length]),
    ...pps.flatMap(nal => [uint16(nal.length), nal]),
    Buffer.from(high ? depths : [])
  ])
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255])
}

function uint32(value: number): Buffer {
  const out = Buffer.allocUnsafe(4)
  out.writeUInt32BE(value)
  return out
}
