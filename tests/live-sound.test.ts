/** Sound in the console: cameras that are not ours, a whole gateway and Chromium. Live in the large picture and on the floor, and in playback, by the key M. */
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import { systemClock } from '../gateway/media/clock.ts'
import { createMediaPlane } from '../gateway/media/plane.ts'
import { type GstCamera, startGstCamera } from '../gateway/media/testing/gst-camera.ts'
import { silentLog } from '../gateway/testing/fake-host.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { buildConsole } from '../scripts/lib/console-build.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { untilOn } from './browser/how-it-stands.ts'
import { PATIENCE_MS, picturesMove } from './browser/pages.ts'

const PICTURE =
  'videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=25/1 ! openh264enc gop-size=25 complexity=low ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1'
const SOUND =
  'audiotestsrc is-live=true freq=440 samplesperbuffer=160 ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8'
const SHOP = id<never>('fake:shop')
// Five steps wait for moving pictures, of two windows, that are decoded by the processor: each may take its minute.
const TEST_MS = 300_000
const dir = tempDir('live-sound')
const protocol = createFakeProtocol()
const sources: GstCamera[] = []
let running: RunningGateway
let browser: BrowserContext
let page: Page

/** What the page hears; runs in it. */
interface Sound {
  readonly muted: boolean
  readonly paused: boolean
  readonly currentTime: number
  readonly webkitAudioDecodedByteCount: number
  readonly error: unknown
}

beforeAll(async () => {
  if (!buildConsole()) throw new Error('the console could not be built; vite says why on standard error')
  const [loud, mute] = await Promise.all([
    startGstCamera({ launch: `( ${PICTURE} ${SOUND} )` }),
    startGstCamera({ launch: `( ${PICTURE} )` })
  ])
  sources.push(loud, mute)
  const [c1, c2, c3] = SMALL_TOWN.cameras
  const streams = (source: GstCamera) => ({ main: { url: source.url('file') }, sub: { url: source.url('file') } })
  // The second is said to have sound and sends none; the last has a microphone that nobody asked for.
  const cameras = [
    { ...c1, streams: streams(loud), audio: true },
    { ...c2, streams: streams(mute), audio: true },
    { ...c3, streams: streams(loud), audio: true },
    { ...c2, id: 'c4', name: '人民路西口', streams: streams(loud) }
  ]
  const recordings = join(dir, 'recordings')
  running = await runGateway({
    dir,
    adapters: [protocol.definition],
    registry: { ...SMALL_TOWN, cameras, sources: [{ id: SHOP, subjectId: 'shop', kind: 'alarmBox' }] },
    config: { media: { basePort: 0, workers: 1, preRollStream: 'main', recording: { dir: recordings } } },
    consoleDir: join(import.meta.dirname, '../web-console/dist'),
    media: ({ ticketSecret }) =>
      createMediaPlane({
        ...{ workers: 1, basePort: 0, bindAddress: '127.0.0.1', evidenceDir: join(dir, 'evidence') },
        recording: { dir: recordings, segmentMs: 60_000, fragmentMs: 440, syncMs: 1_000 },
        ...{ preRollMs: 5_000, ffmpegPath: 'ffmpeg', ticketSecret, clock: systemClock, log: silentLog }
      })
  })
  const password = await running.person('10001', 'leader')
  browser = await openBrowser({ dir, name: 'sound', width: 1920, height: 1080 })
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
  for (const source of sources) source.stop()
})

const heardIn = (where: Page, selector: string): Promise<Sound | undefined> =>
  where.locator(selector).evaluateAll(
    ([element]: Sound[]) =>
      element && {
        ...{ muted: element.muted, paused: element.paused, currentTime: element.currentTime, error: element.error },
        webkitAudioDecodedByteCount: element.webkitAudioDecodedByteCount
      }
  )

