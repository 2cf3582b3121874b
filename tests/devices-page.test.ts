/** The devices of an incident in Chromium: a box by MQTT is ordered to sound and to switch, the floor sees the wait and the answer; readable in both languages. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Box, createBox } from '../adapters/mqtt/simulator.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { speak } from './browser/pages.ts'

/** Ten steps and more in a window with a map drawn by software: each has its minute on a slow machine. */
const TEST_MS = 240_000
const DIST = join(import.meta.dirname, '../web-console/dist')
const HOME = { lat: 27.032, lon: 119.612 }
const dir = tempDir('devices-page')
let running: RunningGateway
let context: BrowserContext
let page: Page
let box: Box

/** For the eye, where a folder is given. */
async function picture(name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

const button = (name: string) => page.locator('.devices').getByRole('button', { name, exact: true })

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  const locator = {
    consent: { by: '陈志明', on: '2026-11-01' },
    fence: { name: '杏花巷', circle: { center: { ...HOME, datum: 'wgs84' }, radiusM: 200 } }
  }
  const sources = SMALL_TOWN.sources.map(row => (row.id.endsWith('button-01') ? { ...row, locator } : row))
  running = await runGateway({ dir, consoleDir: DIST, registry: { ...SMALL_TOWN, sources } })
  await running.device('mqtt', 'linxi/button-01', 'secret-1')
  await running.device('mqtt', 'linxi/box-03', 'secret-3')
  const password = await running.person('10327', 'operator')
  box = createBox({
    ...{ url: `mqtt://127.0.0.1:${running.port('adapters.mqtt.port')}`, username: 'linxi/box-03' },
    ...{ password: 'secret-3', site: 'linxi', source: 'box-03' }
  })
  await box.start()
  context = await openBrowser({ dir, name: 'devices', width: 1920, height: 1080 })
  page = await firstPage(context)
  await page.goto(running.url)
  await page.locator('input[autocomplete="username"]').fill('10327')
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.locator('.login-seats input').nth(2).check({ force: true })
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
}, TEST_MS)

afterAll(async () => {
  await context?.close()
  await box?.stop()
  await running?.stop()
})

it('what the box takes is offered to the owner; the box sounds, and the floor reads that it did', {
  timeout: TEST_MS
}, async () => {
  await box.press({ type: 'intrusion', zone: '2' })
  await page.locator('.queue-row', { hasText: '惠民超市' }).first().click()
  await button('鸣响警号').waitFor()
  expect(await button('鸣响警号').getAttribute('aria-disabled')).toBe('true')
  await page.keyboard.press('Space')
  await page.locator('.stage.now', { hasText: '已接警' }).waitFor()
  await button('鸣响警号').click()
  await page.locator('.device-form input').fill('45')
  await picture('devices-form')
  expect(await unreadable(page)).toEqual([])
  expect(await violations(page)).toEqual([])
  await page.locator('.device-form').getByRole('button').click()
  await page.locator('.devices [role="status"]', { hasText: '鸣响警号：已执行' }).waitFor()
  expect(box.orders).toMatchObject([{ type: 'siren', seconds: 45 }])
  await page.locator('.story', { hasText: '下指令：鸣响警号' }).waitFor()
})

it('a refusal of the box is said with its words, also in English; a box that goes away is offered nothing', {
  timeout: TEST_MS
}, async () => {
  await button('继电器输出').click()
  await page.locator('.device-form input').first().fill('9')
  await page.locator('.device-form').getByRole('button').click()
  await page.locator('.devices [role="status"]', { hasText: '设备拒绝' }).waitFor()
  await picture('devices-refused')
  await speak(page, 'en')
  await page.locator('.queue-row', { hasText: '惠民超市' }).first().click()
  await page.locator('.devices [role="status"]', { hasText: 'Relay: refused by the device' }).waitFor()
  await page.locator('.devices', { hasText: 'no such relay' }).waitFor()
  await button('Relay').click()
  await picture('devices-en')
  expect(await unreadable(page)).toEqual([])
  expect(await violations(page)).toEqual([])
  await box.stop()
  await page.locator('.devices', { hasText: 'off line, or takes no orders' }).waitFor()
  await until('no button is left', async () => (await button('Siren').count()) === 0)
})

it('a watch that left its fence: the place is shown when it is asked for, in both languages', {
  timeout: TEST_MS
}, async () => {
  const watch = createBox({
    ...{ url: `mqtt://127.0.0.1:${running.port('adapters.mqtt.port')}`, username: 'linxi/button-01' },
    ...{ password: 'secret-1', site: 'linxi', source: 'button-01' }
  })
  await watch.start()
  for (const metres of [260, 280]) await watch.locate({ ...HOME, lat: HOME.lat + metres / 111_195, accuracyM: 12 })
  for (const [language, words] of [
    ['en', ['Where now', '80 m outside the fence "杏花巷"']],
    ['zh-CN', ['查看当前位置', '围栏“杏花巷”外 80 米']]
  ] as const) {
    await speak(page, language)
    await page.locator('.queue-row', { hasText: '陈桂芳' }).first().click()
    await page.getByRole('button', { name: words[0] }).click()
    await page.getByText(words[1]).waitFor()
    expect(await unreadable(page)).toEqual([])
    expect(await violations(page)).toEqual([])
    await picture(`locator-${language}`)
  }
  await watch.stop()
})
