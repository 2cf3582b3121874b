/** The caller's voice in Chromium: the strip on the incident, the first seconds by one key, the whole in the list of evidence; every hearing on record. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { adapters } from '../adapters/index.ts'
import { createTelephone, type Telephone } from '../adapters/sip/simulator.ts'
import { systemClock } from '../gateway/media/clock.ts'
import { createMediaPlane } from '../gateway/media/plane.ts'
import { silentLog } from '../gateway/testing/fake-host.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { buildConsole } from '../scripts/lib/console-build.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { speak } from './browser/pages.ts'

const WAIT_MS = 60_000
const dir = tempDir('voice-page')
const evidenceDir = join(dir, 'data', 'evidence')
const browsers: BrowserContext[] = []
let running: RunningGateway
let household: Telephone
let page: Page

/** A tone: what is played can be told from silence. */
const tone = (seconds: number, hz = 700) =>
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `sine=f=${hz}:r=8000:d=${seconds}`, '-ac', '1', '-f', 'alaw', '-']
  ])

beforeAll(async () => {
  if (!buildConsole()) throw new Error('the console could not be built; vite says why on standard error')
  running = await runGateway({
    dir,
    adapters: adapters.filter(each => each.name === 'sip'),
    consoleDir: join(import.meta.dirname, '../web-console/dist'),
    media: ({ ticketSecret }) =>
      createMediaPlane({
        ...{ workers: 1, basePort: 0, bindAddress: '127.0.0.1', evidenceDir, ffmpegPath: 'ffmpeg' },
        recording: { dir: join(dir, 'data', 'recordings'), segmentMs: 60_000, fragmentMs: 440, syncMs: 5_000 },
        ...{ preRollMs: 5_000, ticketSecret, clock: systemClock, log: silentLog }
      })
  })
  const server = { address: '127.0.0.1', port: running.port('adapters.sip.port') }
  household = await createTelephone({ server, number: '6650147', asserted: true })
  const context = await openBrowser({ dir, name: 'floor', width: 1920, height: 1080 })
  browsers.push(context)
  page = await firstPage(context)
  await page.addInitScript(LISTEN_IN)
  await page.goto(running.url)
  await page.locator('input[autocomplete="username"]').fill('10008')
  await page.locator('input[autocomplete="current-password"]').fill(await running.person('10008', 'leader'))
  await page.locator('.login-seats input').nth(0).check({ force: true })
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
}, 180_000)
afterAll(async () => {
  await household?.close()
  for (const browser of browsers) await browser.close()
  await running?.stop()
})

/** For the eye, where a folder is given. */
async function look(name: string): Promise<void> {
  await page.evaluate('document.fonts.ready.then(() => undefined)')
  if (process.env.PINGAN_PICTURES) await page.screenshot({ path: join(process.env.PINGAN_PICTURES, `${name}.png`) })
  await reads(page, name)
}
/** The loudest frequency of what the page plays, Hz. */
const loudest = () =>
  page.evaluate<number>(`(() => {
    if (!window.ear) return 0
    const bins = new Uint8Array(window.ear.frequencyBinCount)
    window.ear.getByteFrequencyData(bins)
    return bins.indexOf(Math.max(...bins)) * window.ear.context.sampleRate / window.ear.fftSize
  })()`)
/** Puts an analyser beside whatever is played. */
const LISTEN_IN = `const connect = AudioNode.prototype.connect
AudioNode.prototype.connect = function (to, ...more) {
  if (to instanceof AudioDestinationNode) {
    window.ear = new AnalyserNode(this.context, { fftSize: 1024 })
    connect.call(this, window.ear)
  }
  return connect.call(this, to, ...more)
}`
/** Keeps the most seconds that the strip has said, also while the test looks elsewhere. */
const KEEP_SECONDS = `window.mostS = 0
new MutationObserver(() => {
  const said = document.querySelector('.voice [role="status"]')?.textContent ?? ''
  window.mostS = Math.max(window.mostS, Number(/^\\d:(\\d\\d)$/.exec(said)?.[1] ?? 0))
}).observe(document.body, { subtree: true, childList: true, characterData: true })`
const heardLive = async () =>
  (await running.gateway.store.auditTail(200))
    .filter(entry => entry.action === 'voiceHear')
    .toSorted((a, b) => a.seq - b.seq)
    .map(entry => entry.detail?.mode)
