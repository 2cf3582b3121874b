/** Reads a sequence parameter set (ITU-T H.265 clause 7.3.2.2) as far as size, codec string, hvcC and reordering need. */
import { BitReader } from '../codec/bits.ts'
import { unescapeNal } from '../codec/nal.ts'
import { MAX_SET_BYTES } from '../codec/parameter-sets.ts'

/** profile_tier_level (clause 7.3.3) of the whole stream: what hvcC and the codec string repeat. */
export interface ProfileTierLevel {
  readonly space: number
  readonly high: boolean
  readonly profile: number
  /** general_profile_compatibility_flag[0] is the highest bit. */
  readonly compatibility: number
  /** The 48 bits of flags between compatibility and level. */
  readonly constraints: readonly number[]
  readonly level: number
}

export interface SpsInfo extends ProfileTierLevel {
  readonly vpsId: number
  readonly spsId: number
  readonly temporalLayers: number
  readonly temporalIdNested: boolean
  readonly chromaFormat: number
  readonly bitDepthLuma: number
  readonly bitDepthChroma: number
  /** Shown size in pixels: the conformance window. */
  readonly width: number
  readonly height: number
  /** sps_max_num_reorder_pics of the highest temporal layer. */
  readonly reorderFrames: number
}

const MAX_SIDE_PX = 16_384
const MAX_BIT_DEPTH = 15

/** From a whole NAL unit, header included; undefined when it is malformed or absurd. */
export function parseSps(nal: Uint8Array): SpsInfo | undefined {
  if (nal.length > MAX_SET_BYTES) return undefined
  const reader = new BitReader(unescapeNal(nal.subarray(2)))
  const vpsId = reader.bits(4)
  const subLayers = reader.bits(3)
  const temporalIdNested = reader.flag()
  if (subLayers > 6) return undefined
  const profile = readProfile(reader, subLayers)
  const spsId = reader.ue()
  const chromaFormat = reader.ue()
  if (chromaFormat === 3) reader.skip(1)
  const size = readSize(reader, chromaFormat)
  const bitDepthLuma = 8 + reader.ue()
  const bitDepthChroma = 8 + reader.ue()
  reader.ue()
  const reorderFrames = readReorder(reader, subLayers)
  const absurd = spsId > 15 || chromaFormat > 3 || reorderFrames > 15
  if (reader.overrun || absurd || size === undefined) return undefined
  if (bitDepthLuma > MAX_BIT_DEPTH || bitDepthChroma > MAX_BIT_DEPTH) return undefined
  return {
    ...profile,
    vpsId,
    spsId,
    temporalLayers: subLayers + 1,
    temporalIdNested,
    chromaFormat,
    bitDepthLuma,
    bitDepthChroma,
    ...size,
    reorderFrames
  }
}

/** `hvc1.1.6.L93.B0` (ISO/IEC 14496-15 annex E.3). */
export function codecString(info: ProfileTierLevel): string {
  const space = ['', 'A', 'B', 'C'][info.space] ?? ''
  let reversed = 0
  for (let bit = 0; bit < 32; bit++) if (((info.compatibility >>> bit) & 1) === 1) reversed += 2 ** (31 - bit)
  const used = info.constraints.findLastIndex(byte => byte !== 0) + 1
  return [
    'hvc1',
    `${space}${info.profile}`,
    reversed.toString(16).toUpperCase(),
    `${info.high ? 'H' : 'L'}${info.level}`,
    ...info.constraints.slice(0, used).map(byte => byte.toString(16).toUpperCase())
  ].join('.')
}

function readProfile(reader: BitReader, subLayers: number): ProfileTierLevel {
  const space = reader.bits(2)
  const high = reader.flag()
  const profile = reader.bits(5)
  const compatibility = reader.bits(32)
  const constraints = Array.from({ length: 6 }, () => reader.bits(8))
  const level = reader.bits(8)
  const present = Array.from({ length: subLayers }, () => [reader.flag(), reader.flag()] as const)
  // reserved_zero_2bits for the sub-layers that are not there.
  if (subLayers > 0) reader.skip(2 * (8 - subLayers))
  for (const [profileThere, levelThere] of present) reader.skip((profileThere ? 88 : 0) + (levelThere ? 8 : 0))
  return { space, high, profile, compatibility, constraints, level }
}

function readSize(reader: BitReader, chromaFormat: number): { width: number; height: number } | undefined {
  const codedWidth = reader.ue()
  const codedHeight = reader.ue()
  const window = reader.flag() ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()] : [0, 0, 0, 0]
  // Table 6-1: the window counts in chroma samples.
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1
  const unitY = chromaFormat === 1 ? 2 : 1
  const width = codedWidth - unitX * ((window[0] ?? 0) + (window[1] ?? 0))
  const height = codedHeight - unitY * ((window[2] ?? 0) + (window[3] ?? 0))
  return width > 0 && height > 0 && width <= MAX_SIDE_PX && height <= MAX_SIDE_PX ? { width, height } : undefined
}

function readReorder(reader: BitReader, subLayers: number): number {
  let reorder = 0
  for (let layer = reader.flag() ? 0 : subLayers; layer <= subLayers; layer++) {
    reader.ue()
    reorder = reader.ue()
    reader.ue()
  }
  return reorder
}
