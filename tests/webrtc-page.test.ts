/** WebRTC in the console: chosen in the large picture, remembered for a log-in, on record as what it is, and MSE where it does not come about. */
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../gateway/media/clock.ts'
import { createMediaPlane } from '../gateway/media/plane.ts'
import { encode } from '../gateway/media/testing/encode.ts'
import { FaultyCamera } from '../gateway/media/testing/faulty-camera.ts'
import { silentLog } from '../gateway/testing/fake-host.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { buildConsole } from '../scripts/lib/console-build.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { PATIENCE_MS, picturesMove, speak } from './browser/pages.ts'

const TEST_MS = 120_000
const dir = tempDir('webrtc-page')
let source: FaultyCamera
let running: RunningGateway
let browser: BrowserContext
let page: Page

beforeAll(async () => {
  if (!buildConsole()) throw new Error('the console could not be built; vite says why on standard error')
  source = new FaultyCamera({ pictures: encode({ seconds: 2, gop: 25, size: '640x360', profile: 'high' }) })
  const url = await source.start()
  const cameras = SMALL_TOWN.cameras.map(row => ({ ...row, streams: { main: { url }, sub: { url } } }))
  const recordings = join(dir, 'recordings')
  running = await runGateway({
    dir,
    adapters: [createFakeProtocol().definition],
    registry: { ...SMALL_TOWN, cameras },
    config: { media: { basePort: 0, workers: 1, recording: { dir: recordings }, webrtc: { enabled: true } } },
    consoleDir: join(import.meta.dirname, '../web-console/dist'),
    media: ({ ticketSecret }) =>
      createMediaPlane({
        ...{ workers: 1, basePort: 0, bindAddress: '127.0.0.1', evidenceDir: join(dir, 'evidence') },
        recording: { dir: recordings, segmentMs: 60_000, fragmentMs: 440, syncMs: 1_000 },
        rtc: { addresses: [], maxViewers: 4 },
        ...{ preRollMs: 5_000, ffmpegPath: 'ffmpeg', ticketSecret, clock: systemClock, log: silentLog }
      })
  })
  const password = await running.person('10001', 'leader')
  browser = await openBrowser({ dir, name: 'webrtc', width: 1920, height: 1080 })
  page = await firstPage(browser)
  await page.goto(`${running.url}/wall`)
  await page.locator('input[autocomplete="username"]').fill('10001')
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.locator('.login-seats input').first().check({ force: true })
  await page.keyboard.press('Enter')
  await picturesMove(page, '.wall-stage', 2)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await running?.stop()
  source?.stop()
})

const tag = (word: string) =>
  page.locator('.wall-large .layer.front .tile-tag', { hasText: word }).waitFor({ timeout: PATIENCE_MS })
/** Runs in the page: what the large picture is fed by. */
const byStream = () =>
  page.locator('.wall-large .layer.front video').evaluate((video: { srcObject: unknown }) => video.srcObject !== null)
const looksByWebrtc = async () =>
  (await running.gateway.store.auditTail(100)).filter(({ detail }) => (detail as { by?: string })?.by === 'webrtc')

async function large(number: number): Promise<void> {
  await page.keyboard.press('Escape')
  await page.locator('.wall-large').waitFor({ state: 'detached' })
  await page.keyboard.press(String(number))
  await page.locator('.wall-large').waitFor()
  await picturesMove(page, '.wall-large .layer.front', 1)
}

/** A machine that needs more than the page's patience gets MSE; opened anew, WebRTC is tried again, as the tag says. */
async function byWebrtc(number: number): Promise<void> {
  for (let tries = 0; tries < 6; tries++) {
    const said = page.locator('.wall-large .layer.front .tile-tag', { hasText: 'WebRTC' })
    if ((await said.textContent({ timeout: PATIENCE_MS })) === 'WebRTC') {
      await picturesMove(page, '.wall-large .layer.front', 1)
      if (await byStream()) return
    }
    await large(number)
  }
  throw new Error('six times in a row WebRTC did not come about')
}

it('comes by MSE until it is chosen, by WebRTC from then on, also after a reload', { timeout: TEST_MS }, async () => {
  await large(1)
  expect([await byStream(), await looksByWebrtc()]).toEqual([false, []])
  await page.getByRole('button', { name: '改用 WebRTC' }).click()
  await byWebrtc(1)
  const looks = (await looksByWebrtc()).map(({ object, outcome }) => `${object} ${outcome}`)
  expect(new Set(looks)).toEqual(new Set(['camera:c1 done']))
  await reads(page)
  await page.reload()
  await picturesMove(page, '.wall-stage', 2)
  await large(2)
  await byWebrtc(2)
  expect((await looksByWebrtc())[0]?.object).toBe('camera:c2')
  // The tiles of the wall stay as they are.
  expect(await page.locator('.wall-stage .tile-tag', { hasText: 'WebRTC' }).count()).toBe(0)
})

it('comes by MSE, and says so, where WebRTC does not come about', { timeout: TEST_MS }, async () => {
  await speak(page, 'en')
  await picturesMove(page, '.wall-stage', 2)
  // A browser that never learns where to send to.
  await page.evaluate('RTCPeerConnection.prototype.setRemoteDescription = async () => {}')
  await page.keyboard.press('1')
  await page.locator('.wall-large').waitFor()
  await tag('No WebRTC, MSE instead')
  await picturesMove(page, '.wall-large .layer.front', 1)
  expect(await byStream()).toBe(false)
  await reads(page)
  await page.getByRole('button', { name: 'Back to MSE' }).click()
  await page.locator('.wall-large .layer.front .tile-tag', { hasText: 'MSE' }).waitFor({ state: 'detached' })
  expect(await page.evaluate(`Object.keys(localStorage).filter(key => key.startsWith('pingan.webrtc'))`)).toEqual([])
})
