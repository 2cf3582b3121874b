/** Walks the fragments of a file of ours as it lies on disk, box by box, and stops where it is torn. */
import type { FileHandle } from 'node:fs/promises'
import { PRFT_BYTES, readPrft } from './fragment.ts'
import { TIMESCALE } from './init.ts'

const MAX_MOOF_BYTES = 1024 * 1024
/** trun: data offset, durations, sizes, flags and composition offsets, as fragment.ts writes them. */
const SAMPLE_BYTES = 16
const NOT_SYNC = 0x0001_0000

/** One whole `prft moof mdat`. */
export interface ScannedFragment {
  readonly offset: number
  readonly bytes: number
  readonly startMs: number
  readonly endMs: number
  readonly key: boolean
}

/** The whole fragments from byte `from` on; what comes before the first `prft` (an init segment) is passed over. */
export async function scanFragments(handle: FileHandle, from = 0): Promise<readonly ScannedFragment[]> {
  const { size } = await handle.stat()
  const found: ScannedFragment[] = []
  let begin: { readonly offset: number; readonly startMs: number } | undefined
  let samples: { readonly ticks: number; readonly key: boolean } | undefined
  for (let at = from; at + 8 <= size; ) {
    const head = await readAt(handle, at, Math.min(PRFT_BYTES, size - at))
    const bytes = head.readUInt32BE(0)
    const type = head.toString('latin1', 4, 8)
    if (bytes < 8 || at + bytes > size) break
    if (type === 'prft' && bytes === PRFT_BYTES) begin = { offset: at, startMs: readPrft(head) }
    if (type === 'moof') samples = readMoof(await readAt(handle, at, Math.min(bytes, MAX_MOOF_BYTES)))
    at += bytes
    if (type !== 'mdat' || !begin || !samples) continue
    const endMs = begin.startMs + (samples.ticks * 1000) / TIMESCALE
    found.push({ offset: begin.offset, bytes: at - begin.offset, startMs: begin.startMs, endMs, key: samples.key })
    begin = undefined
    samples = undefined
  }
  return found
}

/** Length of the video track's samples in ticks and whether the first is a keyframe; undefined when it is not one of ours. */
function readMoof(moof: Buffer): { readonly ticks: number; readonly key: boolean } | undefined {
  const traf = moof.indexOf('traf', 8, 'latin1')
  const trun = traf === -1 ? -1 : moof.indexOf('trun', traf, 'latin1')
  if (trun === -1 || trun + 16 > moof.length) return undefined
  const count = moof.readUInt32BE(trun + 8)
  const first = trun + 16
  if (count === 0 || moof.length < first + count * SAMPLE_BYTES) return undefined
  let ticks = 0
  for (let i = 0; i < count; i++) ticks += moof.readUInt32BE(first + i * SAMPLE_BYTES)
  return { ticks, key: (moof.readUInt32BE(first + 8) & NOT_SYNC) === 0 }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  await handle.read(buffer, 0, length, position)
  return buffer
}
