/** Reads a pre-encoded loop (H.264 or H.265, Annex B) and cuts it into access units. */
import { readFileSync } from 'node:fs'

export type LoopCodec = 'h264' | 'h265'

/** One picture: its NAL units without start codes; `head` are parameter sets, `slices` the rest. */
export interface AccessUnit {
  readonly key: boolean
  readonly head: readonly Buffer[]
  readonly slices: readonly Buffer[]
}

export interface Loop {
  readonly codec: LoopCodec
  readonly units: readonly AccessUnit[]
  readonly sps: Buffer
  readonly pps: Buffer
  /** H.265 only. */
  readonly vps?: Buffer
  /** `4d001f`, as SDP wants it for H.264 (RFC 6184 8.1). */
  readonly profileLevelId: string
}

type NalKind = 'vps' | 'sps' | 'pps' | 'key' | 'picture' | 'other'

/** H.264 7.4.1 table 7-1. */
function kindOfH264(nal: Buffer): NalKind {
  const kinds: Readonly<Record<number, NalKind>> = { 1: 'picture', 5: 'key', 7: 'sps', 8: 'pps' }
  return kinds[(nal[0] ?? 0) & 0x1f] ?? 'other'
}

/** H.265 7.4.2.2 table 7-1: 0 … 15 pictures, 16 … 23 random access points, 32 … 34 parameter sets. */
function kindOfH265(nal: Buffer): NalKind {
  const type = ((nal[0] ?? 0) >> 1) & 0x3f
  if (type < 16) return 'picture'
  if (type < 24) return 'key'
  const kinds: Readonly<Record<number, NalKind>> = { 32: 'vps', 33: 'sps', 34: 'pps' }
  return kinds[type] ?? 'other'
}

/** Splits an Annex B byte stream (H.264 B.1, H.265 B.1) into NAL units. */
export function splitAnnexB(stream: Buffer): Buffer[] {
  const nals: Buffer[] = []
  let start = -1
  for (let i = 0; i + 2 < stream.length; i++) {
    if (stream[i] !== 0 || stream[i + 1] !== 0 || stream[i + 2] !== 1) continue
    if (start >= 0) nals.push(trimZeros(stream.subarray(start, i)))
    start = i + 3
    i += 2
  }
  if (start >= 0) nals.push(trimZeros(stream.subarray(start)))
  return nals.filter(nal => nal.length > 0)
}

/** The codec is the file's ending. Throws when the file is no loop that begins with parameter sets and a keyframe: a broken asset is a bug. */
export function readLoop(file: string): Loop {
  const codec: LoopCodec = file.endsWith('.h265') ? 'h265' : 'h264'
  const kindOf = codec === 'h265' ? kindOfH265 : kindOfH264
  const units: AccessUnit[] = []
  const sets: Partial<Record<NalKind, Buffer>> = {}
  let head: Buffer[] = []
  for (const nal of splitAnnexB(readFileSync(file))) {
    const kind = kindOf(nal)
    if (kind === 'vps' || kind === 'sps' || kind === 'pps') {
      sets[kind] = nal
      head.push(nal)
    }
    // One slice a picture: scripts/town/loop-encoding.ts encodes so.
    if (kind === 'picture' || kind === 'key') {
      units.push({ key: kind === 'key', head, slices: [nal] })
      head = []
    }
  }
  const { vps, sps, pps } = sets
  if (!sps || !pps || (codec === 'h265' && !vps) || !units[0]?.key)
    throw new Error(`${file} is no loop: it must begin with parameter sets and a keyframe`)
  return { codec, units, sps, pps, vps, profileLevelId: sps.subarray(1, 4).toString('hex') }
}

function trimZeros(nal: Buffer): Buffer {
  let end = nal.length
  while (end > 0 && nal[end - 1] === 0) end--
  return nal.subarray(0, end)
}
