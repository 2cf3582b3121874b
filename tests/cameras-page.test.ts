/** The page of cameras by health in Chromium, with a thousand cameras: readable in both languages and sizes, by keys, and as a file. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { freePort } from '../gateway/testing/ports.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { speak } from './browser/pages.ts'

const ROOT = join(import.meta.dirname, '..')
/** A thousand rows are drawn in each step: a slow machine takes seconds for each. */
const TEST_MS = 240_000
const dir = tempDir('cameras-page')
let server: ChildProcess
let context: BrowserContext
let page: Page
let url = ''

/** For the eye, where a folder is given. */
async function picture(name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

beforeAll(async () => {
  if (!existsSync(join(ROOT, 'web-console/dist/index.html'))) throw new Error('build the console first: npm run build')
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  server = spawn(process.execPath, ['web-console/dev/fake-server.ts', '--port', String(port)], {
    cwd: ROOT,
    stdio: 'ignore'
  })
  await until('the fake floor', () =>
    fetch(url).then(
      answer => answer.ok,
      () => false
    )
  )
  context = await openBrowser({ dir, name: 'cameras', width: 1366, height: 768 })
  page = await firstPage(context)
  await page.goto(`${url}/cameras`)
  await page.locator('input[autocomplete="username"]').fill('10001')
  await page.locator('input[autocomplete="current-password"]').fill('any')
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
}, TEST_MS)

// Each test begins with all cameras, worst first, whatever the one before left.
beforeEach(async () => {
  await page.goto(`${url}/cameras`)
  await page.locator('.cam-scroll tbody tr').first().waitFor()
})

afterAll(async () => {
  await context?.close()
  server?.kill()
})

it('worst first, with the cause and what to do; only the rows in sight are drawn', { timeout: TEST_MS }, async () => {
  const first = page.locator('.cam-scroll tbody tr[aria-rowindex="2"]')
  await first.getByText('核对摄像机账号和密码').waitFor()
  expect(await page.locator('.cam-summary h1').textContent()).toMatch(/在线 \d+\/999 · 9\d\.\d %/)
  expect(await page.locator('.cam-scroll table').getAttribute('aria-rowcount')).toBe('1001')
  expect(await page.locator('.cam-scroll tbody tr').count()).toBeLessThan(60)
  await page.locator('.cam-scroll').evaluate((box: { scrollTop: number; scrollHeight: number }) => {
    box.scrollTop = box.scrollHeight
  })
  await page.locator('.cam-scroll tbody tr[aria-rowindex="1001"]').getByText('登记表里没有它的地址').waitFor()
})

it('found by initials, by cause, and sorted by a press on the head', { timeout: TEST_MS }, async () => {
  const rows = page.locator('.cam-scroll table')
  await page.locator('.cam-filter').getByRole('textbox').fill('xhx')
  await until('fewer rows', async () => Number(await rows.getAttribute('aria-rowcount')) < 400)
  expect(Number(await rows.getAttribute('aria-rowcount'))).toBeGreaterThan(1)
  await page.locator('.cam-filter').getByRole('textbox').fill('')
  await page.locator('.cam-summary .chip', { hasText: '时钟差' }).click()
  await until('one row', async () => (await rows.getAttribute('aria-rowcount')) === '2')
  await page.getByText('−3 分 12 秒').first().waitFor()
  await page.getByText('清除条件').click()
  await page.locator('th.c-loss button').click()
  await page.locator('tr[aria-rowindex="2"]').getByText('3.4 %').first().waitFor()
  expect(await page.locator('th.c-loss').getAttribute('aria-sort')).toBe('descending')
  await page.locator('th.c-state button').click()
})

it('arrows choose, the day opens beside it, Escape closes', { timeout: TEST_MS }, async () => {
  await page.locator('.cam-scroll').focus()
  await page.keyboard.press('ArrowDown')
  const drawer = page.locator('.cam-drawer')
  await drawer.getByText('近 30 天在线率').waitFor()
  await drawer.locator('.cam-strip rect').first().waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
})

it('announced work is found by the filter, told with who and until when, and can be announced', {
  timeout: TEST_MS
}, async () => {
  const rows = page.locator('.cam-scroll table')
  await page.locator('.cam-filter select').first().selectOption('planned')
  await until('one row', async () => (await rows.getAttribute('aria-rowcount')) === '2')
  await page.locator('tr[aria-rowindex="2"] button').click()
  const work = page.locator('.cam-planned')
  await work.getByText('更换镜头').waitFor()
  await work.getByText('结束检修').waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('清除条件').click()
  await until('all rows', async () => (await rows.getAttribute('aria-rowcount')) === '1001')
  await page.locator('tr[aria-rowindex="3"] button').click()
  const announce = work.getByRole('button', { name: '安排检修' })
  expect(await announce.getAttribute('aria-disabled')).toBe('true')
  await work.getByLabel('检修事由').fill('停电')
  expect(await announce.getAttribute('aria-disabled')).toBeNull()
  await picture('cameras-planned')
  await page.keyboard.press('Escape')
})

// Both languages and both sizes; the four together in the full run.
const WINDOWS: ['zh-CN' | 'en', number, number][] = [
  ['en', 1366, 768],
  ['zh-CN', 1920, 1080]
]
if (process.env.PINGAN_FULL === '1') WINDOWS.push(['zh-CN', 1366, 768], ['en', 1920, 1080])

it.each(WINDOWS)(
  'can be read and used by everybody: %s at %i × %i',
  { timeout: TEST_MS },
  async (language, width, height) => {
    await page.setViewportSize({ width, height })
    await speak(page, language)
    await page.locator('.cam-scroll tbody tr[aria-rowindex="2"]').waitFor()
    await page.locator('.cam-scroll tbody tr[aria-rowindex="2"] .cam-days rect').first().waitFor()
    await picture(`cameras-${language}-${width}`)
    expect(await unreadable(page)).toEqual([])
    expect(await violations(page)).toEqual([])
    await page.locator('tr[aria-rowindex="2"] button').click()
    await page.locator('.cam-drawer .cam-strip rect').first().waitFor()
    await picture(`cameras-${language}-${width}-detail`)
    expect(await unreadable(page)).toEqual([])
    expect(await violations(page)).toEqual([])
  }
)