/** Resolves when a second more of sound has been decoded and played. */
async function sounds(where: Page, selector = 'audio'): Promise<void> {
  const first = await untilOn(where, 'sound', async () => {
    const now = await heardIn(where, selector)
    return now && now.webkitAudioDecodedByteCount > 0 && now
  })
  const bytes = first.webkitAudioDecodedByteCount + 4000
  await untilOn(where, 'more sound', async () => {
    const now = await heardIn(where, selector)
    return now && now.webkitAudioDecodedByteCount > bytes && now.currentTime > first.currentTime + 1
  })
  expect(await heardIn(where, selector)).toMatchObject({ muted: false, paused: false, error: null })
}

const button = (where: Page = page) => where.locator('.tile-listen')
const says = (word: string, pressed: boolean, where: Page = page) =>
  where.locator(`.tile-listen[aria-pressed="${pressed}"]`, { hasText: word }).waitFor({ timeout: PATIENCE_MS })

async function listened(): Promise<unknown[]> {
  const entries = await running.gateway.store.auditTail(100)
  return entries
    .filter(({ detail }) => (detail as { audio?: boolean } | undefined)?.audio === true)
    .toReversed()
    .map(({ action, object, outcome, reason }) => [action, object, outcome, reason])
}

async function large(number: number): Promise<void> {
  await page.keyboard.press('Escape')
  await page.locator('.wall-large').waitFor({ state: 'detached' })
  await page.keyboard.press(String(number))
  await page.locator('.wall-large').waitFor()
  await picturesMove(page, '.wall-large .layer.front', 1)
}

/** Runs in the page: how far the sound is behind what has come, s. */
const BEHIND = `(() => {
  const audio = document.querySelector('audio')
  return audio.buffered.end(audio.buffered.length - 1) - audio.currentTime
})()`

/** Runs in the page: the picture that is on the screen. */
const picture = () =>
  page.locator('.wall-large .layer.front video').evaluate((video: unknown) => {
    const seen = video as {
      currentTime: number
      src: string
      buffered: { end(i: number): number; length: number }
      getVideoPlaybackQuality(): { totalVideoFrames: number }
    }
    const behind = seen.buffered.end(seen.buffered.length - 1) - seen.currentTime
    return { src: seen.src, at: seen.currentTime, behind, frames: seen.getVideoPlaybackQuality().totalVideoFrames }
  })

it('M in the large picture: silent at first, then heard, and the picture goes on as it was', {
  timeout: TEST_MS
}, async () => {
  await large(1)
  await says('声音', false)
  expect(await page.locator('audio').count()).toBe(0)
  expect(await listened()).toEqual([])
  const before = await picture()
  await page.keyboard.press('m')
  await sounds(page)
  await says('声音开', true)
  // A busy machine falls behind for a while; sound and picture then catch up with what is live.
  await until('sound is live', async () => (await page.evaluate<number>(BEHIND)) < 1.7, PATIENCE_MS)
  const after = await until(
    'the picture is live',
    async () => {
      const now = await picture()
      return now.frames > before.frames && now.behind < 1.7 && now
    },
    PATIENCE_MS
  )
  expect(after.src).toBe(before.src)
  expect(await listened()).toEqual([['cameraView', 'camera:c1', 'done', 'public']])
  await reads(page)
  await page.keyboard.press('m')
  await says('声音', false)
  await page.locator('audio').waitFor({ state: 'detached' })
  expect((await picture()).src).toBe(before.src)
})

it('a camera that sends no sound says so, one whose sound is not taken in offers none; each is silent at first', {
  timeout: TEST_MS
}, async () => {
  await large(1)
  await page.keyboard.press('m')
  await says('声音开', true)
  await page.keyboard.press('ArrowRight')
  await picturesMove(page, '.wall-large .layer.front', 1)
  await says('声音', false)
  await page.keyboard.press('m')
  await says('现在没有声音', true)
  await large(4)
  await button().and(page.locator('[aria-disabled="true"]')).waitFor()
  const asked = (await listened()).length
  await page.keyboard.press('m')
  await page.keyboard.press('+')
  await page.getByText('×1.3').waitFor()
  expect(await page.locator('audio').count()).toBe(0)
  expect((await listened()).length).toBe(asked)
})

