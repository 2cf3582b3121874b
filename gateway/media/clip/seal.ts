/** Turns a finished recording into evidence: one MP4, its hash, its result on record, its final name, in this order. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClipResult } from '../../core/media.ts'
import { runFfmpeg } from '../ffmpeg.ts'
import { digestFile, exists, publish, syncFolder, writeDurable } from './durable.ts'
import { partFile, remuxFile, resultFile } from './names.ts'
import type { EvidenceTools } from './tools.ts'

const REMUX_MS = 120_000

/** What the recorder knows; the rest is measured on the final bytes. */
export type Recorded = Omit<ClipResult, 'bytes' | 'sha256'>

/** Crash-safe: the clip has its final name only when its result is on disk, and the part file goes last. */
export async function seal(recorded: Recorded, tools: EvidenceTools): Promise<ClipResult> {
  const { dir } = tools
  const { file } = recorded
  const source = await remux(file, tools)
  const result = { ...recorded, ...(await digestFile(dir, source)) }
  await rm(join(dir, resultFile(file)), { force: true })
  await writeDurable(dir, resultFile(file), [Buffer.from(JSON.stringify(result))])
  await publish(dir, source, file)
  await rm(join(dir, partFile(file)), { force: true })
  await syncFolder(dir)
  return result
}

/** The result of a clip that was sealed before, undefined when there is none; throws when the file is not what was sealed. */
export async function sealed(file: string, dir: string): Promise<ClipResult | undefined> {
  if (!(await exists(dir, file))) return undefined
  const result = JSON.parse(await readFile(join(dir, resultFile(file)), 'utf8')) as ClipResult
  const { sha256 } = await digestFile(dir, file)
  if (sha256 !== result.sha256) throw new Error('the clip on disk is not the one that was sealed')
  await rm(join(dir, partFile(file)), { force: true })
  return result
}

/** Gives the file to seal. Where ffmpeg is missing or fails it is the fragmented file itself: that plays nearly everywhere. */
async function remux(file: string, tools: EvidenceTools): Promise<string> {
  const { dir, clock, ffmpegPath: path, log } = tools
  const part = partFile(file)
  const out = remuxFile(file)
  const args = [
    '-i',
    join(dir, part),
    '-map',
    '0:v',
    '-c',
    'copy',
    '-movflags',
    '+faststart',
    '-f',
    'mp4',
    join(dir, out)
  ]
  try {
    await tools.remux(() => runFfmpeg({ path, args, clock, timeoutMs: REMUX_MS }))
    return out
  } catch (error) {
    log.warn({ file, err: String(error) }, 'remux failed; the fragmented file is kept as evidence')
    await rm(join(dir, out), { force: true })
    return part
  }
}
