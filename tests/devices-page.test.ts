/** The devices of an incident in Chromium: a box by MQTT is ordered to sound and to switch, the floor sees the wait and the answer; readable in both languages. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Box, createBox } from '../adapters/mqtt/simulator.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { speak } from './browser/pages.ts'

const TEST_MS = 120_000
const DIST = join(import.meta.dirname, '../web-console/dist')
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
  running = await runGateway({ dir, consoleDir: DIST })
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
