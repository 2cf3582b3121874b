/** The map in Chromium with many thousand cameras and units: drawn where they are, bounded, clustered, by layers, and clicked. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../gateway/testing/ports.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { PATIENCE_MS, speak } from './browser/pages.ts'

const ROOT = join(import.meta.dirname, '..')
const TEST_MS = 180_000
const SIZE = { width: 1_920, height: 1_080 }
const dir = tempDir('map-page')
let server: ChildProcess
let context: BrowserContext
let page: Page

/** Metres east and south of the town's north-west corner, as the fake server places its things. */
function town(x: number, y: number) {
  const lat = 27.0366 - y / 111_000
  return { lat, lon: 119.6088 + x / (111_000 * Math.cos((27.0366 * Math.PI) / 180)) }
}

/** Where a place lies on the page as the map stands now; Web Mercator, worked out here by itself. */
async function pointOf(place: { readonly lat: number; readonly lon: number }) {
  const map = page.locator('.town-canvas[data-drawn="yes"][data-view]')
  const box = await map.boundingBox()
  const [lon = 0, lat = 0, zoom = 0] = ((await map.getAttribute('data-view')) ?? '').split(' ').map(Number)
  if (!box) throw new Error('no map')
  const scale = 512 * 2 ** zoom
  const north = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)
  return {
    x: box.x + box.width / 2 + ((place.lon - lon) / 360) * scale,
    y: box.y + box.height / 2 - (north(place.lat) - north(lat)) * scale
  }
}

const drawn = async () => Number(await page.locator('.symbol-canvas').getAttribute('data-symbols'))
const tick = (name: string) => page.locator('.layer-panel .tick', { hasText: name })

async function picture(name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

beforeAll(async () => {
  if (!existsSync(join(ROOT, 'web-console/dist/index.html'))) throw new Error('build the console first: npm run build')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const crowd = ['--cameras', '5000', '--units', '3000']
  server = spawn(process.execPath, ['web-console/dev/fake-server.ts', '--port', String(port), ...crowd], {
    cwd: ROOT,
    stdio: 'ignore'
  })
  const answers = () =>
    fetch(url).then(
      answer => answer.ok,
      () => false
    )
  await until('the fake floor', answers, PATIENCE_MS)
  context = await openBrowser({ dir, name: 'map', ...SIZE })
  context.setDefaultTimeout(PATIENCE_MS)
  page = await firstPage(context)
  await page.goto(`${url}/map`)
  await page.locator('input[autocomplete="username"]').fill('10327')
  await page.locator('input[autocomplete="current-password"]').fill('any')
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
  await until('symbols', async () => (await drawn()) > 0, PATIENCE_MS)
}, TEST_MS)

afterAll(async () => {
  await context?.close()
  server?.kill()
})

it('5,000 cameras and 3,000 units: counted in the panel, clustered on the map, pins where the map has them', {
  timeout: TEST_MS
}, async () => {
  await tick('自建').getByText('3973').waitFor()
  await tick('车巡').getByText('752').waitFor()
  await until('the county is drawn', async () => (await drawn()) > 50, PATIENCE_MS)
  expect(await drawn()).toBeLessThanOrEqual(3_000)
  // The library places the pin; the canvas of symbols places by the same sum as this test.
  const place = async () => {
    const pin = await page.locator('.pin-incident', { hasText: '王秀兰' }).first().boundingBox()
    const expected = await pointOf(town(140, 214))
    return pin && Math.hypot(pin.x + pin.width / 2 - expected.x, pin.y + pin.height / 2 - expected.y)
  }
  await expect.poll(place, { timeout: PATIENCE_MS }).toBeLessThan(2)
  await picture('map-city')
})

it('layers take away what is not looked for; a camera without a picture is found and clicked', {
  timeout: TEST_MS
}, async () => {
  for (const kind of ['自建', '社会探头', '一级']) {
    await tick(kind).click()
    await tick(kind).locator('input:not(:checked)').waitFor()
  }
  // 学府路西 of the fake town; nothing else without a picture lies within reach of the pointer.
  // It may lie below the incidents that the map was opened on.
  await page.mouse.move(1_000, 800)
  await page.mouse.down()
  await page.mouse.move(1_000, 500, { steps: 5 })
  await page.mouse.up()
  const card = page.locator('.camera-card', { hasText: '学府路西' })
  const clicked = async () => {
    const { x, y } = await pointOf(town(300, 952))
    await page.mouse.click(x, y)
    return card.isVisible()
  }
  await until('the card of the camera', clicked, PATIENCE_MS)
  await card.getByText('离线').waitFor()
  await page.keyboard.press('Escape')
  await card.waitFor({ state: 'detached' })
})

it('finds by initials, goes there, says which cameras see the place, and has the same in words', {
  timeout: TEST_MS
}, async () => {
  const find = page.getByRole('combobox')
  await page.keyboard.press('Slash')
  await page.keyboard.type('xflx')
  await expect.poll(() => find.inputValue(), { timeout: PATIENCE_MS }).toBe('xflx')
  const hit = page.getByRole('option', { name: '学府路西' }).first()
  await hit.waitFor()
  await picture('map-search')
  await find.press('Enter')
  const coverage = page.locator('.coverage')
  await coverage.getByText('可能看得到这里的摄像机').waitFor()
  // At its own feet it sees whatever way it looks.
  await coverage.locator('.map-row', { hasText: '学府路西' }).first().waitFor()
  await page.locator('.camera-card', { hasText: '学府路西' }).getByRole('button', { name: '看画面' }).waitFor()
  await picture('map-coverage')
  await reads(page)
  await page.locator('.camera-card').getByRole('button', { name: '关闭摄像机卡片' }).click()
  await page.keyboard.press('Escape')
  await coverage.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '列表' }).click()
  await page.locator('.map-words').getByText('没有画面的摄像机').waitFor()
  await picture('map-words')
  await page.locator('.map-words-switch').click()
})

it('the card of an incident says where, shows pictures near it and who is nearest; W and D act from it', {
  timeout: TEST_MS
}, async () => {
  await page.locator('.on-map .map-row').first().click()
  const card = page.locator('.map-card')
  await card.locator('.live-tile').first().waitFor()
  await card.getByText('建议', { exact: true }).waitFor()
  await picture('map-card')
  await reads(page)
  await page.keyboard.press('w')
  await card.getByText('已请视频墙显示').waitFor()
  // It is an answer, and goes.
  await card.getByText('已请视频墙显示').waitFor({ state: 'detached' })
  const wish = () => page.evaluate<string>(`localStorage.getItem('pingan.wall.wish')`)
  expect(JSON.parse(await wish())).toMatchObject({ incidentId: expect.any(String) })
  // Nobody has taken it: the key says so and sends nobody.
  await page.keyboard.press('d')
  await card.getByRole('alert').waitFor()
  await picture('map-card-refused')
  await page.keyboard.press('Escape')
  await card.waitFor({ state: 'detached' })
})

it('in English, readable and by the rules for everybody', { timeout: TEST_MS }, async () => {
  await page.setViewportSize({ width: 1_366, height: 768 })
  await speak(page, 'en')
  await page.locator('.layer-panel', { hasText: 'level 3' }).waitFor()
  await until('symbols', async () => (await drawn()) > 50, PATIENCE_MS)
  await reads(page)
  await picture('map-city-en-1366')
})
