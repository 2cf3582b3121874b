/**
 * A hundred alarms at the same moment, each wanting the 30 s before it from a camera of its own: until everything is on disk, until each
 * clip can be played after its post-roll, and what live viewers notice. The peer cuts the same seconds out of the finished files with
 * `ffmpeg -c copy`, two at a time. Usage: scripts/bench clip-storm [--clips N]
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { ClipResult } from '../../gateway/core/media.ts'
import { createLane } from '../../gateway/media/ffmpeg.ts'
import { request, startPlane, type TestPlane } from '../../gateway/media/testing/plane.ts'
import { complaints, readStamps } from '../../gateway/media/testing/player.ts'
import { buildGateway, WORKER_ENTRY } from '../lib/gateway-build.ts'
import { option, percentile, report } from './kit.ts'
import { rows, startLoadCameras } from './parts/load.ts'
import { openViewers } from './parts/viewers.ts'

const CLIPS = option('clips', 100)
const PRE_ROLL_MS = 30_000
const POST_ROLL_MS = 15_000
const VIEWERS = 16
/** 2 Mbit/s; a file that holds so much holds its pre-roll. */
const PRE_ROLL_BYTES = (PRE_ROLL_MS / 1000) * 250_000 * 0.94
const CHECKED = 6
const run = promisify(execFile)

const name = (n: number): string => `clip-storm-${n}`

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}

/** Ms until every part file holds its pre-roll. */
async function untilWritten(dir: string): Promise<number> {
  const beganMs = performance.now()
  const left = new Set(Array.from({ length: CLIPS }, (_, n) => join(dir, `${name(n)}.part.mp4`)))
  while (left.size > 0 && performance.now() - beganMs < 60_000) {
    for (const file of left) if (sizeOf(file) >= PRE_ROLL_BYTES) left.delete(file)
    await sleep(20)
  }
  return left.size > 0 ? Number.NaN : performance.now() - beganMs
}

interface Storm {
  readonly writtenMs: number
  readonly readyMs: readonly number[]
  readonly lateDuringMs: readonly number[]
  readonly results: readonly ClipResult[]
  readonly atMs: number
}

async function storm(plane: TestPlane): Promise<Storm> {
  const viewers = openViewers(plane, VIEWERS)
  await sleep(3000)
  viewers.clear()
  const atMs = Date.now()
  const readyMs: number[] = []
  const clips = Array.from({ length: CLIPS }, async (_, n) => {
    const order = request(`load-${n + 1}`, name(n), atMs - PRE_ROLL_MS, atMs + POST_ROLL_MS)
    const result = await plane.clip(order)
    readyMs.push(Date.now() - Math.max(order.toMs, result.actualToMs))
    return result
  })
  const writtenMs = await untilWritten(plane.dir)
  const results = await Promise.all(clips)
  viewers.close()
  return { writtenMs, readyMs, lateDuringMs: viewers.delaysMs, results, atMs }
}

/** The usual way: an ffmpeg a clip. */
async function peer(dir: string, results: readonly ClipResult[]): Promise<number> {
  const lane = createLane(2)
  const beganMs = performance.now()
  const cut = (file: string): Promise<unknown> => {
    const out = join(dir, file.replace('.mp4', '.peer.mp4'))
    const args = ['-v', 'error', '-y', '-i', join(dir, file), '-t', '30', '-c', 'copy', '-movflags', '+faststart', out]
    return lane(() => run('ffmpeg', args))
  }
  await Promise.all(results.map(({ file }) => cut(file)))
  return performance.now() - beganMs
}

/** Files that ffmpeg complains of, and clips whose first picture, by its own stamp, is later than asked for. */
async function faults(dir: string, { results, atMs }: Storm): Promise<{ complained: number; late: number }> {
  let [complained, late] = [0, 0]
  for (const { file } of results.slice(0, CHECKED)) {
    if ((await complaints(join(dir, file))) !== '') complained++
    const [first] = await readStamps(join(dir, file))
    if (!first || first.wallMs > atMs - PRE_ROLL_MS) late++
  }
  return { complained, late }
}

await buildGateway()
const dir = mkdtempSync(join(tmpdir(), 'clip-storm-'))
const load = await startLoadCameras(dir)
try {
  const evidence = join(dir, 'evidence')
  const plane = await startPlane(evidence, { workers: 2, preRollMs: PRE_ROLL_MS, workerEntry: WORKER_ENTRY })
  plane.setCameras(rows(load, CLIPS))
  await plane.ready(PRE_ROLL_MS + 2000)
  const found = await storm(plane)
  await plane.stop()
  const { complained, late } = await faults(evidence, found)
  const peerMs = await peer(evidence, found.results)
  report({
    bench: 'clip-storm',
    figures: {
      clips: found.results.length,
      preRollMb: (CLIPS * PRE_ROLL_MS * 0.25) / 1000,
      preRollOnDiskMs: found.writtenMs,
      readyP50Ms: percentile(found.readyMs, 50),
      readyP99Ms: percentile(found.readyMs, 99),
      shortPreRolls: found.results.filter(clip => clip.actualFromMs > found.atMs - PRE_ROLL_MS).length,
      gaps: found.results.filter(clip => clip.gapMs > 0).length,
      lateByStamp: late,
      filesFfmpegComplainsOf: complained,
      liveP99Ms: percentile(found.lateDuringMs, 99),
      liveMaxMs: percentile(found.lateDuringMs, 100),
      ffmpegCutsAllMs: peerMs
    },
    goals: {
      clips: { min: 100 },
      preRollOnDiskMs: { max: 2000 },
      readyP99Ms: { max: 60 },
      shortPreRolls: { max: 0 },
      gaps: { max: 0 },
      lateByStamp: { max: 0 },
      filesFfmpegComplainsOf: { max: 0 },
      liveP99Ms: { max: 20 }
    }
  })
} finally {
  load.stop()
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}
process.exit()
