/**
 * What recording costs beside receiving: the same cameras received with their pre-roll in memory, then recorded as well, then recorded
 * with the pre-roll on disk. The peer is one ffmpeg a camera with the segment muxer. Usage: scripts/bench video-record [--cameras N]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CameraId, id } from '../../gateway/core/brand.ts'
import type { RecordingOrder } from '../../gateway/core/recording.ts'
import { startPlane, type TestPlane } from '../../gateway/media/testing/plane.ts'
import { complaints } from '../../gateway/media/testing/player.ts'
import { until } from '../../gateway/testing/wait.ts'
import { buildGateway, WORKER_ENTRY } from '../lib/gateway-build.ts'
import { option, report } from './kit.ts'
import { FPS, type LoadCameras, rows, startLoadCameras } from './parts/load.ts'
import { cpuPercent, rssMb } from './parts/proc.ts'

const CAMERAS = option('cameras', 100)
const MEASURED_MS = 20_000
const SETTLE_MS = 12_000
const CHECKED = 5

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const pidsOf = (plane: TestPlane): number[] => plane.workers().map(worker => worker.pid)

function orders(): RecordingOrder[] {
  return Array.from({ length: CAMERAS }, (_, n) => ({
    cameraId: id<CameraId>(`load-${n + 1}`),
    mode: 'continuous',
    stream: 'main',
    cause: 'continuous',
    knownMs: { main: 0, sub: 0 }
  }))
}

interface Run {
  readonly cpu: number
  readonly rss: number
  readonly writtenMbPerS: number
  readonly slowestFps: number
  readonly refused: number
}

async function run(dir: string, load: LoadCameras, recorded: boolean, preRollMs: number): Promise<Run> {
  const plane = await startPlane(dir, { workers: 2, preRollMs, workerEntry: WORKER_ENTRY })
  try {
    plane.setCameras(rows(load, CAMERAS))
    if (recorded) plane.record(orders())
    await until('every camera is live', () => plane.health().every(c => c.state === 'live'), 60_000)
    await sleep(preRollMs + SETTLE_MS)
    const before = bytesBelow(dir)
    const cpu = await cpuPercent(pidsOf(plane), () => sleep(MEASURED_MS))
    return {
      cpu,
      rss: sum(pidsOf(plane).map(rssMb)),
      writtenMbPerS: (bytesBelow(dir) - before) / 1e6 / (MEASURED_MS / 1000),
      slowestFps: Math.min(...plane.health().map(c => c.fps ?? 0)),
      refused: plane.health().filter(c => recorded && c.recording?.state !== 'recording').length
    }
  } finally {
    await plane.stop()
  }
}

/** One ffmpeg a camera, its segments of a minute. */
async function peer(dir: string, load: LoadCameras): Promise<number> {
  mkdirSync(dir)
  const children: ChildProcess[] = []
  for (let n = 1; n <= CAMERAS; n++) {
    const input = ['-hide_banner', '-v', 'error', '-rtsp_transport', 'tcp', '-i', load.url(n), '-c', 'copy']
    const output = ['-f', 'segment', '-segment_time', '60', '-reset_timestamps', '1', join(dir, `${n}-%d.mp4`)]
    children.push(spawn('ffmpeg', [...input, ...output], { stdio: 'ignore' }))
  }
  await sleep(15_000)
  const cpu = await cpuPercent(
    children.map(child => child.pid ?? 0),
    () => sleep(MEASURED_MS)
  )
  for (const child of children) child.kill('SIGKILL')
  return cpu
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.mp4'))
    .map(file => join(dir, file))
}

const bytesBelow = (dir: string): number => sum(filesBelow(dir).map(file => statSync(file).size))

await buildGateway()
const dir = mkdtempSync(join(tmpdir(), 'video-record-'))
const load = await startLoadCameras(dir)
try {
  const received = await run(join(dir, 'received'), load, false, 30_000)
  const recorded = await run(join(dir, 'recorded'), load, true, 30_000)
  const onDisk = await run(join(dir, 'on-disk'), load, true, 0)
  const complained = await Promise.all(
    filesBelow(join(dir, 'recorded'))
      .slice(0, CHECKED)
      .map(file => complaints(file))
  )
  const ffmpeg = await peer(join(dir, 'peer'), load)
  report({
    bench: 'video-record',
    figures: {
      cameras: CAMERAS,
      receivedCpuPercent: received.cpu,
      recordedCpuPercent: recorded.cpu,
      preRollOnDiskCpuPercent: onDisk.cpu,
      ffmpegCpuPercent: ffmpeg,
      shareOfFfmpeg: recorded.cpu / ffmpeg,
      writtenMbPerS: recorded.writtenMbPerS,
      slowestFps: Math.min(recorded.slowestFps, onDisk.slowestFps),
      camerasNotRecorded: recorded.refused + onDisk.refused,
      memoryMbPerCamera: recorded.rss / CAMERAS,
      preRollOnDiskMbPerCamera: (onDisk.rss - 2 * 90) / CAMERAS,
      filesFfmpegComplainsOf: complained.filter(text => text !== '').length
    },
    goals: {
      cameras: { min: 100 },
      shareOfFfmpeg: { max: 0.2 },
      writtenMbPerS: { min: CAMERAS * 0.25 * 0.9 },
      slowestFps: { min: FPS * 0.95 },
      camerasNotRecorded: { max: 0 },
      preRollOnDiskMbPerCamera: { max: 1.2 },
      filesFfmpegComplainsOf: { max: 0 }
    }
  })
} finally {
  load.stop()
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}
process.exit()
