/**
 * What it costs to receive cameras with 30 s of pre-roll in memory: first so many as the peer can bear, one `ffmpeg -c copy -f null` each
 * on the same cameras, then a thousand. Usage: scripts/bench video-ingest [--cameras N] [--seconds S]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPlane, type TestPlane } from '../../gateway/media/testing/plane.ts'
import { until } from '../../gateway/testing/wait.ts'
import { buildGateway, WORKER_ENTRY } from '../lib/gateway-build.ts'
import { option, report } from './kit.ts'
import { FPS, type LoadCameras, rows, startLoadCameras } from './parts/load.ts'
import { cpuPercent, rssMb } from './parts/proc.ts'

const PEER_CAMERAS = 100
const PRE_ROLL_MS = 30_000
const SETTLE_MS = 12_000
/** What 30 s, a GOP of 2 s and 3 s to spare need at 2 Mbit/s, with a fifth more. */
const BYTES_PER_CAMERA = 35 * 250_000 * 1.2

const cameras = Math.min(option('cameras', 1000), Math.floor((freemem() * 0.85) / BYTES_PER_CAMERA))
const measuredMs = option('seconds', 20) * 1000

const pidsOf = (plane: TestPlane): number[] => plane.workers().map(worker => worker.pid)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

interface Received {
  readonly cpu: number
  readonly rss: number
  readonly baseMb: number
  readonly arenaMb: number
  readonly lost: number
  readonly slowest: number
}

async function receive(dir: string, load: LoadCameras, count: number): Promise<Received> {
  const plane = await startPlane(dir, { workers: 2, preRollMs: PRE_ROLL_MS, workerEntry: WORKER_ENTRY })
  try {
    await sleep(1500)
    const baseMb = Math.max(...pidsOf(plane).map(rssMb))
    plane.setCameras(rows(load, count))
    await until('every camera holds its pre-roll', () => holds(plane, PRE_ROLL_MS), 120_000)
    // The arenas' last sixth is touched for the first time now.
    await sleep(SETTLE_MS)
    const cpu = await cpuPercent(pidsOf(plane), () => sleep(measuredMs))
    const health = plane.health()
    return {
      cpu,
      rss: sum(pidsOf(plane).map(rssMb)),
      baseMb,
      arenaMb: sum(health.map(camera => camera.arenaBytes ?? 0)) / 2 ** 20,
      lost: sum(plane.workers().map(worker => worker.rejected)),
      slowest: Math.min(...health.map(camera => camera.fps ?? 0))
    }
  } finally {
    await plane.stop()
  }
}

const holds = (plane: TestPlane, ms: number): boolean =>
  plane.health().every(camera => camera.state === 'live' && (camera.preRollMs ?? 0) >= ms)

/** The usual way: one process a camera, which throws away what it received. */
async function peer(load: LoadCameras, count: number): Promise<{ readonly cpu: number; readonly rss: number }> {
  const children: ChildProcess[] = []
  try {
    for (let n = 1; n <= count; n++) {
      const input = ['-rtsp_transport', 'tcp', '-i', load.url(n)]
      children.push(
        spawn('ffmpeg', ['-hide_banner', '-v', 'error', ...input, '-c', 'copy', '-f', 'null', '-'], { stdio: 'ignore' })
      )
    }
    const pids = children.map(child => child.pid ?? 0)
    // Each probes its stream for some seconds first.
    await sleep(15_000)
    const cpu = await cpuPercent(pids, () => sleep(measuredMs))
    if (children.some(child => child.exitCode !== null)) throw new Error('an ffmpeg of the peer run has ended')
    return { cpu, rss: sum(pids.map(rssMb)) }
  } finally {
    for (const child of children) child.kill('SIGKILL')
  }
}

await buildGateway()
const dir = mkdtempSync(join(tmpdir(), 'video-ingest-'))
const load = await startLoadCameras(dir)
try {
  const few = await receive(join(dir, 'few'), load, PEER_CAMERAS)
  const ffmpeg = await peer(load, PEER_CAMERAS)
  const many = await receive(join(dir, 'many'), load, cameras)
  const { droppedFrames } = await load.counts()
  report({
    bench: 'video-ingest',
    figures: {
      cameras,
      cpuPercent: many.cpu,
      cpuPercentOf100: few.cpu,
      ffmpegCpuPercentOf100: ffmpeg.cpu,
      shareOfFfmpeg: few.cpu / ffmpeg.cpu,
      lostOrRefused: many.lost + few.lost,
      framesTheCamerasDropped: droppedFrames,
      slowestFps: many.slowest,
      memoryMb: many.rss,
      arenasMb: many.arenaMb,
      beyondArenaMbPerCamera: (many.rss - many.arenaMb) / cameras,
      ffmpegMemoryMbOf100: ffmpeg.rss,
      baseMbPerProcess: many.baseMb
    },
    goals: {
      cameras: { min: 1000 },
      cpuPercent: { max: 60 },
      shareOfFfmpeg: { max: 0.2 },
      lostOrRefused: { max: 0 },
      framesTheCamerasDropped: { max: 0 },
      slowestFps: { min: FPS * 0.95 },
      beyondArenaMbPerCamera: { max: 0.25 },
      baseMbPerProcess: { max: 90 }
    }
  })
} finally {
  load.stop()
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}
process.exit()
