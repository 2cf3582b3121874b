/** Half-typed forms in Chromium: the next alarm (F2), a reload and another page lose no word; what is kept is said, and a log-out leaves nothing; another incident is found and linked by keys. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Incident } from '../gateway/core/incident.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { settles, unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { speak } from './browser/pages.ts'

const TEST_MS = 180_000
const DIST = join(import.meta.dirname, '../web-console/dist')
const dir = tempDir('drafts-page')
const protocol = createFakeProtocol()
let running: RunningGateway
let context: BrowserContext
let page: Page
let leader: ConsoleClient

/** For the eye, where a folder is given. */
async function picture(name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

async function press(sourceId: string): Promise<void> {
  await protocol.host().accept(sampleSignal({ sourceId: sourceId as never, receivedTimeMs: Date.now() }))
  await running.gateway.idle()
}

const keys = async (...all: readonly string[]) => {
  for (const key of all) await page.keyboard.press(key)
}
/** Two houses next door lie on one another on the map, whose pins have a list beside them. */
const readsWell = () =>
  settles(async () => [
    ...(await violations(page)).filter(each => !each.includes('pin-incident')),
    ...(await unreadable(page))
  ])
const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor()
const stage = (name: string) => page.locator('.stage.now', { hasText: name }).waitFor()
const row = (name: string) => page.locator('.queue-row', { hasText: name })
const newest = () => [...running.gateway.incidents.all()].at(-1) as Incident

async function enter(login: string, password: string): Promise<void> {
  await page.locator('input[autocomplete="username"]').fill(login)
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.locator('.login-seats input').nth(2).check({ force: true })
  await keys('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
}

let password: string

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  running = await runGateway({ dir, consoleDir: DIST, adapters: [protocol.definition] })
  password = await running.person('10327', 'operator')
  leader = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  context = await openBrowser({ dir, name: 'drafts', width: 1920, height: 1080 })
  page = await firstPage(context)
  await page.goto(running.url)
  await enter('10327', password)
}, TEST_MS)

afterAll(async () => {
  await context?.close()
  leader?.close()
  await running?.stop()
}, TEST_MS)

it('F2 in the middle of a feedback and of a note: both stay with their incident, and the row says so', {
  timeout: TEST_MS
}, async () => {
  await press('mqtt:linxi/box-03')
  await page.locator('.queue-waiting .queue-row').waitFor()
  await keys('Space')
  await stage('已接警')
  const { number } = newest()
  // A history longer than its column goes on in the next line.
  const history = page.locator('.fact', { hasText: '历史' }).locator('dd')
  await history.waitFor()
  expect(
    await history.evaluate((line: { textContent: string; scrollWidth: number; clientWidth: number }) => {
      const said = line.textContent
      line.textContent = '90 天 12 起：误报 · 误触 1，误报 · 设备 2，真警 · 已处置 3，重复警 4，未结 1；11-20 测试正常'
      const fits = line.scrollWidth <= line.clientWidth
      line.textContent = said
      return fits
    })
  ).toBe(true)
  await keys('r', '2', '1')
  await page.locator('.feedback-form').waitFor()
  await page.keyboard.type('店员误触')
  await page.getByLabel('损失(元)').fill('500')
  await press('sip:6650148')
  await page.locator('.queue-waiting .queue-row', { hasText: '赵国强' }).waitFor()
  // It is shown for some seconds only.
  const told = page.getByRole('status').filter({ hasText: `${number} 的处置反馈没写完` })
  await Promise.all([told.waitFor(), keys('F2')])
  await heading('赵国强')
  await stage('已接警')
  await row('惠民超市').getByText('处置反馈 未写完').waitFor()
  await picture('drafts-kept')
  await readsWell()
  await keys('b')
  await page.keyboard.type('邻居说')
  await press('sip:6650147')
  await page.locator('.queue-waiting .queue-row', { hasText: '陈桂芳' }).waitFor()
  await keys('F2')
  await heading('陈桂芳')
  await row('赵国强').getByText('备注 未写完').waitFor()

  // Back at the first one, also after the page was loaded anew.
  await row('惠民超市').click()
  await heading('惠民超市')
  await page.reload()
  await heading('惠民超市')
  await keys('r', '2', '1')
  await page.locator('.feedback-form').waitFor()
  expect(
    await page.getByLabel('处置经过（可空）').or(page.getByLabel('无人到场，要写明理由或处置经过')).inputValue()
  ).toBe('店员误触')
  expect(await page.getByLabel('损失(元)').inputValue()).toBe('500')
  await picture('drafts-again')
  // An Enter right after the form opened counts only once something was typed.
  await page.getByLabel('损失(元)').fill('600')
  await keys('Enter')
  await stage('处置完毕')
  await row('惠民超市').getByText('未写完').waitFor({ state: 'detached' })
  await row('赵国强').click()
  await heading('赵国强')
  await keys('b')
  expect(await page.getByLabel('写下看到、听到的').inputValue()).toBe('邻居说')
  await speak(page, 'en')
  await row('赵国强').getByText('Unfinished: note').waitFor()
  await picture('drafts-en')
  await readsWell()
  await speak(page, 'zh-CN')
})

