/** The administrator's page in Chromium over a whole gateway: a household is entered, corrected, found, and known at once; a list is looked at and taken. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { PATIENCE_MS, speak } from './browser/pages.ts'

const DIST = join(import.meta.dirname, '..', 'web-console', 'dist')
const TEST_MS = 180_000
const dir = tempDir('manage-page')
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
  context = await openBrowser({ dir, name: 'manage', width: 1920, height: 1080 })
  context.setDefaultTimeout(PATIENCE_MS)
  page = await firstPage(context)
  await page.goto(`${running.url}/manage`)
  await page.locator('input[autocomplete="username"]').fill('10001')
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
}, TEST_MS)
/** Each test opens the page anew: one that fails leaves no form open for the next. */
beforeEach(async () => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await page.goto(`${running.url}/manage`)
  await rowOf('陈桂芳').waitFor()
}, TEST_MS)
afterAll(async () => {
  await context?.close()
  await running?.stop()
})

it(
  'a household is entered; a wrong field says so where it is; once kept its telephone is known',
  async () => {
    await button('新增住户').click()
    await field('姓名 必填').fill('吴秀英')
    await drawer().getByLabel('号码或编号').fill('6650147')
    await button('加一位联系人').click()
    await button('保存').click()
    await drawer().getByText('已登记在 陈桂芳 名下').waitFor()
    await drawer().locator('.mng-fault', { hasText: '有 4 处需要改正' }).waitFor()
    await reads(page)
    await picture('faults')
    await field('地址 必填').fill('杏花巷 20 号')
    await drawer().getByLabel('号码或编号').fill('6650199')
    const contact = drawer().locator('.mng-item').last()
    await contact.getByLabel('姓名', { exact: true }).fill('吴强')
    await contact.getByLabel('电话', { exact: true }).fill('13800001111')
    await button('保存').click()
    await drawer().getByText('修改记录').waitFor()
    await until('the telephone is known', () => protocol.host().known(id('sip:6650199')))
    for (const text of ['wxy', '6650199', '杏花巷20']) {
      await page.locator('.mng-filter input').fill(text)
      await rowOf('吴秀英').waitFor()
      await rowOf('陈桂芳').waitFor({ state: 'detached' })
    }
    await page.locator('.mng-filter input').fill('')
    await rowOf('陈桂芳').waitFor()
    await reads(page)
    await picture('household')
  },
  TEST_MS
)

it(
  'a list with a fault is refused with its line; a right one, in the encoding of Windows too, is taken',
  async () => {
    await button('导入表格').click()
    const sheet = page.locator('dialog')
    const file = (name: string, bytes: string | Buffer) => {
      writeFileSync(join(dir, name), bytes)
      return sheet.locator('input[type="file"]').setInputFiles(join(dir, name))
    }
    await file('bad.csv', '姓名,地址,报警号码\n李明,,6650147\n')
    await sheet.getByText('有 2 处错误，没有导入').first().waitFor()
    await sheet.getByText('已登记在 陈桂芳 名下').waitFor()
    await reads(page)
    await picture('import-faults')
    await file('list.xlsx', Buffer.from('504b030414000600', 'hex'))
    await sheet.getByText('“list.xlsx”是 Excel 工作簿').waitFor()
    await sheet.getByText('有 2 处错误').waitFor({ state: 'detached' })
    await picture('import-workbook')
    // 姓名,地址 / 李明,北门 in GB 18030.
    const head = Buffer.from('d0d5c3fb2cb5d8d6b70ac0eec3f72cb1b1c3c50a', 'hex')
    await file('good.csv', head)
    await sheet.getByText('新增 1，修改 0，不变 0').waitFor()
    await picture('import')
    await sheet.getByRole('button', { name: '导入 1 户' }).click()
    await sheet.getByText('已导入 1 行').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.mng-filter input').fill('lm')
    await rowOf('李明').waitFor()
  },
  TEST_MS
)

