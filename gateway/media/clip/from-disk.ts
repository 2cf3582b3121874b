/** What memory no longer has of a clip's time, taken out of the recordings: after the death of a worker, or where memory is kept small. */
import { open } from 'node:fs/promises'
import type { CameraId } from '../../core/brand.ts'
import { audioRateOf } from '../fmp4/audio-track.ts'
import { baseTicksOf, markAfterGap, PRFT_BYTES, rebaseFragment, samplesOf } from '../fmp4/fragment.ts'
import { GapMeter } from '../fmp4/gap-meter.ts'
import { TIMESCALE } from '../fmp4/init.ts'
import { scanFragments } from '../fmp4/scan.ts'
import { STREAMS } from '../record/layout.ts'
import type { FragmentRef, RecordedMedia } from '../record/types.ts'
import type { Continuation } from './fragmenter.ts'
import type { HashedFile } from './hashed-file.ts'

/** Wall times of neighbours differ a little from their lengths. */
const SLACK_MS = 20
/** A longer distance between two fragments is media that is missing. */
const GAP_MS = 200

export interface DiskWish {
  readonly cameraId: CameraId
  readonly fromMs: number
  readonly toMs: number
  /** Memory goes on from here, with a keyframe. */
  readonly memoryMs: number | undefined
  /** The only init segment that fits what is in the file or comes from memory; undefined: the first one found. */
  readonly init: Buffer | undefined
  /** What the file holds already. */
  readonly continuation: Continuation | undefined
}

interface Piece extends FragmentRef {
  readonly path: string
}

/** Appends what there is; undefined when there is nothing that fits. Rejects when the file cannot be written. */
export async function appendRecorded(
  media: RecordedMedia,
  wish: DiskWish,
  file: HashedFile
): Promise<Continuation | undefined> {
  for (const stream of STREAMS) {
    const found = await piecesOf(media, wish, stream)
    const first = found?.pieces[0]
    if (found && first) return copy(wish, found.init, found.pieces, file)
  }
  return undefined
}

/** From the keyframe at or before the start, or behind what the file holds, as long as the parameter sets stay the same. */
async function piecesOf(
  media: RecordedMedia,
  { cameraId, fromMs, toMs, init: wanted, continuation }: DiskWish,
  stream: 'main' | 'sub'
): Promise<{ readonly init: Buffer; readonly pieces: readonly Piece[] } | undefined> {
  let init = wanted
  const all: Piece[] = []
  for (const segment of await media.segments(cameraId, stream, fromMs, toMs)) {
    const index = await media.index(segment)
    const own = index && (await readPart(segment.path, 0, index.initBytes))
    if (!index || !own) continue
    init ??= own
    if (!own.equals(init)) continue
    const fitting = index.fragments.filter(each => each.startMs < toMs - SLACK_MS)
    all.push(...fitting.map(each => ({ ...each, path: segment.path })))
  }
  const start = continuation
    ? all.findIndex(each => each.key && each.startMs >= continuation.endWallMs - SLACK_MS)
    : Math.max(
        all.findLastIndex(each => each.key && each.startMs <= fromMs),
        all.findIndex(each => each.key) === -1 ? -1 : 0
      )
  return init === undefined || start === -1 ? undefined : { init, pieces: all.slice(start) }
}

async function copy(wish: DiskWish, init: Buffer, pieces: readonly Piece[], file: HashedFile): Promise<Continuation> {
  const { continuation } = wish
  const firstWallMs = continuation?.firstWallMs ?? pieces[0]?.startMs ?? wish.fromMs
  const missing = continuation?.missing ?? new GapMeter()
  let sequence = continuation?.nextSequence ?? 1
  let endMs = continuation?.endWallMs ?? firstWallMs
  if (!continuation) await file.append([init])
  const audioRate = audioRateOf(init)
  // Behind what the file held follows another picture than the one that came next: what is in between is missing, however little.
  let gapMs = continuation ? SLACK_MS : GAP_MS
  let source: { readonly path: string; readonly shift: number } | undefined
  for (const { path, offset, bytes, startMs, endMs: until, afterGap } of pieces) {
    const fragment = await readPart(path, offset, bytes)
    const ticks = fragment && baseTicksOf(fragment)
    // Removed meanwhile, or not one of ours: what is missing is said.
    if (!fragment || ticks === undefined) continue
    if (source?.path !== path)
      source = { path, shift: Math.round(((startMs - firstWallMs) * TIMESCALE) / 1000) - ticks }
    if ((afterGap && sequence > 1) || startMs - endMs > gapMs) markAfterGap(fragment)
    gapMs = GAP_MS
    missing.fragment(ticks + source.shift, startMs, samplesOf(fragment.subarray(PRFT_BYTES)) ?? [])
    rebaseFragment(fragment, sequence++, ticks + source.shift, audioRate)
    await file.append([fragment])
    endMs = until
  }
  const { memoryMs } = wish
  // The same picture follows: no gap of a rounding's width is made up, and none of its group left out.
  const meets = memoryMs !== undefined && memoryMs - endMs < GAP_MS
  return { firstWallMs, endWallMs: meets ? memoryMs : endMs, nextSequence: sequence, missing }
}

/** Undefined when it is not, or no longer, there. */
async function readPart(path: string, position: number, length: number): Promise<Buffer | undefined> {
  const handle = await open(path, 'r').catch(() => undefined)
  if (!handle) return undefined
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position)
    return bytesRead === length ? buffer : undefined
  } catch {
    return undefined
  } finally {
    await handle.close()
  }
}

/** The init segment at the start of a file of ours: what lies before its first fragment. */
export async function initOf(path: string): Promise<Buffer | undefined> {
  const handle = await open(path, 'r').catch(() => undefined)
  if (!handle) return undefined
  try {
    const first = (await scanFragments(handle))[0]
    return first && (await readPart(path, 0, first.offset))
  } finally {
    await handle.close()
  }
}
