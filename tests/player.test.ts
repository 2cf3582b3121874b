/** The console's live player in a real Chromium against the real video plane: first picture, live edge, trimming, a cut, another size. */
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
const folder = tempDir('player')
let plane: TestPlane
let source: FaultyCamera
let vite: ViteDevServer
let browser: BrowserContext
let page: Page
const errors: string[] = []

beforeAll(async () => {
  source = new FaultyCamera({ pictures: encode({ seconds: 2, gop: 25, size: '640x360', profile: 'high' }) })
  plane = await startPlane(folder, { preRollMs: 3000 })
  plane.setCameras([camera('cam-1', await source.start())])
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
  page = await browser.newPage()
  page.on('pageerror', error => errors.push(error.message))
  await page.exposeFunction('askTicket', () => plane.liveTicket(CAM, 'main', id<UserId>('user-1')))
  await plane.ready(3000)
  await page.goto(`${vite.resolvedUrls?.local[0]}dev/player.html`)
})

afterAll(async () => {
  await browser?.close()
  await vite?.close()
  await plane?.stop()
  source?.stop()
})

const waitFor = (condition: string, timeout = 60_000) => page.waitForFunction(condition, undefined, { timeout })
const states = () => page.evaluate<string[]>('states')

it('shows a first picture, keeps to the live edge, and throws old media away', async () => {
  await waitFor('window.firstPictureMs !== undefined')
  await waitFor('video.currentTime > 4 && edge() - video.currentTime < 0.6')
  await waitFor('video.buffered.start(0) > 0')
  expect(await page.evaluate('video.buffered.length')).toBe(1)
  expect(await states()).toEqual(['loading', 'live'])
})

it('takes another size in mid-stream', async () => {
  source.next = encode({ seconds: 2, gop: 25, size: '320x180' })
  await waitFor('video.videoWidth === 320')
  const at = await page.evaluate<number>('video.currentTime')
  await waitFor(`video.currentTime > ${at + 2}`)
  expect((await states()).at(-1)).toBe('live')
})

it('keeps the last frame and says so when the camera is gone, and is live again when it is back', async () => {
  source.down = true
  source.cut()
  await waitFor('states.at(-1) === "stale"')
  expect(await page.evaluate('video.readyState')).toBeGreaterThanOrEqual(2)
  expect(await page.evaluate('video.videoWidth')).toBe(320)
  source.down = false
  await waitFor('states.at(-1) === "live"', 60_000)
  const at = await page.evaluate<number>('video.currentTime')
  await waitFor(`video.currentTime > ${at + 2}`)
})

it('comes back by itself when the video worker is killed', async () => {
  const [worker] = plane.workers()
  if (worker?.pid === undefined) throw new Error('no worker to kill')
  const before = (await states()).length
  process.kill(worker.pid, 'SIGKILL')
  // It may be stale for a moment only.
  await waitFor(`states.indexOf("stale", ${before}) >= 0 && states.at(-1) === "live"`)
})

it('never threw', () => {
  expect(errors).toEqual([])
})
