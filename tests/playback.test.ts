/** The playback page in a real Chromium against real video workers: in step, seeking, single frames, fast, over a gap, exported. */
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { untilOn } from './browser/how-it-stands.ts'
import { PATIENCE_MS, painted } from './browser/pages.ts'
import { type RecordedTown, SECONDS, startRecordedTown } from './browser/recorded-town.ts'

const FRAME_MS = 40
const dir = tempDir('playback')
let town: RecordedTown
let browser: BrowserContext
let page: Page
const exported: unknown[] = []

beforeAll(async () => {
  town = await startRecordedTown(dir)
  const password = await town.running.person('10001', 'leader')
  browser = await openBrowser({ dir, name: 'playback', width: 1366, height: 768 })
  page = await firstPage(browser)
  // What the catalogue and the export room answer is theirs to test.
  await page.route('**/api/recordings/**', route => route.fulfill({ json: timeline(route.request().url()) }))
  await page.route('**/api/exports', route => {
    exported.push(route.request().postDataJSON())
    const job = { id: 'x-1', state: 'running', percent: 40, cameraNames: [], orderedBy: '', orderedAtMs: 0 }
    return route.fulfill({ json: { ...job, ...route.request().postDataJSON() } })
  })
  await page.goto(`${town.running.url}/playback`)
  await page.locator('input[autocomplete="username"]').fill('10001')
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.locator('.login-seats input').first().check({ force: true })
  await page.keyboard.press('Enter')
  await page.locator('.pb').waitFor()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await town?.running.stop()
})

function timeline(url: string) {
  const camera = /recordings\/(\w+)/.exec(url)?.[1] ?? ''
  const { fromMs, hole } = town
  const toMs = fromMs + SECONDS * 1_000
  const parts =
    camera === 'c2'
      ? [
          [fromMs, fromMs + hole[0]],
          [fromMs + hole[1], toMs]
        ]
      : [[fromMs, toMs]]
  return {
    cameraId: camera,
    fromMs,
    toMs,
    spans: parts.map(([from, to]) => ({ fromMs: from, toMs: to, cause: 'continuous' })),
    marks: [
      { atMs: fromMs + 25_000, kind: 'motion' },
      { atMs: fromMs + 70_000, kind: 'alarm', incidentId: 'i-1', label: '1122-0187' }
    ]
  }
}

/** Ends when so many tiles show the picture of that time; the first that a busy page shows may be one before it. */
async function open(atMs: number, cameras = 'c1,c2', count = cameras.split(',').length): Promise<void> {
  await page.goto(`${town.running.url}/playback?cameras=${cameras}&at=${atMs}`)
  const there = async () => (await shown()).filter(ms => Math.abs((ms ?? 0) - atMs) < FRAME_MS)
  await untilOn(page, 'every picture', async () => (await there()).length === count)
}

/** When the pictures on the screen were filmed, UTC ms, tile by tile. */
async function shown(): Promise<(number | undefined)[]> {
  const tiles = page.locator('.play-tile')
  return tiles.evaluateAll((all: { dataset: Record<string, string | undefined> }[]) =>
    all.map(tile => (tile.dataset.frameMs === undefined ? undefined : Number(tile.dataset.frameMs)))
  )
}

const first = async () => (await shown())[0] ?? 0
const near = (what: string, atMs: number, withinMs: number) =>
  untilOn(page, what, async () => Math.abs((await first()) - atMs) <= withinMs)

/** Presses and waits until the first picture has been filmed at another time than before. */
async function pressed(key: string): Promise<number> {
  const before = await first()
  await page.keyboard.press(key)
  await untilOn(page, `another picture after ${key}`, async () => (await first()) !== before)
  return (await first()) - before
}

