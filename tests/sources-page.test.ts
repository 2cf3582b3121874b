/** The page of sources in Chromium over a whole gateway with 20,000 of them: quick, worst first, found by what people know, readable. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { enterAs, PATIENCE_MS, speak } from './browser/pages.ts'

const DIST = join(import.meta.dirname, '..', 'web-console', 'dist')
const TEST_MS = 120_000
const COUNT = 20_000
const dir = tempDir('sources-page')
const protocol = createFakeProtocol()
let running: RunningGateway
let context: BrowserContext
let page: Page

/** Households of a county, the last one by a name of its own. */
function county() {
  const name = (n: number) => (n === COUNT - 1 ? '欧阳春燕' : `陈桂芳 ${n}`)
  const place = (n: number) => ({ address: `杏花巷 ${n} 号`, phone: String(6_600_000 + n) })
  const of = Array.from({ length: COUNT }, (_, n) => n)
  return {
    ...SMALL_TOWN,
    subjects: of.map(n => ({ id: `h${n}`, kind: 'household', name: name(n), ...place(n) })),
    sources: of.map(n => ({ id: `fake:${n}`, subjectId: `h${n}`, kind: n % 2 ? 'alarmBox' : 'panicPhone' }))
  }
}

/** For the eye, where a folder is given. */
async function picture(name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  running = await runGateway({ dir, adapters: [protocol.definition], registry: county(), consoleDir: DIST })
  const host = protocol.host()
  for (let n = 1; n < COUNT; n++)
    host.sighted({ deviceId: `fake:${n}`, protocol: 'fake', state: 'online', atMs: Date.now(), origin: '10.1.2.3' })
  const fault = { condition: 'fault', alarmClass: 'trouble', receivedTimeMs: Date.now() } as const
  await host.accept(sampleSignal({ ...fault, sourceId: id(`fake:${COUNT - 1}`), cause: 'battery' }))
  const password = await running.person('10327', 'operator')
  context = await openBrowser({ dir, name: 'sources', width: 1920, height: 1080 })
  page = await firstPage(context)
  await page.goto(`${running.url}/sources`)
  await enterAs(page, { login: '10327', password })
}, TEST_MS)

/** Each test opens the page anew, so that it does not depend on where another one left it. */
beforeEach(async () => {
  await page.goto(`${running.url}/sources`)
  await row(2).getByText('欧阳春燕').waitFor()
}, TEST_MS)

afterAll(async () => {
  await context?.close()
  await running?.stop()
})

const row = (index: number) => page.locator(`.src-scroll tr[aria-rowindex="${index}"]`)
const rows = () => page.locator('.src-scroll table').getAttribute('aria-rowcount')

it('the trouble stands first with its incident, then who was never seen; only what is in sight is drawn', {
  timeout: TEST_MS
}, async () => {
  expect(await row(2).textContent()).toMatch(/故障.*电池低.*警情 \d{4}-\d{4}.*派人检修/)
  expect(await row(3).textContent()).toMatch(/陈桂芳 0.*从未上线.*请住户试按一次/)
  expect(await page.locator('.src-summary h1').textContent()).toBe('报警源 20000 个')
  expect(await rows()).toBe('20001')
  expect(await page.locator('.src-scroll tbody tr').count()).toBeLessThan(80)
})

it('the far end of the list is asked for by itself, without what lies before it', { timeout: TEST_MS }, async () => {
  const offsets = new Set<string>()
  const note = (request: Request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname === '/api/sources') offsets.add(searchParams.get('offset') ?? '')
  }
  page.on('request', note)
  await page.locator('.src-scroll').evaluate((box: { scrollTop: number; scrollHeight: number }) => {
    box.scrollTop = box.scrollHeight
  })
  await row(COUNT + 1)
    .getByText('正常')
    .waitFor()
  page.off('request', note)
  // The beginning may be asked once more before.
  expect([...offsets].filter(offset => Number(offset) > 0)).toHaveLength(1)
  await page.locator('.src-scroll').evaluate((box: { scrollTop: number }) => {
    box.scrollTop = 0
  })
})

