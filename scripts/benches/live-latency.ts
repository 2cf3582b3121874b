/**
 * How late a picture is: source frame → WebSocket message with 400 cameras received and 64 viewers, and ticket → first picture in
 * Chromium, one tile of the main stream and sixteen of the
 * sub stream as on the wall. The peer is the usual pipe: one `ffmpeg -c copy` a camera that writes fragmented MP4.
 * Usage: scripts/bench live-latency [--cameras N] [--viewers N]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { type CameraId, id, type UserId } from '../../gateway/core/brand.ts'
import { servePage } from '../../gateway/media/testing/mse-page.ts'
import { startPlane, type TestPlane } from '../../gateway/media/testing/plane.ts'
import { buildGateway, WORKER_ENTRY } from '../lib/gateway-build.ts'
import { option, percentile, report } from './kit.ts'
import { type LoadCameras, rows, startLoadCameras } from './parts/load.ts'
import { cpuPercent } from './parts/proc.ts'
import { stampMs } from './parts/stamps.ts'
import { openViewers } from './parts/viewers.ts'

const CAMERAS = option('cameras', 400)
const VIEWERS = option('viewers', 64)
const PEERS = 16
const MEASURED_MS = 20_000
const TILES = 16
const FIRST_PICTURES = 20
const ARGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required']
]

async function viewers(plane: TestPlane): Promise<{ readonly delaysMs: readonly number[]; readonly cpu: number }> {
  const open = openViewers(plane, VIEWERS)
  await sleep(4000)
  open.clear()
  const cpu = await cpuPercent(
    plane.workers().map(worker => worker.pid),
    () => sleep(MEASURED_MS)
  )
  open.close()
  return { delaysMs: open.delaysMs, cpu }
}

/** Fragmented MP4 out of ffmpeg's pipe; a message begins at a stamp as it does in ours. */
async function peer(load: LoadCameras): Promise<number[]> {
  const delaysMs: number[] = []
  let measuring = false
  const children: ChildProcess[] = []
  for (let n = 1; n <= PEERS; n++) {
    const input = ['-hide_banner', '-v', 'error', '-fflags', 'nobuffer', '-rtsp_transport', 'tcp', '-i', load.url(n)]
    const output = ['-c', 'copy', '-f', 'mp4', '-movflags', 'frag_every_frame+empty_moov+default_base_moof']
    const child = spawn('ffmpeg', [...input, ...output, '-flush_packets', '1', 'pipe:1'], {
      stdio: ['ignore', 'pipe', 'ignore']
    })
    child.stdout.on('data', (chunk: Buffer) => {
      const stamp = measuring ? stampMs(chunk) : undefined
      if (stamp !== undefined) delaysMs.push(Date.now() - stamp)
    })
    children.push(child)
  }
  await sleep(12_000)
  measuring = true
  await sleep(MEASURED_MS / 2)
  for (const child of children) child.kill('SIGKILL')
  return delaysMs
}

/** Ticket in hand → the first picture is on the screen, ms. */
async function firstPictures(page: Page, plane: TestPlane, cameras: readonly number[]): Promise<number> {
  const stream = cameras.length > 1 ? 'sub' : 'main'
  const grants = cameras.map(n => plane.liveTicket(id<CameraId>(`load-${n}`), stream, id<UserId>('bench')))
  return page.evaluate(`playMany(${JSON.stringify(grants)})`) as Promise<number>
}

async function browser(plane: TestPlane): Promise<{ readonly oneMs: number[]; readonly sixteenMs: number[] }> {
  const pages = await servePage()
  const chrome = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
  try {
    const measure = async (cameras: readonly number[]): Promise<number> => {
      const page = await chrome.newPage()
      await page.goto(pages.url)
      const ms = await firstPictures(page, plane, cameras)
      await page.close()
      return ms
    }
    // The first page pays for the start of the decoder process.
    await measure([1])
    const oneMs: number[] = []
    for (let n = 0; n < FIRST_PICTURES; n++) oneMs.push(await measure([VIEWERS + n + 1]))
    const sixteenMs: number[] = []
    for (let n = 0; n < 3; n++)
      sixteenMs.push(await measure(Array.from({ length: TILES }, (_, i) => n * TILES + i + 1)))
    return { oneMs, sixteenMs }
  } finally {
    await chrome.close()
    pages.server.close()
  }
}

await buildGateway()
const dir = mkdtempSync(join(tmpdir(), 'live-latency-'))
const load = await startLoadCameras(dir)
try {
  const plane = await startPlane(join(dir, 'data'), { workers: 2, preRollMs: 4000, workerEntry: WORKER_ENTRY })
  plane.setCameras(rows(load, CAMERAS))
  await plane.ready(4000)
  const live = await viewers(plane)
  const first = await browser(plane)
  await plane.stop()
  const ffmpeg = await peer(load)
  report({
    bench: 'live-latency',
    figures: {
      cameras: CAMERAS,
      viewers: VIEWERS,
      frames: live.delaysMs.length,
      p50Ms: percentile(live.delaysMs, 50),
      p99Ms: percentile(live.delaysMs, 99),
      maxMs: percentile(live.delaysMs, 100),
      ffmpegPipeP50Ms: percentile(ffmpeg, 50),
      ffmpegPipeP99Ms: percentile(ffmpeg, 99),
      workersCpuPercent: live.cpu,
      firstPictureP50Ms: percentile(first.oneMs, 50),
      firstPictureP95Ms: percentile(first.oneMs, 95),
      sixteenTilesMs: percentile(first.sixteenMs, 100)
    },
    goals: {
      cameras: { min: 400 },
      viewers: { min: 64 },
      frames: { min: VIEWERS * 25 * 0.95 * (MEASURED_MS / 1000) },
      p99Ms: { max: 10 },
      firstPictureP95Ms: { max: 200 },
      sixteenTilesMs: { max: 1500 }
    }
  })
} finally {
  load.stop()
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}
process.exit()
