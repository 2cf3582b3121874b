/** Keeps an H.264 stream's parameter sets and turns each change of them into a new codec configuration. */
import { BitReader } from '../codec/bits.ts'
import type { CodecConfig } from '../codec/config.ts'
import { unescapeNal } from '../codec/nal.ts'
import {
  lengthPrefixed,
  MAX_SET_BYTES,
  type ParameterSets,
  shortPrefixed,
  withStartCodes
} from '../codec/parameter-sets.ts'
import { NAL_PPS, NAL_SPS } from './nal.ts'
import { parseSps, type SpsInfo } from './sps.ts'

const MAX_SPS = 4
const MAX_PPS = 16

/** Sequence and picture parameter sets. */
export class H264ParameterSets implements ParameterSets {
  readonly #sps = new Map<number, { nal: Buffer; info: SpsInfo }>()
  readonly #pps = new Map<number, Buffer>()
  #config: CodecConfig | undefined
  #dirty = false

  get config(): CodecConfig | undefined {
    return this.#config
  }

  offer(bytes: Uint8Array, start: number, end: number): boolean {
    const nal = bytes.subarray(start, end)
    if (nal.length < 2 || nal.length > MAX_SET_BYTES) return false
    const type = (nal[0] ?? 0) & 31
    if (type === NAL_SPS) return this.#offerSps(nal)
    return type === NAL_PPS && this.#offerPps(nal)
  }

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
    inBand: lengthPrefixed(nals),
    annexB: withStartCodes(nals)
  }
}

function configurationRecord(info: SpsInfo, sps: readonly { nal: Buffer }[], pps: readonly Buffer[]): Buffer {
  // High profiles must repeat the chroma format and bit depths after the sets (14496-15, 5.3.3.1.2).
  const high = [100, 110, 122, 144].includes(info.profile)
  const depths = [0xfc | info.chromaFormat, 0xf8 | (info.bitDepthLuma - 8), 0xf8 | (info.bitDepthChroma - 8), 0]
  return Buffer.concat([
    Buffer.from([1, info.profile, info.compatibility, info.level, 0xff, 0xe0 | sps.length]),
    shortPrefixed(sps.map(({ nal }) => nal)),
    Buffer.from([pps.length]),
    shortPrefixed(pps),
    Buffer.from(high ? depths : [])
  ])
}
