/** The live player in a real Chromium against fragments made by ffmpeg: first picture, live edge, trimming, a picture that stops. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeMedia, startFakeMedia } from '../web-console/dev/fake-media.ts'

const CONSOLE = fileURLToPath(new URL('../web-console/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'player-test-'))
let media: FakeMedia
let vite: ViteDevServer
let browser: BrowserContext

beforeAll(async () => {
  media = await startFakeMedia()
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
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync'
    ]
  })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await vite?.close()
  media?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function open(camera: string): Promise<{ readonly page: Page; readonly errors: readonly string[] }> {
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', error => errors.push(error.message))
  const { port, path, ticket } = media.ticket(`/live/${camera}`)
  const base = vite.resolvedUrls?.local[0] ?? ''
  await page.goto(`${base}dev/player.html?port=${port}&path=${path}&ticket=${ticket}`)
  return { page, errors }
}

describe('live player in Chromium', () => {
  it('shows a first picture soon, keeps to the live edge, and throws old media away', async () => {
    const { page, errors } = await open('cam-01')
    await page.waitForFunction('window.firstPictureMs !== undefined', undefined, { timeout: 15_000 })
    const firstPictureMs = await page.evaluate<number>('window.firstPictureMs')
    // Goal of the video design: 200 ms; five times that is left for a machine that runs the whole test suite beside it.
    expect(firstPictureMs).toBeLessThan(1_000)

    await page.waitForFunction('video.currentTime > 4', undefined, { timeout: 20_000 })
    await page.waitForFunction('video.buffered.end(video.buffered.length - 1) - video.currentTime < 0.6', undefined, {
      timeout: 10_000
    })
    await page.waitForFunction('video.buffered.start(0) > 0', undefined, { timeout: 30_000 })
    expect(await page.evaluate('states.filter(kind => kind !== "loading")')).toEqual(['live'])
    expect(await page.evaluate('video.buffered.length')).toBe(1)
    expect(errors).toEqual([])
  })

  it('says that the picture stopped and keeps the last frame', async () => {
    const { page, errors } = await open('cam-04')
    await page.waitForFunction('states.includes("live")', undefined, { timeout: 15_000 })
    await page.waitForFunction('states.at(-1) === "stale"', undefined, { timeout: 20_000 })
    expect(await page.evaluate('video.readyState')).toBeGreaterThanOrEqual(2)
    expect(await page.evaluate('video.videoWidth')).toBe(640)
    expect(errors).toEqual([])
  })
})
