/**
 * What a viewer costs a video worker by MSE and by WebRTC: the same four cameras (720p, 25 fps, 2 Mbit/s) in the same Chromium, one
 * way after the other; and how long a picture takes from its first packet until WebRTC has decoded it.
 * Usage: scripts/bench webrtc-cost [--viewers N]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type CameraId, id, type UserId } from '../../gateway/core/brand.ts'
import { servePage } from '../../gateway/media/testing/mse-page.ts'
import { startPlane, type TestPlane } from '../../gateway/media/testing/plane.ts'
import { type RtcPageState, serveRtcPage } from '../../gateway/media/testing/rtc-page.ts'
import { buildGateway, WORKER_ENTRY } from '../lib/gateway-build.ts'
import { option, report } from './kit.ts'
import { rows, startLoadCameras } from './parts/load.ts'
import { cpuPercent } from './parts/proc.ts'

const VIEWERS = option('viewers', 4)
const MEASURED_MS = 15_000
const SETTLE_MS = 4_000
const ARGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
  // Pages behind the front one decode as well.
  ...['--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding']
]

const grant = (plane: TestPlane, n: number, webrtc: boolean) =>
  plane.liveTicket(id<CameraId>(`load-${n + 1}`), 'main', id<UserId>('bench'), false, false, webrtc)

async function open(browser: Browser, plane: TestPlane, url: string, webrtc: boolean): Promise<Page[]> {
  const pages: Page[] = []
  for (let n = 0; n < VIEWERS; n++) {
    const page = await browser.newPage()
    await page.goto(url)
    await page.evaluate(`${webrtc ? 'look' : 'play'}(${JSON.stringify(grant(plane, n, webrtc))})`)
    pages.push(page)
  }
  await sleep(SETTLE_MS)
  return pages
}

const states = (pages: readonly Page[]) =>
  Promise.all(pages.map(page => page.evaluate('state()') as Promise<RtcPageState & { readonly frames: number }>))
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

await buildGateway()
const dir = mkdtempSync(join(tmpdir(), 'webrtc-cost-'))
const load = await startLoadCameras(dir)
const mse = await servePage()
const rtc = await serveRtcPage()
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
try {
  const plane = await startPlane(join(dir, 'data'), {
    ...{ workers: 1, preRollMs: 4000, workerEntry: WORKER_ENTRY },
    rtc: { addresses: [], maxViewers: VIEWERS }
  })
  plane.setCameras(rows(load, VIEWERS))
  await plane.ready(4000)
  const cpu = () =>
    cpuPercent(
      plane.workers().map(({ pid }) => pid),
      () => sleep(MEASURED_MS)
    )
  const rssMb = () => sum(plane.workers().map(worker => worker.rssMb))
  const measure = async (webrtc: boolean) => {
    const pages = await open(browser, plane, webrtc ? rtc.url : mse.url, webrtc)
    const before = await states(pages)
    const percent = await cpu()
    const after = await states(pages)
    const mb = rssMb()
    for (const page of pages) await page.close()
    return { percent, mb, before, after }
  }
  const none = await cpu()
  const noneMb = rssMb()
  const byMse = await measure(false)
  await sleep(2000)
  const byRtc = await measure(true)
  await plane.stop()
  const grown = (of: (state: RtcPageState) => number): number => sum(byRtc.after.map(of)) - sum(byRtc.before.map(of))
  const frames = grown(state => state.framesDecoded)
  const each = (percent: number): number => Math.round(((percent - none) / VIEWERS) * 100) / 100
  report({
    bench: 'webrtc-cost',
    figures: {
      viewers: VIEWERS,
      noViewerCpuPercent: none,
      mseCpuPercentEach: each(byMse.percent),
      webrtcCpuPercentEach: each(byRtc.percent),
      mseMbMore: Math.round(byMse.mb - noneMb),
      webrtcMbMore: Math.round(byRtc.mb - noneMb),
      mseFrames: sum(byMse.after.map(({ frames }) => frames)) - sum(byMse.before.map(({ frames }) => frames)),
      webrtcFrames: frames,
      webrtcLost: grown(state => state.packetsLost),
      webrtcDecodedAfterMs: Math.round((grown(state => state.totalProcessingDelay) / Math.max(1, frames)) * 10_000) / 10
    },
    goals: { webrtcFrames: { min: VIEWERS * 25 * 0.95 * (MEASURED_MS / 1000) }, webrtcLost: { max: 0 } }
  })
} finally {
  await browser.close()
  mse.server.close()
  rtc.server.close()
  load.stop()
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}
process.exit()
