/**
 * A video worker is killed with SIGKILL while 400 cameras are received and recorded: how much of each recording is lost, by the stamps in
 * the pictures, and how long until all of them are recorded again. The peer: what a killed `ffmpeg -f segment` leaves of the same cameras.
 * Usage: scripts/bench video-crash [--cameras N]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CameraId, id } from '../../gateway/core/brand.ts'
import { createRecordedMedia } from '../../gateway/media/record/reader.ts'
import { startPlane, type TestPlane } from '../../gateway/media/testing/plane.ts'
import { complaints, readStamps } from '../../gateway/media/testing/player.ts'
import { until } from '../../gateway/testing/wait.ts'
import { buildGateway, WORKER_ENTRY } from '../lib/gateway-build.ts'
import { option, percentile, report } from './kit.ts'
import { rows, startLoadCameras } from './parts/load.ts'
import { lastStampMs } from './parts/stamps.ts'

const CAMERAS = option('cameras', 400)
const PEERS = 20
const GOP_MS = 2000
const CHECKED = 20

const ids = Array.from({ length: CAMERAS }, (_, n) => id<CameraId>(`load-${n + 1}`))

interface Crash {
  /** Kill → last picture on disk before it, ms, per camera. */
  readonly lossMs: readonly number[]
  /** Kill → first picture on disk after it, ms, per camera. */
  readonly backMs: readonly number[]
  readonly complained: number
}

async function crash(plane: TestPlane, dir: string): Promise<Crash> {
  const media = createRecordedMedia(dir)
  const killedMs = Date.now()
  for (const { pid } of plane.workers()) process.kill(pid, 'SIGKILL')
  const segments = (cameraId: CameraId, fromMs: number, toMs: number) => media.segments(cameraId, 'main', fromMs, toMs)
  const after = async (cameraId: CameraId) =>
    (await segments(cameraId, killedMs, killedMs + 60_000)).find(segment => segment.startMs > killedMs)
  await until(
    'every camera is recorded again',
    async () => (await Promise.all(ids.map(after))).every(segment => segment !== undefined),
    60_000
  )
  const [lossMs, backMs, files]: [number[], number[], string[]] = [[], [], []]
  for (const cameraId of ids) {
    const before = (await segments(cameraId, 0, killedMs)).filter(segment => segment.startMs < killedMs).at(-1)
    lossMs.push(before ? killedMs - before.endMs : Number.POSITIVE_INFINITY)
    backMs.push(((await after(cameraId))?.startMs ?? Number.POSITIVE_INFINITY) - killedMs)
    if (before && files.length < CHECKED) files.push(before.path)
  }
  // The index speaks of times; the pictures themselves have the last word.
  for (const [n, file] of files.entries()) {
    const stamp = (await readStamps(file)).at(-1)?.wallMs ?? 0
    lossMs[n] = Math.max(lossMs[n] ?? 0, killedMs - stamp)
  }
  const words = await Promise.all(files.map(file => complaints(file)))
  return { lossMs, backMs, complained: words.filter(text => text !== '').length }
}

/** Ffmpeg's own segments, killed: what of them can still be decoded. A file without its index gives nothing. */
async function peer(dir: string, url: (n: number) => string): Promise<number[]> {
  mkdirSync(dir)
  const children: ChildProcess[] = []
  for (let n = 1; n <= PEERS; n++) {
    const input = ['-hide_banner', '-v', 'error', '-rtsp_transport', 'tcp', '-i', url(n), '-c', 'copy']
    const output = ['-f', 'segment', '-segment_time', '60', '-segment_format', 'mpegts', join(dir, `${n}-%d.ts`)]
    children.push(spawn('ffmpeg', [...input, ...output], { stdio: 'ignore' }))
  }
  await sleep(20_000)
  const killedMs = Date.now()
  for (const child of children) child.kill('SIGKILL')
  await sleep(500)
  return Array.from(
    { length: PEERS },
    (_, n) => killedMs - (lastStampMs(readFileSync(join(dir, `${n + 1}-0.ts`))) ?? 0)
  )
}

await buildGateway()
const dir = mkdtempSync(join(tmpdir(), 'video-crash-'))
const load = await startLoadCameras(dir)
try {
  const recordings = join(dir, 'recordings')
  const plane = await startPlane(join(dir, 'evidence'), {
    workers: 2,
    preRollMs: 2000,
    workerEntry: WORKER_ENTRY,
    recording: { dir: recordings, segmentMs: 60_000, fragmentMs: 400, syncMs: 5000 }
  })
  plane.setCameras(rows(load, CAMERAS))
  plane.record(
    ids.map(cameraId => ({
      cameraId,
      mode: 'continuous',
      stream: 'main',
      cause: 'continuous',
      knownMs: { main: 0, sub: 0 }
    }))
  )
  await until('every camera is recorded', () => plane.health().every(c => c.recording?.state === 'recording'), 60_000)
  await sleep(15_000)
  const found = await crash(plane, recordings)
  await plane.stop()
  const ffmpeg = await peer(join(dir, 'peer'), load.url)
  report({
    bench: 'video-crash',
    figures: {
      cameras: CAMERAS,
      lossP50Ms: percentile(found.lossMs, 50),
      lossMaxMs: percentile(found.lossMs, 100),
      recordedAgainP50Ms: percentile(found.backMs, 50),
      recordedAgainMaxMs: percentile(found.backMs, 100),
      filesFfmpegComplainsOf: found.complained,
      ffmpegLossP50Ms: percentile(ffmpeg, 50),
      ffmpegLossMaxMs: percentile(ffmpeg, 100)
    },
    goals: {
      cameras: { min: 400 },
      lossMaxMs: { max: 500 },
      recordedAgainMaxMs: { max: 1500 + GOP_MS },
      filesFfmpegComplainsOf: { max: 0 }
    }
  })
} finally {
  load.stop()
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}
process.exit()
