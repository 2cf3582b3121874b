/** The administrator's forms in Chromium: what was typed is not dropped without a question, and a new record is brought into sight. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { PATIENCE_MS } from './browser/pages.ts'

const DIST = join(import.meta.dirname, '..', 'web-console', 'dist')
const TEST_MS = 180_000
const dir = tempDir('manage-new')
const protocol = createFakeProtocol()
let running: RunningGateway
let context: BrowserContext
let page: Page

async function picture(name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `manage-${name}.png`) })
}
const rowOf = (text: string) => page.locator('.mng-scroll tbody tr', { hasText: text })
const drawer = () => page.locator('.mng-drawer')
const field = (word: string) => drawer().getByLabel(word, { exact: true })
const button = (name: string) => page.getByRole('button', { name, exact: true })

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  running = await runGateway({ dir, adapters: [protocol.definition], consoleDir: DIST })
  const password = await running.person('10001', 'administrator')
  context = await openBrowser({ dir, name: 'manage-new', width: 1920, height: 1080 })
  context.setDefaultTimeout(PATIENCE_MS)
  page = await firstPage(context)
  await page.goto(`${running.url}/manage`)
  await page.locator('input[autocomplete="username"]').fill('10001')
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
  await rowOf('陈桂芳').waitFor()
}, TEST_MS)
afterAll(async () => {
  await context?.close()
  await running?.stop()
})

it(
  'Esc asks once before it drops what was typed; a new household is brought into sight and marked, however long the list',
  async () => {
    const list = `姓名,地址\n${Array.from({ length: 80 }, (_, n) => `住户${n},长街 ${n} 号`).join('\n')}`
    const taken = await page.evaluate(`fetch('/api/subjects/import?file=long.csv', {
      method: 'POST', headers: { 'content-type': 'text/plain' }, body: ${JSON.stringify(list)}
    }).then(answer => answer.json())`)
    expect(taken).toMatchObject({ added: 80 })
    await button('新增住户').click()
    await field('姓名 必填').fill('郑新')
    await page.keyboard.press('Escape')
    const question = drawer().getByText('有没保存的内容')
    await question.waitFor()
    await reads(page)
    await picture('drop-ask')
    await field('地址 必填').fill('长街 90 号')
    await question.waitFor({ state: 'detached' })
    await button('保存').click()
    await drawer().getByText('已保存，表中已标出').waitFor()
    await page.locator('.mng-scroll tr.chosen', { hasText: '郑新' }).waitFor()
    const sight = (box: { getBoundingClientRect(): { top: number; bottom: number } }) => box.getBoundingClientRect()
    const inSight = async () => {
      const row = await rowOf('郑新').evaluate(sight)
      const table = await page.locator('.mng-scroll').evaluate(sight)
      return row.top > table.top && row.bottom <= table.bottom + 1
    }
    await until('it is in sight', inSight)
    await picture('made')
    // Nothing is typed now: Esc asks nothing.
    await page.keyboard.press('Escape')
    await drawer().waitFor({ state: 'detached' })
    await button('新增住户').click()
    await field('姓名 必填').fill('谁')
    await page.keyboard.press('Escape')
    await question.waitFor()
    await until(
      'the second Esc has dropped it',
      async () => {
        await page.keyboard.press('Escape')
        return (await drawer().count()) === 0
      },
      TEST_MS
    )
  },
  TEST_MS
)

it(
  'another tab, record or page asks once in place; kept, the keys go on from the form and from the list',
  async () => {
    const drops = drawer().getByText('再点一次就放弃')
    const leaves = async (press: () => Promise<void>) => {
      await press()
      await drops.waitFor()
      expect(await field('姓名 必填').inputValue()).toBe('林新')
      await field('姓名 必填').press('End')
      await field('电话').fill('6650188')
      await drops.waitFor({ state: 'detached' })
    }
    await button('新增住户').click()
    await field('姓名 必填').fill('林新')
    await leaves(() => button('车辆').click())
    await leaves(() => page.locator('.mng-scroll tbody tr:not(.chosen) td button').first().click())
    await leaves(() => page.locator('a.brand').click())
    expect(page.url()).toContain('/manage')
    await field('地址 必填').fill('长街 91 号')
    await field('电话').fill('6650147')
    await button('保存').click()
    await drawer().getByText('已保存，表中已标出').waitFor()
    await drawer().getByText('陈桂芳 也用这个电话，请核对').waitFor()
    const focused = () => page.evaluate('document.activeElement.closest(".mng-drawer, tr.chosen")?.tagName ?? "none"')
    await until('the form that was kept has the keys', async () => (await focused()) === 'ASIDE')
    await page.keyboard.press('Escape')
    await drawer().waitFor({ state: 'detached' })
    const inList = () => page.evaluate('document.activeElement.closest(".mng-scroll") !== null')
    await until('closed, the list has them', inList)
    // What was kept is no longer in the way.
    await button('车辆').click()
    await button('新增车辆').waitFor()
  },
  TEST_MS
)

it(
  'a password that is shown once stays beside the next one, and leaving the page before it was handed on is asked',
  async () => {
    await button('人员').click()
    for (const [login, name] of [
      ['10901', '甲'],
      ['10902', '乙']
    ] as const) {
      await button('新增人员').click()
      await field('工号 必填').fill(login)
      await field('姓名 必填').fill(name)
      await button('保存').click()
      await page.locator('.mng-once', { hasText: login }).waitFor()
    }
    expect(await page.locator('.mng-once').count()).toBe(2)
    await button('网格').click()
    await page.getByText('离开就再也看不到了').waitFor()
    expect(await page.locator('.mng-once').count()).toBe(2)
    await reads(page)
    for (let n = 0; n < 2; n++) await button('已告知').first().click()
    await page.locator('.mng-once').first().waitFor({ state: 'detached' })
    await button('网格').click()
    await button('导入网格').waitFor()
  },
  TEST_MS
)
