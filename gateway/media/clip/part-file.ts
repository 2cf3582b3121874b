/** A recording in work: fragments appended in order, and after a crash read back, cut to the last whole one and continued. */
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { GapMeter } from '../fmp4/gap-meter.ts'
import { scanFragments } from '../fmp4/scan.ts'
import { createExclusive, syncFolder } from './durable.ts'
import type { Continuation } from './fragmenter.ts'
import { HashedFile, type Write } from './hashed-file.ts'

export interface PartFile {
  readonly file: HashedFile
  readonly continuation: Continuation | undefined
}

/** Opens a new file, or continues the one that a killed worker left. */
export async function openPartFile(dir: string, name: string, write?: Write): Promise<PartFile> {
  try {
    const handle = await createExclusive(dir, name, 'ax')
    await syncFolder(dir)
    return { file: new HashedFile(handle, write), continuation: undefined }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const handle = await open(join(dir, name), 'r+')
  const found = await cutBack(handle).finally(() => handle.close())
  // Appending starts at the new end.
  const appending = await open(join(dir, name), 'a')
  try {
    const file = await HashedFile.continue(appending, join(dir, name), found?.endOffset ?? 0, write)
    return { file, continuation: found }
  } catch (error) {
    await appending.close().catch(() => undefined)
    throw error
  }
}

/**
 * To the end of the last whole fragment; undefined, with an empty file, when there is not one. What the life before had stated as missing
 * is read out of the file again: it was in its memory only.
 */
async function cutBack(handle: FileHandle): Promise<(Continuation & { readonly endOffset: number }) | undefined> {
  const missing = new GapMeter()
  const fragments = await scanFragments(handle, 0, ({ baseTicks, startMs }, samples) =>
    missing.fragment(baseTicks, startMs, samples)
  )
  const [first, last] = [fragments[0], fragments.at(-1)]
  const endOffset = first && last ? last.offset + last.bytes : 0
  await handle.truncate(endOffset)
  if (!first || !last) return undefined
  return {
    firstWallMs: first.startMs,
    endWallMs: last.endMs,
    nextSequence: fragments.length + 1,
    missing,
    endOffset
  }
}
