/** What a crash left: each segment is cut back to its last whole fragment and finished; one without any is removed. */
import { type FileHandle, open, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder } from '../clip/durable.ts'
import { encodeClosed, encodeFragment, encodeHeader, type IndexFile } from './index-file.ts'
import { dayName, indexPath, startOf } from './layout.ts'
import { readSegment } from './reader.ts'

/** A segment as it stands on disk, durably. */
export interface RepairedSegment {
  readonly startMs: number
  readonly endMs: number
  readonly bytes: number
  readonly cause: IndexFile['cause']
}

/**
 * Repeating it changes nothing. Undefined when nothing of it could be saved: then its files are gone. Rejects when the disk refuses.
 */
export async function repairSegment(path: string): Promise<RepairedSegment | undefined> {
  const index = await readSegment(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  const startMs = startOf(path.slice(path.lastIndexOf('/') + 1)) ?? 0
  const media = index && (await open(path, 'r+').catch(() => undefined))
  if (!index || !media) return removeSegment(path)
  try {
    const { size } = await media.stat()
    const fragments = index.fragments.filter(({ offset, bytes }) => offset + bytes <= size)
    const last = fragments.at(-1)
    if (!last || fragments[0]?.key !== true) return await removeSegment(path)
    const repaired = { startMs, endMs: last.endMs, bytes: last.offset + last.bytes, cause: index.cause }
    if (index.closed && size === repaired.bytes) return repaired
    await media.truncate(repaired.bytes)
    await media.datasync()
    await rewriteIndex(path, { ...index, fragments }, repaired)
    await syncFolder(dirname(path))
    return repaired
  } finally {
    await media.close()
  }
}

/** Media files of one stream's folder that started after `afterMs`, ascending by day. */
export async function segmentsAfter(streamFolder: string, afterMs: number): Promise<readonly string[]> {
  const found: { path: string; startMs: number }[] = []
  const firstDay = dayName(afterMs)
  const days = (await readdir(streamFolder).catch(() => [])).filter(day => /^\d{8}$/.test(day) && day >= firstDay)
  for (const day of days) {
    // An index without its media file is a start that was cut off: it goes the same way.
    const names = new Set(
      (await readdir(join(streamFolder, day)).catch(() => [])).map(file => file.replace(/\.idx$/, '.mp4'))
    )
    for (const name of names) {
      const startMs = startOf(name)
      if (startMs !== undefined && startMs > afterMs) found.push({ path: join(streamFolder, day, name), startMs })
    }
  }
  return found.sort((a, b) => a.startMs - b.startMs).map(({ path }) => path)
}

/** The same bytes up to where it was torn: a crash in the middle leaves a file that can be repaired again. */
async function rewriteIndex(path: string, index: IndexFile, { startMs, endMs, bytes }: RepairedSegment): Promise<void> {
  const records = [encodeHeader(index), ...index.fragments.map(encodeFragment), encodeClosed(startMs, endMs, bytes)]
  const whole = Buffer.concat(records)
  const handle: FileHandle = await open(indexPath(path), 'r+')
  try {
    await handle.write(whole, 0, whole.length, 0)
    await handle.truncate(whole.length)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

async function removeSegment(path: string): Promise<undefined> {
  await rm(path, { force: true })
  await rm(indexPath(path), { force: true })
  await syncFolder(dirname(path)).catch(() => undefined)
  return undefined
}