it('shows the picture of the time that was asked for, and plays two cameras in step', async () => {
  const at = town.fromMs + 10_000
  await open(at)
  await page.keyboard.press('k')
  await untilOn(page, 'it plays', async () => (await first()) > at + 2_000)
  const skewsOfTwoSeconds = () =>
    page.evaluate<number[]>(`new Promise(done => {
    const skews = []
    const look = () => {
      const [a, b] = [...document.querySelectorAll('.play-tile')].map(tile => Number(tile.dataset.frameMs))
      skews.push(Math.abs(a - b))
      skews.length < 120 ? requestAnimationFrame(look) : done(skews)
    }
    look()
  })`)
  // A machine that has no time to decode for one of them lets it catch up; then they go in step.
  const inStep = async () => {
    const sorted = (await skewsOfTwoSeconds()).toSorted((a, b) => a - b)
    if (process.env.PINGAN_FIGURES) console.log('skew, ms: p50', sorted[60], 'p95', sorted[114], 'max', sorted.at(-1))
    return (sorted[114] ?? 0) <= 100
  }
  await untilOn(page, 'both in step for two seconds', inStep)
  await page.keyboard.press('k')
})

it('steps by exactly one frame, forward and back, also over the beginning of what is buffered', async () => {
  await open(town.fromMs + 20_000)
  expect(await pressed('.')).toBeCloseTo(FRAME_MS, 0)
  expect(await pressed('.')).toBeCloseTo(FRAME_MS, 0)
  for (let i = 0; i < 4; i++) expect(await pressed(',')).toBeCloseTo(-FRAME_MS, 0)
  // Each picture is decoded in its own time; they must come to the same one.
  await untilOn(page, 'the other one too', async () => new Set(await shown()).size === 1)
})

it('draws what moved beside the alarms, in a shape and colour of its own, with a legend; N goes there and J does not', async () => {
  await open(town.fromMs + 10_000)
  const drawn = (what: string, colour: readonly number[]) =>
    untilOn(page, `${what} drawn`, async () => {
      const found = await painted(page, colour)
      return found.count > 40 && found
    })
  const motion = await drawn('motion is', [0xb9, 0xa3, 0xf2])
  const alarm = await drawn('the alarm is', [0xff, 0x7a, 0x70])
  // A diamond a row, left of the alarms.
  expect(motion.right - motion.left).toBeLessThanOrEqual(9)
  expect(motion.right).toBeLessThan(alarm.left)
  const legend = page.locator('.pb-legend li')
  await expect.poll(() => legend.allTextContents(), { timeout: PATIENCE_MS }).toEqual(['报警', '画面移动'])
  await page.keyboard.press('n')
  await near('five seconds before it moved', town.fromMs + 20_000, FRAME_MS)
  await page.keyboard.press('j')
  await near('five seconds before the alarm', town.fromMs + 65_000, FRAME_MS)
  await page.keyboard.press('Shift+N')
  await near('back', town.fromMs + 20_000, FRAME_MS)
})

it('jumps by keys, by a typed time, by a click on the timeline and to the alarm', async () => {
  await open(town.fromMs + 30_000)
  expect(await pressed('ArrowLeft')).toBeCloseTo(-5_000, -2)
  const text = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  await page.keyboard.press('t')
  await page.keyboard.type(text(town.fromMs + 15_000))
  await page.keyboard.press('Enter')
  await near('the typed time', town.fromMs + 15_000, FRAME_MS)
  await page.keyboard.press('j')
  await near('five seconds before the alarm', town.fromMs + 65_000, FRAME_MS)
  const line = page.locator('.pb-canvas canvas')
  const box = await line.boundingBox()
  if (!box) throw new Error('no timeline')
  const head = await page.locator('.pb-head').boundingBox()
  // 20 s to the left of the clock: the visible hour is the canvas wide.
  const x = (head?.x ?? 0) + 1 - (20_000 / 3_600_000) * box.width
  await page.mouse.move(x, box.y + 30)
  await page.mouse.down()
  await page.mouse.up()
  await near('the time of the click', town.fromMs + 45_000, 4_000)
})

