/** The console's live player by WebRTC in a real Chromium: first picture, staleness, coming back, and failing soon where UDP goes nowhere. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CameraId, id, type UserId } from '../gateway/core/brand.ts'
import { encode } from '../gateway/media/testing/encode.ts'
import { FaultyCamera } from '../gateway/media/testing/faulty-camera.ts'
import { camera, startPlane, type TestPlane } from '../gateway/media/testing/plane.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const CONSOLE = fileURLToPath(new URL('../web-console/', import.meta.url))
const CAM = id<CameraId>('cam-1')
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]
const folder = tempDir('player-webrtc')
let plane: TestPlane
/** Tells an address that nothing answers at (RFC 5737). */
let unreachable: TestPlane
let source: FaultyCamera
let vite: ViteDevServer
let browser: BrowserContext
let page: Page
const errors: string[] = []

beforeAll(async () => {
  source = new FaultyCamera({ pictures: encode({ seconds: 2, gop: 25, size: '640x360', profile: 'high' }) })
  const url = await source.start()
  const start = async (name: string, addresses: readonly string[]): Promise<TestPlane> => {
    const started = await startPlane(join(folder, name), { preRollMs: 2000, rtc: { addresses, maxViewers: 4 } })
    started.setCameras([camera('cam-1', url)])
    return started
  }
  plane = await start('plane', [])
  unreachable = await start('unreachable', ['192.0.2.1'])
  vite = await createServer({
    configFile: false,
    root: CONSOLE,
    cacheDir: join(folder, 'vite'),
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null }
  })
  await vite.listen()
  browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: '/usr/bin/chromium',
    args: ARGS
  })
  await plane.ready(1000)
  await unreachable.ready(1000)
})

afterAll(async () => {
  await browser?.close()
  await vite?.close()
  await plane?.stop()
  await unreachable?.stop()
  source?.stop()
})

const waitFor = (condition: string, timeout = 60_000) => page.waitForFunction(condition, undefined, { timeout })
const states = () => page.evaluate<string[]>('states')

async function open(from: TestPlane): Promise<void> {
  page = await browser.newPage()
  page.on('pageerror', error => errors.push(error.message))
  await page.exposeFunction('askTicket', () => from.liveTicket(CAM, 'main', id<UserId>('user-1'), false, false, true))
  await page.goto(`${vite.resolvedUrls?.local[0]}dev/player.html?webrtc`)
}

it('shows the picture', async () => {
  await open(plane)
  await page.evaluate('video.play()')
  await waitFor('video.videoWidth === 640')
  await waitFor('states.at(-1) === "live"')
  const at = await page.evaluate<number>('video.currentTime')
  await waitFor(`video.currentTime > ${at + 2}`)
  expect(await states()).toEqual(['loading', 'live'])
})

it('says so when the camera is gone, and is live again when it is back', async () => {
  source.down = true
  source.cut()
  await waitFor('states.at(-1) === "stale"')
  source.down = false
  await waitFor('states.at(-1) === "live"', 60_000)
})

it('comes back by itself when the video worker is killed', async () => {
  const [worker] = plane.workers()
  if (worker?.pid === undefined) throw new Error('no worker to kill')
  const before = (await states()).length
  process.kill(worker.pid, 'SIGKILL')
  // It may be stale for a moment only.
  await waitFor(`states.indexOf("stale", ${before}) >= 0 && states.at(-1) === "live"`)
  expect(await states()).not.toContain('failed')
})

it('fails where UDP goes nowhere, and does not wait for ever', async () => {
  await until('the camera is back here too', () => unreachable.of(CAM)?.state === 'live')
  await open(unreachable)
  await waitFor('states.at(-1) === "failed"')
  expect(await states()).toEqual(['loading', 'failed'])
})

it('never threw', () => {
  expect(errors).toEqual([])
})