it(
  'a person is made with a password that is shown once and works',
  async () => {
    await button('人员').click()
    await rowOf('10001').waitFor()
    await button('新增人员').click()
    await field('工号 必填').fill('30001')
    await field('姓名 必填').fill('陈立')
    await field('角色').selectOption('patrol')
    await button('保存').click()
    await drawer().getByText('请选一支巡防力量').waitFor()
    // By the first letters, as for a list of thousands; Esc shuts the list and leaves the form.
    await field('巡防力量 必填').fill('xf07')
    await page.getByRole('option', { name: '巡防 07 车' }).waitFor()
    await page.getByRole('option', { name: '骑巡 18 组' }).waitFor({ state: 'hidden' })
    await picture('picker')
    await reads(page)
    await field('巡防力量 必填').press('Escape')
    await expect.poll(() => field('巡防力量 必填').inputValue(), { timeout: PATIENCE_MS }).toBe('')
    await field('巡防力量 必填').fill('u1')
    await page.getByRole('option', { name: '巡防 07 车' }).waitFor()
    await field('巡防力量 必填').press('Enter')
    await expect.poll(() => field('巡防力量 必填').inputValue(), { timeout: PATIENCE_MS }).toBe('巡防 07 车')
    await button('保存').click()
    const told = page.locator('.mng-once')
    await told.getByText('30001 的密码只显示这一次').waitFor()
    await rowOf('陈立').getByText('巡防 07 车').waitFor()
    await reads(page)
    await picture('users')
    const login = await fetch(`${running.url}/api/login`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ login: '30001', password: await told.locator('b').textContent() })
    })
    expect(login.status).toBe(200)
    await button('已告知').click()
    await told.waitFor({ state: 'detached' })
    // Somebody else has given him another name meanwhile: this form does not take it back.
    const detail = await page.evaluate(async () => (await fetch('/api/users/detail?id=30001')).json())
    const { version } = detail as { version: string }
    const draft = { login: '30001', name: '陈立新', role: 'patrol', unitId: 'u1' }
    expect((await page.request.post(`${running.url}/api/users`, { data: { version, draft } })).status()).toBe(200)
    await button('保存').click()
    await drawer().getByText('您打开之后，别人改过这条记录').waitFor()
    await reads(page)
    await picture('quicker')
    await button('打开现在的内容').click()
    await drawer().getByText('您打开之后').waitFor({ state: 'detached' })
    await expect.poll(() => field('姓名 必填').inputValue(), { timeout: PATIENCE_MS }).toBe('陈立新')
    await button('停用').click()
    await drawer().getByText('本人立即退出').waitFor()
    await button('不改').click()
    await button('停用').click()
    await button('确认停用').click()
    await rowOf('陈立').getByText('已停用').waitFor()
  },
  TEST_MS
)

it(
  'a group gets a household, a unit its rota; what is due and missing is said',
  async () => {
    await button('联防组').click()
    await rowOf('杏花巷第一组').getByRole('button').click()
    await drawer().getByText('组内住户').waitFor()
    const find = drawer().getByLabel('加一户：姓名、首字母、地址、电话')
    await find.fill('wxy')
    await drawer().getByRole('button', { name: '加入' }).waitFor()
    // The only one that was found; the form is not saved by it.
    await find.press('Enter')
    await drawer().locator('.mng-members .chip', { hasText: '3' }).waitFor()
    await reads(page)
    await picture('group')
    await button('巡防力量').click()
    await rowOf('巡防 07 车').getByRole('button').click()
    await drawer().getByRole('button', { name: '加一段' }).click()
    await drawer().getByLabel('到', { exact: true }).fill('2')
    await button('保存').click()
    await drawer().getByText('时间写成 08:00').waitFor()
    await drawer().getByLabel('从', { exact: true }).fill('00:00')
    await drawer().getByLabel('到', { exact: true }).fill('24:00')
    await button('保存').click()
    await rowOf('巡防 07 车').getByText('应在岗，没有上岗').waitFor()
    await reads(page)
    await picture('unit')
  },
  TEST_MS
)

