/**
 * Every desk page for everybody: WCAG 2.2 A and AA by axe, in both languages at 1366×768 without cut or overlapping text, at 200 % zoom, with
 * reduced motion and forced colours, tab order as reading order; and the windows of a seat, which show the same incident.
 */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { settles, unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { type Demo, startDemo } from './browser/demo.ts'
import { logIn, PATIENCE_MS, speak } from './browser/pages.ts'

const TEST_MS = 300_000
const DESK = { width: 1366, height: 768 }
/** 1366×768 at 200 %. */
const ZOOMED = { width: 683, height: 384 }
const HOUSEHOLD = 12
const NAME = '陈桂芳'

interface View {
  readonly path: string
  /** There once the page has what it shows. */
  readonly ready: string
}

const LEADER: readonly View[] = [
  { path: '/', ready: '.incident h1' },
  { path: '/queue', ready: '.queue-row' },
  { path: '/incident', ready: '.incident h1' },
  { path: '/map', ready: '.on-map .map-row' },
  { path: '/wall', ready: '.wall-cell' },
  { path: '/video-patrol', ready: 'main' },
  { path: '/playback', ready: '.pb' },
  { path: '/evidence', ready: '.ev' },
  { path: '/cameras', ready: 'table tbody tr' },
  { path: '/sources', ready: 'table tbody tr button' },
  { path: '/board', ready: '.board table' },
  { path: '/reports', ready: 'main' }
]
const ADMINISTRATOR: readonly View[] = [
  { path: '/manage', ready: 'table tbody tr' },
  { path: '/deliveries', ready: 'main' },
  { path: '/sop', ready: 'main' },
  { path: '/admin', ready: 'table tbody tr' },
  { path: '/demo', ready: 'main' }
]

const dir = tempDir('console-pages')
const contexts: BrowserContext[] = []
const errors: string[] = []
let demo: Demo
let leader: Page
let administrator: Page

async function open(name: string): Promise<Page> {
  const context = await openBrowser({ dir, name, ...DESK })
  contexts.push(context)
  const page = await firstPage(context)
  page.on('pageerror', error => errors.push(`${name}: ${error.message}`))
  return page
}

/** Animations that never end, and what stands elsewhere on the screen than in the order of the keys. */
const RESTLESS = `document.getAnimations().filter(each => each.playState === 'running' && each.effect.getTiming().iterations === Infinity)
  .map(each => each.animationName)`
const OUT_OF_ORDER = `[...document.querySelectorAll('body *')].flatMap(each => {
  const { order, flexDirection, flexWrap } = getComputedStyle(each)
  const turned = order !== '0' || /reverse/.test(flexDirection + flexWrap)
  return turned || each.tabIndex > 0 ? [each.tagName + '.' + each.className] : []
})`

/** Names of the window and of the map that are not in the language of the page; the titles of all pages end alike. */
const OTHER_LANGUAGE = `[document.title, ...[...document.querySelectorAll('canvas[aria-label]')].map(each => each.ariaLabel)]
  .filter(each => /[\u4e00-\u9fff]/.test(each) !== (document.documentElement.lang === 'zh-CN'))`

async function show(page: Page, { path, ready }: View): Promise<void> {
  await page.setViewportSize(DESK)
  await page.goto(demo.url + path)
  await page.locator(ready).first().waitFor()
}

beforeAll(async () => {
  demo = await startDemo({ dir, only: ['boxes', 'telephones', 'taxis', 'patrols'] })
  leader = await open('leader')
  administrator = await open('administrator')
  await logIn(leader, demo, { login: '10008', seat: 1 })
  await logIn(administrator, demo, { login: '10001' }, '/admin')
  await demo.press('household', HOUSEHOLD)
  await demo.press('box', 3)
  await leader.locator('.queue-waiting .queue-row').nth(1).waitFor()
  await leader.keyboard.press('Space')
  await leader.getByRole('heading', { name: NAME }).waitFor()
}, TEST_MS)

afterAll(async () => {
  await Promise.allSettled(contexts.map(context => context.close()))
  await demo?.stop()
}, TEST_MS)

describe.each(['zh-CN', 'en'] as const)('%s', language => {
  it('is chosen', async () => {
    for (const page of [leader, administrator]) await speak(page, language)
    await expect.poll(() => leader.evaluate('document.documentElement.lang'), { timeout: PATIENCE_MS }).toBe(language)
  })

  it.each([...LEADER, ...ADMINISTRATOR])(
    '$path can be read and used by everybody',
    async view => {
      const page = ADMINISTRATOR.includes(view) ? administrator : leader
      await show(page, view)
      await settles(() => unreadable(page), `${view.path} at 1366×768`)
      await settles(() => page.evaluate<string[]>(OTHER_LANGUAGE), `${view.path} in one language`)
      await settles(() => violations(page), `${view.path} by axe`)
      await settles(() => page.evaluate<string[]>(OUT_OF_ORDER), `${view.path} in the order of the keys`)
      // The wall is a picture of fixed size: at 200 % it is scrolled both ways.
      if (view.path === '/wall') return
      await page.setViewportSize(ZOOMED)
      await settles(() => unreadable(page), `${view.path} at 200 %`)
    },
    TEST_MS
  )
})

it(
  'nothing moves for who asked for that, and a forced palette leaves the chosen row to be seen',
  async () => {
    await show(leader, { path: '/', ready: '.queue-waiting .queue-row' })
    await leader.emulateMedia({ reducedMotion: 'reduce' })
    await expect.poll(() => leader.evaluate(RESTLESS), { timeout: PATIENCE_MS }).toEqual([])
    await leader.emulateMedia({ reducedMotion: null, forcedColors: 'active' })
    const outline = `getComputedStyle(document.querySelector('.queue-row.selected')).outlineStyle`
    await expect.poll(() => leader.evaluate(outline), { timeout: PATIENCE_MS }).toBe('solid')
    await leader.emulateMedia({ forcedColors: null })
  },
  TEST_MS
)

it(
  'windows of a seat are opened by keys, show one incident and speak one language; one closed comes back by one key',
  async () => {
    await show(leader, { path: '/', ready: '.queue-row' })
    await leader.keyboard.press('Shift+KeyI')
    const opened = async (key: string) => {
      const [page] = await Promise.all([leader.context().waitForEvent('page'), leader.keyboard.press(key)])
      await page.waitForURL(/\/(?:queue|map)$/)
      return page
    }
    await leader.locator('.menu .choice').first().waitFor()
    const queue = await opened('1')
    const map = await opened('3')
    await leader.keyboard.press('Escape')
    const chosenIn = (page: Page) => page.evaluate<string | null>(`sessionStorage.getItem('pingan.selected')`)
    const before = await chosenIn(leader)
    await queue.locator('.queue-row', { hasNotText: NAME }).first().click()
    await expect.poll(() => chosenIn(queue), { timeout: PATIENCE_MS }).not.toBe(before)
    const chosen = await chosenIn(queue)
    for (const page of [map, leader]) await expect.poll(() => chosenIn(page), { timeout: PATIENCE_MS }).toBe(chosen)
    await map.locator('.map-row[aria-current]').waitFor()
    await leader.locator('.incident h1', { hasNotText: NAME }).waitFor()
    // A window of its own stays what it is.
    await map.keyboard.press('KeyG')
    expect(new URL(map.url()).pathname).toBe('/map')
    await speak(queue, 'zh-CN')
    await expect.poll(() => map.evaluate('document.documentElement.lang'), { timeout: PATIENCE_MS }).toBe('zh-CN')
    await map.close()
    const back: Page[] = []
    leader.context().on('page', page => back.push(page))
    // It takes the browser a moment to know that a window is gone.
    const again = await until(
      'the map in a window again',
      async () => {
        if (back.length === 0) await leader.keyboard.press('KeyI')
        return back[0]
      },
      PATIENCE_MS
    )
    await again.waitForURL(/\/map$/)
    await again.locator('.map-row[aria-current]').waitFor()
  },
  TEST_MS
)

it('nothing was thrown', () => {
  expect(errors).toEqual([])
})