it('seeks to time after time, each picture shown before the next is asked for', async () => {
  await open(town.fromMs + 5_000)
  const took: number[] = []
  for (let i = 0; i < 12; i++) {
    const ms = await page.evaluate<number>(`new Promise(done => {
      const tile = document.querySelector('.play-tile')
      const target = ${town.fromMs} + ${((i * 37) % 80) * 1_000 + 1_500}
      const begun = performance.now()
      const input = document.querySelector('#pb-time')
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set
      set.call(input, new Date(target + 8 * 3600000).toISOString().slice(0, 19).replace('T', ' '))
      input.dispatchEvent(new Event('input', { bubbles: true }))
      input.form.requestSubmit()
      const look = () => Math.abs(Number(tile.dataset.frameMs) - Math.floor(target / 1000) * 1000) < 41 ? done(performance.now() - begun) : requestAnimationFrame(look)
      look()
    })`)
    took.push(ms)
  }
  const sorted = took.toSorted((a, b) => a - b)
  if (process.env.PINGAN_FIGURES) console.log('seek to picture, ms: p50', sorted[6], 'p95', sorted[11])
})

it('plays eight times as fast with keyframes, and slows down to every frame', async () => {
  await open(town.fromMs + 1_000, 'c1')
  await page.getByRole('button', { name: '8×' }).click()
  // Clicked by mouse, the button does not keep Space from the clock.
  await page.keyboard.press('Space')
  // By the clock of the page: seconds that the machine had no time for count for neither.
  const twice = `new Promise(done => {
    const at = () => Number(document.querySelector('.play-tile').dataset.frameMs)
    let [begunMs, from] = [performance.now(), at()]
    const look = () => {
      const tookMs = performance.now() - begunMs
      if (tookMs > 1_000 && at() - from > tookMs * 2) done(true)
      else if (tookMs > 4_000 || at() < from) [begunMs, from] = [performance.now(), at()]
      requestAnimationFrame(look)
    }
    look()
  })`
  expect(await page.evaluate(twice)).toBe(true)
  await page.locator('.pb-said', { hasText: '关键帧' }).waitFor()
  await untilOn(page, '24 s of recordings', async () => (await first()) > town.fromMs + 25_000)
  await page.keyboard.press('k')
  // No keyframe lies there: once it is shown every picture is there, and no step waits for one.
  const between = town.fromMs + 31_000
  await page.keyboard.press('t')
  await page.keyboard.type(new Date(between + 8 * 3_600_000).toISOString().slice(11, 19))
  await page.keyboard.press('Enter')
  await near('a picture between keyframes', between, FRAME_MS - 1)
  expect(await pressed('.')).toBeCloseTo(FRAME_MS, 0)
  expect(await pressed('.')).toBeCloseTo(FRAME_MS, 0)
})

it('plays H.265 that this browser does not play: said on the tile, in step, frame by frame, fast, and with sound', {
  timeout: 360_000
}, async () => {
  expect(await page.evaluate(`MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L93.B0"')`)).toBe(false)
  const at = town.h265.fromMs + 10_000
  await open(at)
  const tags = () => page.locator('.play-tile .tile-foot .tile-tag').allTextContents()
  const said = expect.stringContaining('转码')
  await expect.poll(tags, { timeout: PATIENCE_MS }).toEqual([said, said])
  expect(await pressed('.')).toBeCloseTo(FRAME_MS, 0)
  for (let i = 0; i < 3; i++) expect(await pressed(',')).toBeCloseTo(-FRAME_MS, 0)
  await untilOn(page, 'the other one too', async () => new Set(await shown()).size === 1)
  // Of two the clock waits for neither for long: they go together where both are made before it starts.
  await untilOn(page, 'three seconds of each are made', () =>
    page.evaluate<boolean>(`[...document.querySelectorAll('.play-tile video')].every(
      ({ buffered, currentTime }) => buffered.length > 0 && buffered.end(buffered.length - 1) > currentTime + 3)`)
  )
  await page.keyboard.press('k')
  await untilOn(page, 'both play', async () => (await shown()).every(ms => (ms ?? 0) > at + 2_000))
  await page.keyboard.press('k')
  if (process.env.PINGAN_FIGURES) await page.screenshot({ path: join(process.env.PINGAN_FIGURES, 'playback-h265.png') })
  await open(at, 'c1')
  await page.getByRole('button', { name: '8×' }).click()
  await page.keyboard.press('k')
  await page.locator('.pb-said', { hasText: '关键帧' }).waitFor()
  await untilOn(page, 'half a minute of recordings', async () => (await first()) > at + 30_000)
  await open(at, 'c1')
  await page.keyboard.press('m')
  await page.keyboard.press('k')
  await untilOn(page, 'it is heard', () =>
    page.evaluate<boolean>(`document.querySelector('.play-tile video').webkitAudioDecodedByteCount > 0`)
  )
  await untilOn(page, 'it plays on', async () => (await first()) > at + 3_000)
  await page.keyboard.press('k')
})

