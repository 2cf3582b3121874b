/** Finds and indexes what recorders wrote, from the files alone: the folder is the truth, whoever writes it meanwhile. */
import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CameraId } from '../../core/brand.ts'
import { scanFragments } from '../fmp4/scan.ts'
import { decodeIndex, type IndexFile } from './index-file.ts'
import { dayName, indexPath, MAX_SEGMENT_MS, startOf, streamFolder } from './layout.ts'
import type { FragmentRef, RecordedMedia, SegmentIndex, SegmentRef, StreamName } from './types.ts'

/** Finished segments never change: some thousand indexes are kept, about 5 KiB each. */
const MAX_KEPT = 2000
/** The year 9999, the last with four digits. */
const MAX_TIME_MS = 253_402_300_799_000

/** Reads the recordings below `dir`, written by whatever process. */
export function createRecordedMedia(dir: string): RecordedMedia {
  const kept = new Map<string, IndexFile>()
  const indexOf = async (path: string): Promise<IndexFile | undefined> => {
    const known = kept.get(path)
    if (known) return known
    const index = await readSegment(path).catch(() => undefined)
    if (!index?.closed) return index
    const [oldest] = kept.keys()
    if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    kept.set(path, index)
    return index
  }
  return {
    async segments(cameraId, stream, fromMs, toMs) {
      const found: SegmentRef[] = []
      for (const { path, startMs } of await candidates(dir, cameraId, stream, fromMs, toMs)) {
        const index = await indexOf(path)
        const endMs = index?.fragments.at(-1)?.endMs
        if (index && endMs !== undefined && endMs > fromMs)
          found.push({ cameraId, stream, path, startMs, endMs, open: !index.closed })
      }
      return found
    },
    async index({ path }): Promise<SegmentIndex | undefined> {
      const index = await indexOf(path)
      // The file may have been removed since it was read: then nothing of it can be played.
      if (!index || index.fragments.length === 0) return undefined
      const { initBytes, codec, width, height, fragments } = index
      return { initBytes, codec, width, height, fragments }
    }
  }
}

/** Media files that may overlap the interval, oldest first. */
async function candidates(
  dir: string,
  cameraId: CameraId,
  stream: StreamName,
  fromMs: number,
  toMs: number
): Promise<readonly { readonly path: string; readonly startMs: number }[]> {
  const firstMs = Math.max(0, fromMs - MAX_SEGMENT_MS)
  const folder = streamFolder(dir, cameraId, stream)
  const [firstDay, lastDay] = [dayName(firstMs), dayName(Math.min(toMs, MAX_TIME_MS))]
  const days = (await readdir(folder).catch(() => [])).filter(day => day >= firstDay && day <= lastDay)
  const found: { path: string; startMs: number }[] = []
  for (const day of days) {
    for (const file of await readdir(join(folder, day)).catch(() => [])) {
      const startMs = startOf(file)
      if (startMs !== undefined && startMs >= firstMs && startMs < toMs)
        found.push({ path: join(folder, day, file), startMs })
    }
  }
  found.sort((a, b) => a.startMs - b.startMs)
  // Of those that began before the interval only the newest two can reach into it: one may be the tail of a broken-off life.
  const inside = found.findIndex(({ startMs }) => startMs > fromMs)
  return found.slice(Math.max(0, (inside === -1 ? found.length : inside) - 2))
}

/** The index file, and of a segment in work or broken off also the whole fragments behind its last record. Rejects when there is no file. */
export async function readSegment(path: string): Promise<IndexFile | undefined> {
  const index = decodeIndex(await readFile(indexPath(path)))
  if (!index || index.closed) return index
  const last = index.fragments.at(-1)
  const handle = await open(path, 'r')
  try {
    const rest = await scanFragments(handle, last ? last.offset + last.bytes : index.initBytes)
    return { ...index, fragments: [...index.fragments, ...followers(last, rest)] }
  } finally {
    await handle.close()
  }
}

/** Media is missing before a fragment that starts clearly after the one before has ended. */
const GAP_MS = 200

function followers(
  before: FragmentRef | undefined,
  rest: Awaited<ReturnType<typeof scanFragments>>
): readonly FragmentRef[] {
  let endMs = before?.endMs ?? Number.POSITIVE_INFINITY
  return rest.map(fragment => {
    const afterGap = fragment.startMs > endMs + GAP_MS
    endMs = fragment.endMs
    return { ...fragment, afterGap }
  })
}