it('F2 on a page with a half-typed form takes the alarm and asks before it goes', { timeout: TEST_MS }, async () => {
  await leader.connect()
  const filed = [...running.gateway.incidents.all()].find(each => each.subject.name === '惠民超市')
  expect((await leader.post('/api/follow-ups', { incidentId: filed?.id, dueInMs: 0 })).status).toBe(200)
  await page.goto(`${running.url}/follow-ups`)
  await page.getByRole('button', { name: '记结果' }).first().click()
  await page.locator('.follow-answer input').fill('店主说')
  await press('mqtt:linxi/box-03')
  await page.locator('.seg.waiting', { hasText: 'F2' }).waitFor()
  await keys('F2')
  await page.locator('.seg.waiting', { hasText: '已接警' }).waitFor()
  expect(newest().owner?.name).toBe('名 10327')
  expect(await page.locator('.follow-answer input').inputValue()).toBe('店主说')
  await picture('drafts-staying')
  await readsWell()
  // Asked anew where its time is over meanwhile.
  await until('it has gone to the floor', async () => {
    await keys('F2')
    return new URL(page.url()).pathname === '/'
  })
  await stage('已接警')
})

it('Z then / finds another incident as the search does, and Enter links it', { timeout: TEST_MS }, async () => {
  await heading('惠民超市')
  await keys('z', '/')
  await page.getByLabel('编号、姓名、地址、电话或首字母').waitFor()
  await page.keyboard.type('zgq')
  await page.locator('.menu .choice.current', { hasText: '赵国强' }).waitFor()
  await picture('drafts-link')
  await readsWell()
  await keys('Enter')
  await page.getByText('只关联').waitFor()
  await keys('Enter')
  await page.locator('.menu').waitFor({ state: 'detached' })
  await heading('惠民超市')
  const [shop, neighbour] = ['惠民超市', '赵国强'].map(name =>
    [...running.gateway.incidents.all()].findLast(each => each.subject.name === name)
  )
  expect(shop?.linked).toContain(neighbour?.id)
})

it('after a log-out nothing typed is left in the browser', { timeout: TEST_MS }, async () => {
  const kept = () => page.evaluate(`sessionStorage.getItem('pingan.drafts')`)
  expect(await kept()).toContain('邻居说')
  const other = await context.newPage()
  await other.goto(running.url)
  await other.getByRole('heading', { name: '惠民超市', exact: true }).waitFor()
  await other.locator('.seg.who summary').click()
  await other.getByRole('button', { name: '退出登录' }).click()
  await page.locator('.login').waitFor()
  // It was logged out in another window.
  await settles(async () => ((await kept()) === null ? [] : ['still kept']))
  await other.close()
  // The gateway is asked anew: the seat is free again, and the clocks are compared at one moment.
  await page.getByRole('radio', { name: '3 席', exact: true }).waitFor()
  const [, seconds = ''] = /相差 ([\d.]+) 秒/.exec((await page.locator('.login-foot').textContent()) ?? '') ?? []
  expect(Number(seconds)).toBeLessThan(5)
  // The log-in page reads well, and says that the capitals are locked: no password is right then.
  await page.evaluate(`document.querySelector('input[type="password"]')
    .dispatchEvent(new KeyboardEvent('keydown', { key: 'A', bubbles: true, modifierCapsLock: true }))`)
  await page.getByRole('status').filter({ hasText: '大写锁定已开' }).waitFor()
  await picture('login-caps')
  await readsWell()
})