it('shows a gap with its times, plays the other camera on, and goes on behind it', async () => {
  await open(town.fromMs + 38_500)
  await page.keyboard.press('k')
  const card = page.locator('.play-tile').nth(1).locator('.tile-over.hatched')
  await card.waitFor()
  // It stands while one reads: on a busy machine the clock would run over the gap meanwhile.
  await page.keyboard.press('k')
  const clock = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(11, 19)
  expect(await card.textContent()).toContain(`${clock(town.fromMs + 40_000)}–${clock(town.fromMs + 60_000)}`)
  const other = await first()
  await page.keyboard.press('k')
  await untilOn(page, 'the other goes on', async () => (await first()) > other + 1_000)
  await page.keyboard.press('k')
  await page.keyboard.press('t')
  await page.keyboard.type(clock(town.fromMs + 61_000))
  await page.keyboard.press('Enter')
  await card.waitFor({ state: 'detached' })
})

it('exports the marked range, with a reason and a receiver', async () => {
  await open(town.fromMs + 10_000)
  await page.keyboard.press('i')
  await pressed('ArrowRight')
  await page.keyboard.press('o')
  await page.keyboard.press('x')
  await page.getByLabel('用途').fill('核对现场经过')
  await page.getByLabel('接收单位').fill('城关派出所 王')
  await page.keyboard.press('Enter')
  await page.locator('.export-progress').waitFor()
  expect(exported).toEqual([
    {
      ranges: ['c1', 'c2'].map(cameraId => ({ cameraId, fromMs: expect.any(Number), toMs: expect.any(Number) })),
      reason: '核对现场经过',
      receiver: '城关派出所 王'
    }
  ])
  const [{ ranges }] = exported as [{ ranges: { fromMs: number; toMs: number }[] }]
  expect(Math.abs((ranges[0]?.fromMs ?? 0) - town.fromMs - 10_000)).toBeLessThan(FRAME_MS)
  expect((ranges[0]?.toMs ?? 0) - (ranges[0]?.fromMs ?? 0)).toBeCloseTo(5_000, -2)
})

it('hands a camera over to its live picture on the wall, and back to what it saw just now, by keys', async () => {
  await open(town.fromMs + 10_000, 'c1')
  await page.keyboard.press('l')
  const large = page.getByRole('dialog', { name: '杏花巷东口' })
  await large.waitFor()
  expect(page.url()).toMatch(/\/wall$/)
  const opened = browser.waitForEvent('page')
  const beforeMs = Date.now()
  await page.keyboard.press('b')
  const other = await opened
  await other.locator('.play-tile[data-camera="c1"]').waitFor()
  const at = () => Number(new URL(other.url()).searchParams.get('at'))
  await until('the time is in the address', () => at() > 0)
  expect(Date.now() - at()).toBeGreaterThan(29_000)
  expect(beforeMs - at()).toBeLessThan(31_000)
  await other.close()
  await page.keyboard.press('v')
  await page.locator('.floor-main').waitFor()
})

