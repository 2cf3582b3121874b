/** Walks the fragments of a file of ours as it lies on disk, box by box, and stops where it is torn. */
import type { FileHandle } from 'node:fs/promises'
import { PRFT_BYTES, prftTicks, readPrft, samplesOf, type WrittenSample } from './fragment.ts'
import { TIMESCALE } from './init.ts'

const MAX_MOOF_BYTES = 1024 * 1024

/** One whole `prft moof mdat`. */
export interface ScannedFragment {
  readonly offset: number
  readonly bytes: number
  /** Decode time of its first sample on the file's time line. */
  readonly baseTicks: number
  readonly startMs: number
  readonly endMs: number
  readonly key: boolean
}

/**
 * The whole fragments from byte `from` on; what comes before the first `prft` (an init segment) is passed over. `see` is told the samples
 * of each as well.
 */
export async function scanFragments(
  handle: FileHandle,
  from = 0,
  see?: (fragment: ScannedFragment, samples: readonly WrittenSample[]) => void
): Promise<readonly ScannedFragment[]> {
  const { size } = await handle.stat()
  const found: ScannedFragment[] = []
  let begin: Pick<ScannedFragment, 'offset' | 'baseTicks' | 'startMs'> | undefined
  let samples: readonly WrittenSample[] | undefined
  for (let at = from; at + 8 <= size; ) {
    const head = await readAt(handle, at, Math.min(PRFT_BYTES, size - at))
    const bytes = head.readUInt32BE(0)
    const type = head.toString('latin1', 4, 8)
    if (bytes < 8 || at + bytes > size) break
    if (type === 'prft' && bytes === PRFT_BYTES)
      begin = { offset: at, baseTicks: prftTicks(head), startMs: readPrft(head) }
    if (type === 'moof') samples = samplesOf(await readAt(handle, at, Math.min(bytes, MAX_MOOF_BYTES)))
    at += bytes
    if (type !== 'mdat' || !begin || !samples) continue
    const ticks = samples.reduce((sum, { duration }) => sum + duration, 0)
    const endMs = begin.startMs + (ticks * 1000) / TIMESCALE
    const fragment = { ...begin, bytes: at - begin.offset, endMs, key: samples[0]?.key ?? false }
    found.push(fragment)
    see?.(fragment, samples)
    begin = undefined
    samples = undefined
  }
  return found
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  await handle.read(buffer, 0, length, position)
  return buffer
}
