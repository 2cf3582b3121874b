/** Turns a finished recording into evidence: its result on record, then its final name, in this order. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClipResult } from '../../core/media.ts'
import { digestFile, exists, publish, syncFolder, writeDurable } from './durable.ts'
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

async function writeResult(result: ClipResult, dir: string): Promise<void> {
  const parts = [Buffer.from(JSON.stringify(result))]
  const name = resultFile(result.file)
  await writeDurable(dir, name, parts).catch(async (error: NodeJS.ErrnoException) => {
    // Of an attempt that a crash ended before the clip got its name.
    if (error.code !== 'EEXIST') throw error
    await rm(join(dir, name))
    await writeDurable(dir, name, parts)
  })
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