it('asks for a reason where a private camera is closed, and opens with it', async () => {
  await page.goto(`${town.running.url}/playback?cameras=c3&at=${town.fromMs + 10_000}`)
  await page.getByLabel('调阅理由').fill('店主请求协助查找')
  await page.keyboard.press('Enter')
  await near('the picture', town.fromMs + 10_000, FRAME_MS)
})

it('comes back at the same time when the video workers are killed', async () => {
  await open(town.fromMs + 10_000, 'c1')
  for (const { pid } of town.workers()) process.kill(pid, 'SIGKILL')
  // Eight seconds are buffered; what lies behind them must be fetched anew.
  await page.keyboard.press('Shift+ArrowRight')
  await near('the picture a minute later', town.fromMs + 70_000, FRAME_MS)
})

it.each([
  ['zh-CN', 1366, 768],
  ['en', 1366, 768],
  ['zh-CN', 1920, 1080],
  ['en', 1920, 1080]
] as const)('reads without overlap and passes axe: %s at %i×%i', async (language, width, height) => {
  await page.setViewportSize({ width, height })
  await page.evaluate(`localStorage.setItem('pingan.language', '${language}')`)
  await open(town.fromMs + 45_000, 'c1,c2', 1)
  await page.keyboard.press('i')
  await pressed('ArrowRight')
  await page.keyboard.press('o')
  await page.keyboard.press('x')
  await page.locator('.export-form').waitFor()
  if (process.env.PINGAN_FIGURES)
    await page.screenshot({ path: join(process.env.PINGAN_FIGURES, `playback-${language}-${width}.png`) })
  await reads(page)
  expect((await page.locator('#pb-search').boundingBox())?.height).toBe(32)
  await page.keyboard.press('Escape')
  // Until it is gone, the dialog keeps every key.
  await page.locator('.export-form').waitFor({ state: 'detached' })
  await page.keyboard.press('Shift+Slash')
  await page.locator('.pb-help').waitFor()
  if (process.env.PINGAN_FIGURES)
    await page.screenshot({ path: join(process.env.PINGAN_FIGURES, `playback-help-${language}-${width}.png`) })
  await reads(page)
})

it('an alarm rings on every page of an operator, in one window of the browser only, and in the next one when that is closed', async () => {
  // Counted where the notes are made, so that a window that is silent shows it.
  await browser.addInitScript(`
    window.notes = 0
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (...args) { window.notes++; return start.apply(this, args) }
  `)
  await page.setViewportSize({ width: 1366, height: 768 })
  const pages: Page[] = []
  for (const path of ['/wall', '/map', '/cameras', '/evidence', '/playback']) {
    const one = path === '/playback' ? page : await browser.newPage()
    await one.goto(town.running.url + path)
    await one.locator('.top').waitFor()
    // A gesture, without which browsers let nothing sound.
    await one.mouse.click(700, 8)
    pages.push(one)
  }
  const notes = () => Promise.all(pages.map(one => one.evaluate<number>('window.notes')))
  // Whose turn it is is settled before the alarm.
  await until('one window sounds', () => page.evaluate<boolean>(`localStorage.getItem('pingan.sound') !== null`))
  await town.press()
  while (pages.length > 0) {
    let before = await notes()
    // When the turn goes over, two may find the place free at once and sound for a beat; then it is one of them for good.
    const alone = async () => {
      const after = await notes()
      const more = after.map((n, i) => n - (before[i] ?? 0))
      if (!more.some(n => n >= 8)) return undefined
      before = after
      return more.filter(n => n > 0).length === 1 ? `${more.findIndex(n => n > 0)}` : undefined
    }
    const [one] = pages.splice(Number(await until('it rings in one window only', alone)), 1)
    if (one !== page) await one?.close()
    else await page.goto('about:blank')
  }
})