it(
  'a token is made, shown once, and revoked',
  async () => {
    await button('接口令牌').click()
    await button('新建令牌').click()
    await field('用途 必填').fill('县平台')
    await button('生成令牌').click()
    await drawer().getByText('至少选一项').waitFor()
    await drawer().getByLabel('读警情').check()
    await drawer().getByLabel('读报表').check()
    await button('生成令牌').click()
    const once = page.locator('.mng-once')
    await once.getByText('令牌只显示这一次').waitFor()
    const secret = await once.locator('b').textContent()
    const ask = () =>
      fetch(`${running.url}/api/incidents`, { headers: { authorization: `Bearer ${secret}` } }).then(
        each => each.status
      )
    expect(await ask()).toBe(200)
    await reads(page)
    await picture('tokens')
    await button('已保存').click()
    await button('作废').click()
    await button('作废').click()
    await rowOf('县平台').getByText('已作废').waitFor()
    const find = page.getByLabel('用途、首字母、编号、权限、建立人')
    for (const [text, found] of [
      ['xpt', 1],
      ['读报表', 1],
      ['没有这个', 0]
    ] as const) {
      await find.fill(text)
      await expect.poll(() => rowOf('县平台').count(), { timeout: PATIENCE_MS }).toBe(found)
    }
    expect(await ask()).toBe(401)
  },
  TEST_MS
)

it(
  'a fault out of sight is brought to it: the reason of changed settings; an empty list says what there is none of',
  async () => {
    await page.setViewportSize({ width: 1366, height: 768 })
    await page.getByRole('button', { name: '处置参数' }).click()
    await page.getByLabel('P4 接警目标').fill('1200')
    await button('保存').click()
    const reason = page.getByLabel('修改原因')
    await reason.and(page.locator('[aria-invalid="true"]:focus')).waitFor()
    const box = await until('the reason is in sight', async () => (await reason.boundingBox()) ?? undefined)
    expect(box.y).toBeGreaterThan(0)
    expect(box.y + box.height).toBeLessThan(768)
    await reads(page)
    await picture('settings-reason')
    await page.getByRole('button', { name: '巡逻路线' }).click()
    await page.getByText('有没保存的内容').waitFor()
    await until('the second press leaves', async () => {
      await button('巡逻路线').click()
      return page.getByText('还没有巡逻路线').isVisible()
    })
    await picture('routes-none')
    await page.locator('.mng-filter input').fill('东')
    await page.getByText('没有符合条件的记录').waitFor()
  },
  TEST_MS
)

it(
  'English and a small window can be read; vehicles have their own list',
  async () => {
    await speak(page, 'en')
    await button('Households and firms').click()
    await rowOf('陈桂芳').getByRole('button').click()
    await drawer().getByText('Alarm numbers and devices').waitFor()
    await reads(page)
    await picture('household-en')
    await page.setViewportSize({ width: 1366, height: 768 })
    await reads(page)
    await picture('household-en-1366')
    await page.setViewportSize({ width: 1920, height: 1080 })
    await button('Vehicles').click()
    await rowOf('闽J·T0637').getByRole('button').click()
    await drawer().getByText('Fleet').waitFor()
    await reads(page)
    await picture('vehicle-en')
    for (const [tab, text] of [
      ['Neighbour groups', '杏花巷第一组'],
      ['Units', '巡防 07 车'],
      ['People', '陈立'],
      ['API tokens', '县平台']
    ] as const) {
      await button(tab).click()
      await rowOf(text).getByRole('button').click()
      await drawer().waitFor()
      await reads(page)
      await picture(`${tab.toLowerCase().replace(' ', '-')}-en`)
    }
  },
  TEST_MS
)
