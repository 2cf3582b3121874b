/** Turns a finished recording into evidence: its result on record, then its final name, in this order. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClipResult } from '../../core/media.ts'
import { digestFile, exists, publish, syncFolder, writeDurable } from './durable.ts'
import { partFile, resultFile } from './names.ts'

/**
 * The bytes stay as they were written while the pictures came, and were hashed then: nothing is rewritten afterwards. Crash-safe: the
 * clip has its final name only when its result is on disk.
 */
export async function seal(result: ClipResult, dir: string): Promise<void> {
  await rm(join(dir, resultFile(result.file)), { force: true })
  await writeDurable(dir, resultFile(result.file), [Buffer.from(JSON.stringify(result))])
  await publish(dir, partFile(result.file), result.file)
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
