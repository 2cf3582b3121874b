/** Keeps an H.265 stream's parameter sets and turns each change of them into a new codec configuration. */
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
import { NAL_PPS, NAL_SPS, NAL_VPS } from './nal.ts'
import { codecString, parseSps, type SpsInfo } from './sps.ts'

const MAX_VPS = 4
const MAX_SPS = 4
const MAX_PPS = 16

interface Shelf {
  readonly vps: Map<number, Buffer>
  readonly sps: Map<number, { readonly nal: Buffer; readonly info: SpsInfo }>
  readonly pps: Map<number, { readonly nal: Buffer; readonly spsId: number }>
}

/** Video, sequence and picture parameter sets. */
export class H265ParameterSets implements ParameterSets {
  readonly #shelf: Shelf = { vps: new Map(), sps: new Map(), pps: new Map() }
  #config: CodecConfig | undefined
  #dirty = false

  get config(): CodecConfig | undefined {
    return this.#config
  }

  offer(bytes: Uint8Array, start: number, end: number): boolean {
    const nal = bytes.subarray(start, end)
    if (nal.length < 4 || nal.length > MAX_SET_BYTES) return false
    const type = ((nal[0] ?? 0) >> 1) & 63
    if (type === NAL_VPS) return this.#offerVps(nal)
    if (type === NAL_SPS) return this.#offerSps(nal)
    return type === NAL_PPS && this.#offerPps(nal)
  }

  take(): CodecConfig | undefined {
    const { vps, sps, pps } = this.#shelf
    if (this.#dirty && vps.size > 0 && sps.size > 0 && pps.size > 0) {
      this.#dirty = false
      this.#config = build(this.#shelf)
    }
    return this.#config
  }

  #offerVps(nal: Uint8Array): boolean {
    const { vps } = this.#shelf
    const vpsId = (nal[2] ?? 0) >> 4
    const known = vps.get(vpsId)
    if (known?.equals(nal)) return true
    if (known === undefined && vps.size >= MAX_VPS) return false
    vps.set(vpsId, Buffer.from(nal))
    this.#dirty = true
    return true
  }

  /** Picture parameter sets are read by means of their sequence set: when that changes they must come again, and do. */
  #offerSps(nal: Uint8Array): boolean {
    const { sps, pps } = this.#shelf
    for (const known of sps.values()) if (known.nal.equals(nal)) return true
    const info = parseSps(nal)
    if (info === undefined) return false
    if (sps.size >= MAX_SPS && !sps.has(info.spsId)) return false
    sps.set(info.spsId, { nal: Buffer.from(nal), info })
    for (const [ppsId, { spsId }] of pps) if (spsId === info.spsId) pps.delete(ppsId)
    this.#dirty = true
    return true
  }

  #offerPps(nal: Uint8Array): boolean {
    const { pps } = this.#shelf
    const reader = new BitReader(unescapeNal(nal.subarray(2, 16)))
    const ppsId = reader.ue()
    const spsId = reader.ue()
    if (reader.overrun || ppsId > 63 || spsId > 15) return false
    const known = pps.get(ppsId)
    if (known?.nal.equals(nal)) return true
    if (known === undefined && pps.size >= MAX_PPS) return false
    pps.set(ppsId, { nal: Buffer.from(nal), spsId })
    this.#dirty = true
    return true
  }
}

function build({ vps, sps, pps }: Shelf): CodecConfig | undefined {
  const info = [...sps.values()][0]?.info
  if (info === undefined) return undefined
  const lists = [[...vps.values()], [...sps.values()].map(({ nal }) => nal), [...pps.values()].map(({ nal }) => nal)]
  const nals = lists.flat()
  return {
    kind: 'h265',
    codec: codecString(info),
    width: info.width,
    height: info.height,
    reorderFrames: info.reorderFrames,
    record: configurationRecord(info, lists),
    inBand: lengthPrefixed(nals),
    annexB: withStartCodes(nals)
  }
}

/** hvcC (ISO/IEC 14496-15 clause 8.3.3.1.2); spatial segmentation, parallelism and frame rate are left "unknown". */
function configurationRecord(info: SpsInfo, lists: readonly (readonly Buffer[])[]): Buffer {
  const layers = (Math.min(info.temporalLayers, 7) << 3) | (info.temporalIdNested ? 4 : 0)
  const compatibility = Buffer.alloc(4)
  compatibility.writeUInt32BE(info.compatibility)
  return Buffer.concat([
    Buffer.from([1, (info.space << 6) | (info.high ? 32 : 0) | info.profile]),
    compatibility,
    Buffer.from([...info.constraints, info.level, 0xf0, 0, 0xfc, 0xfc | info.chromaFormat]),
    Buffer.from([0xf8 | (info.bitDepthLuma - 8), 0xf8 | (info.bitDepthChroma - 8), 0, 0, layers | 3, lists.length]),
    ...lists.flatMap((nals, i) => [Buffer.from([0x80 | (NAL_VPS + i), 0, nals.length]), shortPrefixed(nals)])
  ])
}