it('found by initials, by telephone and by state', { timeout: TEST_MS }, async () => {
  const find = page.locator('.src-filter input')
  await find.fill('oycy')
  await until('one by initials', async () => (await rows()) === '2')
  await row(2).getByText('欧阳春燕').waitFor()
  await find.fill('6604711')
  await until(
    'one by telephone',
    async () => (await rows()) === '2' && (await row(2).getByText('陈桂芳 4711').isVisible())
  )
  await page.getByText('清除条件').click()
  await page.locator('.src-summary .chip', { hasText: '从未上线' }).click()
  await until('one never seen', async () => (await rows()) === '2')
  await page.getByText('清除条件').click()
  await until('all', async () => (await rows()) === '20001')
})

it('a household is put on test with a reason, what arrives stands there, the floor says how many are', {
  timeout: TEST_MS
}, async () => {
  await page.locator('.src-filter input').fill('陈桂芳 4711')
  await until('one', async () => (await rows()) === '2')
  // Anywhere in the row, not only on the name.
  await row(2).locator('td').nth(5).click()
  const drawer = page.locator('.src-drawer')
  await drawer.getByText('杏花巷 4711 号').waitFor()
  const begin = drawer.getByRole('button', { name: '开始测试' })
  expect(await begin.getAttribute('aria-disabled')).toBe('true')
  await drawer.getByLabel('测试事由').fill('年检')
  await begin.click()
  await drawer.getByText('测试中，还剩').waitFor()
  const press = { sourceId: id<never>('fake:4711'), receivedTimeMs: Date.now() } as const
  await protocol.host().accept(sampleSignal(press))
  await drawer.getByText('正常，仅记录').waitFor()
  await protocol.host().accept(sampleSignal({ ...press, receivedTimeMs: Date.now() + 1 }))
  await drawer.getByText('第二次按键，已报警').waitFor()
  await page.locator('.src-tests').getByText('年检 · 10327 名 10327').waitFor()
  await picture('sources-test')
  await page.goto(`${running.url}/`)
  await page.locator('.bar-across').getByText('1 个报警源测试中').waitFor()
  await picture('floor-test')
  await page.locator('.bar-across').getByText('查看').click()
  await until('those on test', async () => (await rows()) === '2')
  await page.locator('.src-tests').getByRole('button', { name: '结束测试' }).click()
  await page.locator('.src-tests').waitFor({ state: 'detached' })
})

it('wherever the operator is, who waits is said', { timeout: TEST_MS }, async () => {
  // The same household presses (on): the second time it calls even if it is still on test.
  const press = { sourceId: id<never>('fake:4711'), receivedTimeMs: Date.now() } as const
  await protocol.host().accept(sampleSignal(press))
  await protocol.host().accept(sampleSignal(press))
  for (const path of ['/sources', '/wall', '/map']) {
    await page.goto(running.url + path)
    await page.locator('.top .waiting').getByText('1 条警情待接').waitFor()
    await picture(`waiting-${path.slice(1)}`)
  }
})

it('a camera without sound is called so once the page knows its cameras, and not before', {
  timeout: TEST_MS
}, async () => {
  const own = await context.newPage()
  const held: (() => void)[] = []
  let holds = true
  await own.routeWebSocket(/\/feed$/, socket => {
    socket.connectToServer().onMessage(message => {
      if (holds) held.push(() => socket.send(message))
      else socket.send(message)
    })
  })
  await own.goto(`${running.url}/playback?cameras=c1`)
  await own.locator('.play-tile').waitFor()
  await own.keyboard.press('m')
  expect(await own.locator('.pb-actions').textContent()).not.toContain('没有录音')
  await until('a message of the feed', () => held.length > 0, PATIENCE_MS)
  holds = false
  for (const send of held) send()
  await own.locator('.pb-actions').getByText('杏花巷东口没有录音').waitFor()
  expect(await own.getByText('声音开').count()).toBe(0)
  await own.close()
})

const WINDOWS: ['zh-CN' | 'en', number, number][] = [
  ['en', 1366, 768],
  ['zh-CN', 1920, 1080]
]

it.each(WINDOWS)(
  'can be read and used by everybody: %s at %i × %i',
  { timeout: TEST_MS },
  async (language, width, height) => {
    await page.setViewportSize({ width, height })
    await speak(page, language)
    await row(2).getByText('欧阳春燕').waitFor()
    await picture(`sources-${language}-${width}`)
    await reads(page)
    await row(2).locator('button').click()
    await page.locator('.src-drawer .src-facts dd').first().waitFor()
    await picture(`sources-${language}-${width}-detail`)
    await reads(page)
    await page.keyboard.press('Escape')
    await page.locator('.src-drawer').waitFor({ state: 'detached' })
  }
)
