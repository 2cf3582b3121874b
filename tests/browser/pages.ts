/** What people do on the console's pages, as functions: log in, wait for pictures, answer an order on the phone. */
import type { Locator, Page } from 'playwright-core'
import { until } from '../../gateway/testing/wait.ts'
import type { Demo } from './demo.ts'

/** A page that needs long on a loaded machine is slow, not wrong. */
export const PATIENCE_MS = 60_000

export interface Person {
  readonly login: string
  readonly seat?: number | undefined
}

/** Opens a path and logs in when asked; ends when the feed of the view is there. */
export async function logIn(page: Page, demo: Demo, { login, seat }: Person, path = '/'): Promise<void> {
  await page.goto(demo.url + path)
  await enterAs(page, { login, seat, password: demo.password(login) })
}

/** Fills in the log-in that the page shows, and ends when it is over: whoever gives no seat here takes none there. */
export async function enterAs(page: Page, who: Person & { readonly password: string }): Promise<void> {
  await page.locator('input[autocomplete="username"]').fill(who.login)
  await page.locator('input[autocomplete="current-password"]').fill(who.password)
  const seats = page.locator('.login-seats input')
  if (who.seat !== undefined) await seats.nth(who.seat - 1).check({ force: true })
  await page.keyboard.press('Enter')
  const form = page.locator('.login')
  const without = page.locator('.login-without')
  if (who.seat === undefined) {
    await until('an answer to the log-in', async () => !(await form.isVisible()) || without.isVisible(), PATIENCE_MS)
    if (await without.isVisible()) await without.click()
  }
  await form.waitFor({ state: 'detached' })
}

/** Chooses the language as the switch does, for the page as it is loaded again. */
export async function speak(page: Page, language: 'zh-CN' | 'en'): Promise<void> {
  await page.evaluate(`localStorage.setItem('pingan.language', '${language}')`)
  await page.reload()
}

/** What was seen of a tile in one look, written onto it here. */
interface Tile {
  readonly dataset: { readonly state?: string }
  movedIn?: number
}

/** The part of an HTMLVideoElement that is looked at; functions below that take it run in the page. */
interface Video {
  readonly currentTime: number
  readonly videoWidth: number
  readonly readyState: number
  closest(selector: string): Tile | null
  /** Written here: where it stood when this look saw it first. */
  seen?: { readonly look: number; readonly atS: number }
  movedIn?: number
}

/** How many of the videos have gone on by 0.4 s in this look, each at its time: on a slow machine one waits for its camera while another plays. */
function moving(videos: Video[], look: number): number {
  return videos.filter(video => {
    const live = video.closest('.live-tile')
    const kept = live ?? video
    if (video.readyState >= 2 && video.videoWidth > 0 && (live === null || live.dataset.state === 'live')) {
      // A loop and a new connection begin again.
      const before = video.seen?.look === look ? video.seen.atS : video.currentTime
      video.seen = { look, atS: Math.min(before, video.currentTime) }
      if (video.currentTime > video.seen.atS + 0.4) kept.movedIn = look
    }
    return kept.movedIn === look
  }).length
}

let looks = 0

/** Each picture more is one more that is decoded by software, on a slow machine by one core. */
const PICTURE_MS = 5_000

/** Resolves when so many live tiles below `within` have shown a picture that moves; else says how each tile stands. */
export async function picturesMove(page: Page, within: string, count: number): Promise<void> {
  const look = ++looks
  const tiles = page.locator(`${within} .live-tile`)
  let moved = 0
  const enough = async () => {
    moved = await tiles.locator('video').evaluateAll(moving, look)
    return moved >= count
  }
  await until(`${count} moving pictures`, enough, PATIENCE_MS + count * PICTURE_MS).catch(async error => {
    const states = await tiles.evaluateAll((all: Tile[]) => all.map(({ dataset }) => dataset.state))
    const none = async () => `no tiles on ${page.url()}: ${(await page.locator('body').textContent())?.slice(0, 300)}`
    const stand = states.length > 0 ? `tiles are ${states.join(' ')}` : await none()
    throw new Error(`${moved} moved, ${stand}`, { cause: error })
  })
}

/** Resolves when the recording has gone on. */
export async function plays(video: Locator): Promise<void> {
  const look = ++looks
  await until('a recording that plays', async () => (await video.evaluateAll(moving, look)) > 0, PATIENCE_MS)
}

/** Presses until the page has taken it: a phone button is deaf for a moment after it appeared (a wet double tap). */
export async function pressUntil(
  button: Locator,
  done: Locator,
  state: 'visible' | 'hidden' = 'visible'
): Promise<void> {
  const pressed = async () => {
    if ((await done.isVisible()) === (state === 'visible')) return true
    await button.click({ timeout: 2_000 }).catch(() => undefined)
    return done.waitFor({ state, timeout: 1_500 }).then(
      () => true,
      () => false
    )
  }
  await until(`an effect of ${button}`, pressed, PATIENCE_MS)
}

/** Where pixels of this colour lie on the timeline of recordings, CSS pixels. */
export const painted = (page: Page, colour: readonly number[]) =>
  page.evaluate<{ count: number; left: number; right: number; bottom: number }>(
    `(colour => {
    const canvas = document.querySelector('.pb-canvas canvas')
    const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    const found = { count: 0, left: Infinity, right: 0, bottom: 0 }
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
      if (!colour.every((value, i) => Math.abs(data[(y * width + x) * 4 + i] - value) < 6)) continue
      found.count++
      found.left = Math.min(found.left, x / devicePixelRatio)
      found.right = Math.max(found.right, x / devicePixelRatio)
      found.bottom = Math.max(found.bottom, y / devicePixelRatio)
    }
    return found
  })(${JSON.stringify(colour)})`
  )
