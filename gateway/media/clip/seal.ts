/** Turns a finished recording into evidence: its result on record, then its final name, in this order. */
import { type FileHandle, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClipResult } from '../../core/media.ts'
import { createExclusive, digestFile, exists, publish, syncFolder, writeAll } from './durable.ts'
import type { HashedFile } from './hashed-file.ts'
import { partFile, resultFile } from './names.ts'

/**
 * The bytes stay as they were written while the pictures came, and were hashed then: nothing is rewritten afterwards. Crash-safe: the
 * clip has its final name only when it and its result are on disk.
 */
export async function seal(result: ClipResult, file: HashedFile, dir: string): Promise<void> {
  // Both syncs at the same time: a hundred clips of one storm end together.
  const done = await Promise.allSettled([file.finish(), writeResult(result, dir)])
  for (const step of done) if (step.status === 'rejected') throw step.reason
  await publish(dir, partFile(result.file), result.file)
}

/** Longer than any result: the first 200 gaps and the rest. */
const RESERVED_BYTES = 12 * 1024

/** Room for what is to be said of a clip, taken while there is some: on a full disk nothing could be sealed of what was kept. */
export async function reserveResult(file: string, dir: string): Promise<void> {
  const handle = await openResult(file, dir)
  try {
    const { size } = await handle.stat()
    if (size < RESERVED_BYTES) await handle.write(Buffer.alloc(RESERVED_BYTES - size, ' '), 0, undefined, size)
  } finally {
    await handle.close()
  }
}

export async function dropResult(file: string, dir: string): Promise<void> {
  await rm(join(dir, resultFile(file)), { force: true })
}

async function openResult(file: string, dir: string): Promise<FileHandle> {
  const name = resultFile(file)
  return createExclusive(dir, name).catch((error: NodeJS.ErrnoException) => {
    // Reserved, or of an attempt that a crash ended before the clip got its name.
    if (error.code !== 'EEXIST') throw error
    return open(join(dir, name), 'r+')
  })
}

/** In the room that it has: cut to its length only when it is written, since blanks behind it are JSON, too. */
async function writeResult(result: ClipResult, dir: string): Promise<void> {
  const text = Buffer.from(JSON.stringify(result))
  const handle = await openResult(result.file, dir)
  try {
    const { size } = await handle.stat()
    await writeAll(handle, [text, Buffer.alloc(Math.max(0, size - text.length), ' ')])
    await handle.truncate(text.length)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await syncFolder(dir)
}

/** The result of a clip that was sealed before, undefined when there is none; throws when the file is not what was sealed. */
export async function sealed(file: string, dir: string): Promise<ClipResult | undefined> {
  if (!(await exists(dir, file))) return undefined
  const result = JSON.parse(await readFile(join(dir, resultFile(file)), 'utf8')) as ClipResult
  const { sha256 } = await digestFile(dir, file)
  if (sha256 !== result.sha256) throw new Error('the clip on disk is not the one that was sealed')
  // A crash between the two names of one file leaves both.
  await rm(join(dir, partFile(file)), { force: true })
  await syncFolder(dir)
  return result
}