it('a browser that holds the sound back is told, and sounds when it may', { timeout: TEST_MS }, async () => {
  await large(1)
  await page.evaluate(`(() => {
    const play = HTMLMediaElement.prototype.play
    HTMLMediaElement.prototype.play = function () {
      const barred = this.tagName === 'AUDIO' && !window.mayPlay
      return barred ? Promise.reject(new DOMException('', 'NotAllowedError')) : play.call(this)
    }
  })()`)
  await page.keyboard.press('m')
  await says('浏览器不让出声', true)
  await page.evaluate('window.mayPlay = true')
  await page.mouse.click(960, 500)
  await sounds(page)
  await says('声音开', true)
})

it('M on the floor: the nearest camera of an incident, a private one that it opened; one camera in all windows', {
  timeout: TEST_MS
}, async () => {
  await protocol.host().accept(sampleSignal({ sourceId: SHOP, receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  const floor = await browser.newPage()
  await floor.goto(running.url)
  await floor.locator('.queue-row', { hasText: '惠民超市' }).first().click()
  await picturesMove(floor, '.videos', 2)
  await says('声音', false, floor)
  await expect.poll(() => button(floor).count(), { timeout: PATIENCE_MS }).toBe(1)
  await floor.keyboard.press('m')
  await sounds(floor)
  expect((await listened()).at(-1)).toEqual(['cameraView', 'camera:c3', 'done', 'incident'])
  // The wall was heard until then.
  await page.bringToFront()
  await says('声音', false)
  await page.keyboard.press('m')
  await sounds(page)
  await floor.bringToFront()
  await says('声音', false, floor)
  await floor.locator('audio').waitFor({ state: 'detached' })
  await reads(floor)
  await floor.close()
})

it('M in playback: the recorded sound of the chosen camera at its own speed', { timeout: TEST_MS }, async () => {
  await page.bringToFront()
  // What was recorded without a hole: where a busy machine lost seconds there is no picture to wait for.
  const spans = () =>
    page.evaluate<readonly { readonly fromMs: number; readonly toMs: number }[]>(
      `fetch('/api/recordings/c1?fromMs=' + (Date.now() - 600000) + '&toMs=' + Date.now()).then(answer => answer.json()).then(({ spans }) => spans)`
    )
  const whole = await until('fourteen seconds are recorded', async () =>
    (await spans()).findLast(({ fromMs, toMs }) => toMs - fromMs > 14_000)
  )
  await page.goto(`${running.url}/playback?cameras=c1&at=${Math.round(whole.toMs - 12_000)}`)
  const video = '.play-tile video'
  await page.locator('.play-tile').waitFor()
  // It plays from the first: what stands in seconds that a busy machine has lost has no picture to wait for, what plays goes over them.
  await page.keyboard.press('k')
  await untilOn(
    page,
    `a picture of ${JSON.stringify(whole)}, told before ${Date.now()}`,
    async () => (await page.locator('.play-tile').getAttribute('data-frame-ms')) !== null
  )
  await untilOn(page, 'it plays silently', async () => ((await heardIn(page, video))?.currentTime ?? 0) > 0)
  expect(await heardIn(page, video)).toMatchObject({ muted: true, webkitAudioDecodedByteCount: 0 })
  await page.keyboard.press('m')
  await page.locator('.play-tile').getByText('声音开').waitFor()
  await sounds(page, video)
  expect((await listened()).at(-1)).toEqual(['recordingView', 'camera:c1', 'done', 'public'])
  await page.keyboard.press('m')
  await untilOn(page, 'it is silent again', async () => (await heardIn(page, video))?.muted === true)
})
