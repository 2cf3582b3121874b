/** Reads a pre-encoded loop (H.264 Annex B) and cuts it into access units. */
import { readFileSync } from 'node:fs'

/** One picture: its NAL units without start codes; `head` are SPS and PPS, `slices` the rest. */
export interface AccessUnit {
  readonly key: boolean
  readonly head: readonly Buffer[]
  readonly slices: readonly Buffer[]
}

export interface Loop {
  readonly units: readonly AccessUnit[]
  readonly sps: Buffer
  readonly pps: Buffer
  /** `4d001f`, as SDP wants it (RFC 6184 8.1). */
  readonly profileLevelId: string
}

const SLICE = 1
const IDR = 5
const SPS = 7
const PPS = 8

/** Splits an Annex B byte stream (H.264 B.1) into NAL units. */
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

/** Throws when the file is no H.264 loop that begins with SPS, PPS and an IDR picture: a broken asset is a bug. */
export function readLoop(file: string): Loop {
  const units: AccessUnit[] = []
  let sps: Buffer | undefined
  let pps: Buffer | undefined
  let head: Buffer[] = []
  for (const nal of splitAnnexB(readFileSync(file))) {
    const type = (nal[0] ?? 0) & 0x1f
    if (type === SPS) sps = nal
    if (type === PPS) pps = nal
    if (type === SPS || type === PPS) head.push(nal)
    // One slice a picture: make-loops.ts encodes so.
    if (type === SLICE || type === IDR) {
      units.push({ key: type === IDR, head, slices: [nal] })
      head = []
    }
  }
  if (!sps || !pps || !units[0]?.key)
    throw new Error(`${file} is no loop: it must begin with SPS, PPS and an IDR picture`)
  return { units, sps, pps, profileLevelId: sps.subarray(1, 4).toString('hex') }
}

function trimZeros(nal: Buffer): Buffer {
  let end = nal.length
  while (end > 0 && nal[end - 1] === 0) end--
  return nal.subarray(0, end)
}