const hearings = async () =>
  (await running.gateway.store.auditTail(200)).filter(
    entry => entry.action === 'evidenceView' && entry.object?.startsWith('evidence:voice-')
  ).length

it('shows that a call is being recorded, replays its first ten seconds with A, plays the whole', {
  // Half a minute of speech passes at its own pace between six looks by axe.
  timeout: 300_000
}, async () => {
  // It lasts until the page has been seen, however long that takes here.
  const call = await household.press({ says: tone(120), hangUpAfterMs: 120_000 })
  await page.locator('.queue-row').first().waitFor()
  await page.keyboard.press('Space')
  await until('it is acknowledged', () => [...running.gateway.incidents.all()][0]?.owner !== undefined, WAIT_MS)
  const strip = page.locator('.voice')
  /** The seconds that were played; a busy page may show no single one of them. */
  const played = strip.getByRole('status').getByText(/^0:(0[1-9]|10)$/)
  await strip.getByText('通话中，正在录音').waitFor()
  await page.keyboard.press('Shift+KeyA')
  await strip.getByText(/正在旁听 0:(0[1-9]|[1-9]\d)/).waitFor()
  // What sounds in the page is the caller's tone.
  await until('the tone is heard', async () => Math.abs((await loudest()) - 700) < 40, WAIT_MS)
  await look('voice-hearing-zh')
  await page.keyboard.press('Shift+KeyA')
  await strip.getByText('正在旁听').waitFor({ state: 'detached' })
  await page.keyboard.press('KeyA')
  await played.waitFor()
  expect(await heardLive()).toEqual(['live', 'first'])
  await page.keyboard.press('KeyA')
  await look('voice-open-zh')
  await until('more than the first seconds are said', () => Date.now() - (call.answeredAtMs ?? 0) > 12_000, WAIT_MS)
  call.hangUp()
  await call.ended
  await strip.getByText('已锁定').waitFor()
  expect(await hearings()).toBe(0)
  await page.evaluate(KEEP_SECONDS)
  await page.keyboard.press('KeyA')
  await played.waitFor()
  expect(await hearings()).toBe(1)
  await look('voice-playing-zh')
  // It stops by itself at ten seconds, before the end of the recording.
  const stopped = strip.getByRole('button', { name: '听前 10 秒' })
  await stopped.waitFor()
  const seenS = await page.evaluate<number>('window.mostS')
  expect(seenS).toBeGreaterThanOrEqual(1)
  expect(seenS).toBeLessThanOrEqual(10)
  expect(await hearings()).toBe(1)
  const item = page.locator('.block.evidence .item', { hasText: '通话录音' })
  await item.getByRole('button', { name: '播放' }).click()
  const heard = 'document.querySelector("audio.voice-whole")'
  await until('the whole plays', () => page.evaluate<boolean>(`(${heard}?.currentTime ?? 0) > 0.5`), WAIT_MS)
  expect(await page.evaluate<number>(`${heard}.duration`)).toBeGreaterThan(11)
  // A development build of React mounts everything twice.
  expect(await hearings()).toBeGreaterThanOrEqual(2)
  await look('voice-whole-zh')
  await page.keyboard.press('Shift+Slash')
  await page.getByText('听来电前 10 秒').waitFor()
  await look('voice-keys-zh')
  await page.keyboard.press('Escape')
  await speak(page, 'en')
  await page.locator('.queue-row').first().click()
  await page.locator('.voice').first().waitFor()
  await look('voice-en')
})
