/** Reads a sequence parameter set (ITU-T H.264 clause 7.3.2.1.1 and annex E) as far as size, codec string and reordering need. */
import { BitReader } from '../codec/bits.ts'
import { unescapeNal } from '../codec/nal.ts'

export interface SpsInfo {
  readonly spsId: number
  readonly profile: number
  readonly compatibility: number
  readonly level: number
  readonly chromaFormat: number
  readonly bitDepthLuma: number
  readonly bitDepthChroma: number
  /** Shown size in pixels, cropping applied. */
  readonly width: number
  readonly height: number
  /** max_num_reorder_frames where the stream tells it. */
  readonly reorderFrames?: number
  /** RFC 6381 string, e.g. `avc1.64001f`. */
  readonly codec: string
}

const PROFILES_WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])
const MAX_SIDE_PX = 16_384

interface Frame {
  readonly width: number
  readonly height: number
}

/** From a whole NAL unit, header byte included; undefined when it is malformed or absurd. */
export function parseSps(nal: Uint8Array): SpsInfo | undefined {
  const profile = nal[1]
  const compatibility = nal[2]
  const level = nal[3]
  if (nal.length > 1024 || profile === undefined || compatibility === undefined || level === undefined) return undefined
  const reader = new BitReader(unescapeNal(nal.subarray(4)))
  const spsId = reader.ue()
  const chroma = PROFILES_WITH_CHROMA.has(profile) ? readChroma(reader) : { format: 1, luma: 8, depth: 8 }
  const frame = readFrame(reader, chroma.format)
  if (frame === undefined || reader.overrun || spsId > 31 || chroma.format > 3) return undefined
  const reorderFrames = reader.flag() ? readReorder(reader) : undefined
  return {
    spsId,
    profile,
    compatibility,
    level,
    chromaFormat: chroma.format,
    bitDepthLuma: chroma.luma,
    bitDepthChroma: chroma.depth,
    ...frame,
    ...(reorderFrames === undefined ? {} : { reorderFrames }),
    codec: `avc1.${[profile, compatibility, level].map(byte => byte.toString(16).padStart(2, '0')).join('')}`
  }
}

function readChroma(reader: BitReader): { format: number; luma: number; depth: number } {
  const format = reader.ue()
  if (format === 3) reader.skip(1)
  const luma = 8 + Math.min(reader.ue(), 6)
  const depth = 8 + Math.min(reader.ue(), 6)
  reader.skip(1)
  if (reader.flag()) {
    const lists = format === 3 ? 12 : 8
    for (let i = 0; i < lists && !reader.overrun; i++) if (reader.flag()) skipScalingList(reader, i < 6 ? 16 : 64)
  }
  return { format, luma, depth }
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8
  let next = 8
  for (let i = 0; i < size && !reader.overrun; i++) {
    if (next !== 0) next = (last + reader.se() + 256) & 0xff
    if (next !== 0) last = next
  }
}

function readFrame(reader: BitReader, chromaFormat: number): Frame | undefined {
  reader.ue()
  const orderType = reader.ue()
  if (orderType === 0) reader.ue()
  else if (orderType === 1) skipOrderCycle(reader)
  reader.ue()
  reader.skip(1)
  const widthMbs = reader.ue() + 1
  const mapUnits = reader.ue() + 1
  const framesOnly = reader.flag()
  if (!framesOnly) reader.skip(1)
  reader.skip(1)
  const crop = reader.flag() ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()] : [0, 0, 0, 0]
  // Table 6-1 and equations 7-19 to 7-22: crop units follow the chroma subsampling and field coding.
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1
  const unitY = (chromaFormat === 1 ? 2 : 1) * (framesOnly ? 1 : 2)
  const width = widthMbs * 16 - unitX * ((crop[0] ?? 0) + (crop[1] ?? 0))
  const height = mapUnits * 16 * (framesOnly ? 1 : 2) - unitY * ((crop[2] ?? 0) + (crop[3] ?? 0))
  return width > 0 && height > 0 && width <= MAX_SIDE_PX && height <= MAX_SIDE_PX ? { width, height } : undefined
}

function skipOrderCycle(reader: BitReader): void {
  reader.skip(1)
  reader.se()
  reader.se()
  const cycle = Math.min(reader.ue(), 255)
  for (let i = 0; i < cycle && !reader.overrun; i++) reader.se()
}

/** Walks the VUI (E.1.1) to bitstream_restriction; undefined when it is absent or cut. */
function readReorder(reader: BitReader): number | undefined {
  if (reader.flag() && reader.bits(8) === 255) reader.skip(32)
  if (reader.flag()) reader.skip(1)
  if (reader.flag()) {
    reader.skip(4)
    if (reader.flag()) reader.skip(24)
  }
  if (reader.flag()) {
    reader.ue()
    reader.ue()
  }
  if (reader.flag()) reader.skip(65)
  const nalHrd = reader.flag()
  if (nalHrd) skipHrd(reader)
  const vclHrd = reader.flag()
  if (vclHrd) skipHrd(reader)
  if (nalHrd || vclHrd) reader.skip(1)
  reader.skip(1)
  if (!reader.flag()) return undefined
  reader.skip(1)
  for (let i = 0; i < 4; i++) reader.ue()
  const frames = reader.ue()
  return reader.overrun || frames > 16 ? undefined : frames
}

function skipHrd(reader: BitReader): void {
  const count = Math.min(reader.ue() + 1, 32)
  reader.skip(8)
  for (let i = 0; i < count && !reader.overrun; i++) {
    reader.ue()
    reader.ue()
    reader.skip(1)
  }
  reader.skip(20)
}
