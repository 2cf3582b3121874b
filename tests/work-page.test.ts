/** The work of an incident by the keys alone, in Chromium: from the press to the file in a few strokes, what is refused said in place, in both languages. */
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
import { reads, settles, unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { speak } from './browser/pages.ts'

const TEST_MS = 180_000
const DIST = join(import.meta.dirname, '../web-console/dist')
const dir = tempDir('work-page')
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

async function press(sourceId = 'mqtt:linxi/box-03'): Promise<void> {
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
const newest = () => [...running.gateway.incidents.all()].at(-1) as Incident
const stage = (name: string) => page.locator('.stage.now', { hasText: name }).waitFor()

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  running = await runGateway({ dir, consoleDir: DIST, adapters: [protocol.definition] })
  const password = await running.person('10327', 'operator')
  leader = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  context = await openBrowser({ dir, name: 'work', width: 1920, height: 1080 })
  page = await firstPage(context)
  await page.goto(running.url)
  await page.locator('input[autocomplete="username"]').fill('10327')
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.locator('.login-seats input').nth(2).check({ force: true })
  await keys('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
}, TEST_MS)

afterAll(async () => {
  await context?.close()
  leader?.close()
  await running?.stop()
}, TEST_MS)

it('a false alarm: space, three keys, a word, Enter', { timeout: TEST_MS }, async () => {
  await press()
  await page.locator('.queue-waiting .queue-row').waitFor()
  // With nothing open, who waits goes before the sound test.
  const best = page.locator('.actions-row .act-best')
  await best.filter({ hasText: '接警' }).waitFor()
  expect(await best.count()).toBe(1)
  await keys('Space')
  await stage('已接警')
  await keys('r', '2', '1')
  await page.keyboard.type('店员误触')
  await keys('Enter')
  await stage('处置完毕')
  await page.locator('.feedback', { hasText: '其他 · 误报 · 误触' }).waitFor()
  expect(newest()).toMatchObject({ disposition: 'false-misuse', feedback: '店员误触', facts: { by: '名 10327' } })
  expect((await leader.act(newest().id, { action: 'close' })).status).toBe(200)
  await stage('归档')
})

it('a real one: nature, category by its digits, feedback with who was hurt; returned, amended, filed', {
  timeout: TEST_MS
}, async () => {
  await press()
  await page.locator('.queue-waiting .queue-row').waitFor()
  await keys('Space')
  await stage('已接警')
  await keys('e', '2')
  await stage('核实中')
  await keys('l')
  await page.getByText('打架斗殴').waitFor()
  await keys('1')
  await page.getByText('持械').waitFor()
  await picture('work-category')
  await readsWell()
  await keys('2')
  await page.locator('.head-chips', { hasText: '持械' }).waitFor()
  await keys('s', '1')
  // Two or more ticks itself when they are sent: the first step that a person ticks is the next one.
  await page.locator('.step.done', { hasText: '嘱住户反锁房门' }).waitFor()
  await keys('Shift+S')
  await page.getByRole('button', { name: '盯住最近摄像机' }).click()
  await page.keyboard.type('店内无人')
  await picture('work-skip')
  await keys('Enter')
  await page.locator('.step.skipped', { hasText: '店内无人' }).waitFor()
  await keys('h', '1')
  await page.locator('.script', { hasText: '建设路 208 号，惠民超市处，涉暴力' }).waitFor()
  await picture('work-hand-over')
  await readsWell()
  await keys('Enter')
  await page.locator('.hand-over', { hasText: '等回执' }).waitFor()
  await keys('h', '1')
  await page.getByLabel('对方单号').fill('35070')
  await keys('Enter')
  await page.locator('.hand-over', { hasText: '35070' }).waitFor()
  // Violence is a case for the police: Enter takes it.
  await keys('r', '1')
  await page.getByRole('button', { name: '治安' }).waitFor()
  // A bounce of that Enter reaches the form as soon as it is there, and sends nothing.
  await page.evaluate(`new MutationObserver((_, observer) => {
    const field = document.querySelector('.feedback-form input')
    if (!field) return
    observer.disconnect()
    const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })
    window.bounceHeld = !field.dispatchEvent(enter)
  }).observe(document.body, { childList: true, subtree: true })`)
  await keys('Enter')
  await page.locator('.feedback-form').waitFor()
  expect(await page.evaluate('window.bounceHeld')).toBe(true)
  // Later, without words, it asks for them at the field.
  await until('the words are asked for', async () => {
    await keys('Enter')
    return page.getByRole('alert').getByText('要写明理由或处置经过').isVisible()
  })
  await picture('work-feedback-asked')
  expect(await page.getByLabel('类别').inputValue()).toBe('212')
  await page.keyboard.type('移交民警')
  await page.getByLabel('伤', { exact: true }).fill('1')
  await picture('work-feedback')
  await readsWell()
  await keys('Enter')
  // What the sheet still asks for is named once; the next Enter is the answer.
  await page.getByRole('alert').getByText('还没做：').waitFor()
  await picture('work-undone')
  await readsWell()
  expect(newest().state).not.toBe('resolved')
  await until('it is ended all the same', async () => {
    if (newest().state !== 'resolved') await keys('Enter')
    return newest().state === 'resolved'
  })
  await stage('处置完毕')
  expect((await leader.act(newest().id, { action: 'returnFeedback', reason: '损失未填' })).status).toBe(200)
  await page.getByText('退回：损失未填').waitFor()
  await keys('r', '1', '1')
  await page.getByLabel('损失(元)').fill('500')
  await keys('Enter')
  await page.locator('.feedback', { hasText: '损失 500 元' }).waitFor()
  await page.locator('.feedback', { hasText: '待班长审核归档' }).waitFor()
  await picture('work-resolved')
  await readsWell()
  expect((await leader.act(newest().id, { action: 'close' })).status).toBe(200)
  await stage('归档')
})

it('a follow-up is planned from an ended incident; a shift is offered, seen and accepted by its keys', {
  timeout: TEST_MS
}, async () => {
  await keys('y')
  await page.getByText('没有待办的回访').waitFor()
  await keys('7')
  await page.getByRole('status').filter({ hasText: '已定 1 小时后回访 惠民超市' }).waitFor()
  await keys('y')
  await page.locator('.menu .choice', { hasText: '已打 0 次' }).waitFor()
  await picture('work-follow-up')
  await readsWell()
  await keys('1', '1', 'Enter')
  await page.getByRole('status').filter({ hasText: '回访 惠民超市 已记录' }).waitFor()
  await page.locator('.menu').waitFor({ state: 'detached' })
  await leader.connect()
  expect((await leader.post('/api/shift', { to: '10327', note: '杏花巷注意' })).status).toBe(200)
  await page.getByText('名 10008 交班给你').waitFor()
  await keys('j')
  await page.getByText('杏花巷注意').waitFor()
  await picture('work-shift')
  await readsWell()
  // Who logs in, or loads the page anew, is shown it first.
  const later = await context.newPage()
  await later.goto(running.url)
  await later.getByText('杏花巷注意').waitFor()
  await later.close()
  await keys('1')
  await page.getByText('名 10008 交班给你').waitFor({ state: 'detached' })
  await page.getByRole('status').filter({ hasText: '已接 名 10008 的班' }).waitFor()
  // What goes with it is read before it is given.
  await press('jt808:013900000007')
  await page.locator('.queue-waiting .queue-row', { hasText: 'T0637' }).waitFor()
  await keys('Space')
  await stage('已接警')
  await keys('j')
  await page.getByText(/^随班移交警情 [1-9]\d* 条$/).waitFor()
  await page
    .getByRole('listitem')
    .filter({ hasText: / · 闽J·T0637$/ })
    .waitFor()
  await picture('work-shift-give')
  await readsWell()
  await page.getByLabel('接班人工号').fill('99999')
  await keys('Enter')
  await page.getByText('监控中心没有这个工号').waitFor()
  await keys('Escape')
  // The answer is slow: a note that was begun meanwhile keeps its field, and the rest of its words are no orders.
  const held = Promise.withResolvers<void>()
  await page.route('**/api/shift', async route => {
    if (route.request().method() === 'POST') await held.promise
    await route.continue()
  })
  const answered = page.waitForResponse(
    answer => answer.url().endsWith('/api/shift') && answer.request().method() === 'POST'
  )
  await keys('j')
  await page.getByLabel('接班人工号').fill('10008')
  await keys('Enter', 'Escape', 'b')
  const note = page.getByLabel('写下看到、听到的')
  await note.fill('门口')
  held.resolve()
  expect((await answered).status()).toBe(200)
  await page.evaluate('new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))')
  expect(await note.inputValue()).toBe('门口')
  await note.fill('')
  await keys('Escape')
  await page.unroute('**/api/shift')
})

it('a suspected duplicate says why and is merged by three keys', { timeout: TEST_MS }, async () => {
  await press('sip:6650148')
  await page.locator('.queue-waiting .queue-row', { hasText: '赵国强' }).waitFor()
  await keys('Escape', 'Space')
  await page.getByRole('heading', { name: '赵国强' }).waitFor()
  await press('sip:6650147')
  await page.locator('.queue-waiting .queue-row', { hasText: '陈桂芳' }).waitFor()
  await page.locator('.queue-waiting .queue-row', { hasText: '陈桂芳' }).click()
  await keys('Space')
  await page.locator('.similar', { hasText: '赵国强：同一联防组、相距' }).waitFor()
  await stage('已接警')
  await keys('z', '1')
  await page.getByText('本警情并入').waitFor()
  await picture('work-similar')
  await readsWell()
  await keys('1')
  await stage('处置完毕')
  const [home, neighbour] = ['陈桂芳', '赵国强'].map(name =>
    [...running.gateway.incidents.all()].find(each => each.subject.name === name)
  )
  expect(home).toMatchObject({ disposition: 'duplicate', mergedInto: neighbour?.number, linked: [neighbour?.id] })
  expect(neighbour?.linked).toContain(home?.id)
})

it('can be read in English', { timeout: TEST_MS }, async () => {
  await speak(page, 'en')
  // From a page without the floor F2 takes it and goes there.
  await page.goto(`${running.url}/follow-ups`)
  await press()
  await page.locator('.seg.waiting', { hasText: 'F2' }).waitFor()
  await picture('work-take-en')
  await keys('F2')
  await page.locator('.stage.now', { hasText: 'Acked' }).waitFor()
  await keys('r', '1', '2')
  // Nobody has said what it was: one digit is asked for.
  await page.getByText('Medical', { exact: true }).waitFor()
  await keys('1', 'Enter')
  await page.locator('.feedback-form').waitFor()
  await picture('work-feedback-en')
  await readsWell()
  await keys('Escape')
})

it('what nobody has acknowledged has its keys in one line in English, too, while a unit is asked', {
  timeout: TEST_MS
}, async () => {
  const patrol = await logIn(running.url, '30001', await running.person('30001', 'patrol', { unitId: 'u1' }))
  await patrol.command({ kind: 'onDuty' })
  await patrol.post('/api/patrol/position', { lat: 27.0334, lon: 119.6137, atMs: Date.now() })
  await press('mqtt:linxi/button-01')
  const waiting = [...running.gateway.incidents.all()].find(each => each.state === 'new')
  const { id } = waiting ?? newest()
  const asked = { id: 'a-1' as never, incidentId: id, unitId: 'u2' as never, unitName: '骑巡 18 组' } as const
  const offered = { offeredBy: 'system', offeredAtMs: Date.now(), expiresAtMs: Date.now() + 600_000 } as const
  const assignment = { ...asked, ...offered, state: 'offered' } as const
  await running.gateway.incidents.step(id, { kind: 'offer', assignment }, { kind: 'system' })
  await page.locator('.queue-waiting .queue-row').first().click()
  await page.locator('.actions-all', { hasText: /Send 巡防 07 车.*Recall/ }).waitFor()
  const middles = `[...document.querySelectorAll('.actions-all .btn')].filter(each => each.offsetParent).map(each => {
    const { top, bottom } = each.getBoundingClientRect()
    return Math.round((top + bottom) / 2)
  })`
  expect(new Set(await page.evaluate<number[]>(middles)).size).toBe(1)
  await picture('work-unowned-en')
  await readsWell()
  patrol.close()
})

it('the administrator edits the steps: a new version, faults said before it is saved', {
  timeout: TEST_MS
}, async () => {
  const password = await running.person('10001', 'administrator')
  const other = await openBrowser({ dir, name: 'admin', width: 1920, height: 1080 })
  const admin = await firstPage(other)
  await admin.goto(`${running.url}/sop`)
  await admin.locator('input[autocomplete="username"]').fill('10001')
  await admin.locator('input[autocomplete="current-password"]').fill(password)
  await admin.keyboard.press('Enter')
  await admin.locator('.login').waitFor({ state: 'detached' })
  await admin.getByRole('button', { name: '火情' }).click()
  await admin.getByRole('button', { name: '加一步' }).click()
  await admin.getByText('有步骤没有写中英文名称').waitFor()
  await admin.getByLabel('步骤', { exact: true }).last().fill('关好楼道门')
  await admin.getByLabel('步骤（英文）').last().fill('Shut the doors of the stairs')
  if (process.env.PINGAN_PICTURES) await admin.screenshot({ path: join(process.env.PINGAN_PICTURES, 'sop.png') })
  await reads(admin)
  await admin.getByRole('button', { name: '保存为版本 2' }).click()
  await admin.getByText('版本 2 · 10001').waitFor()
  await speak(admin, 'en')
  await admin.getByRole('button', { name: 'fire', exact: true }).first().waitFor()
  if (process.env.PINGAN_PICTURES) await admin.screenshot({ path: join(process.env.PINGAN_PICTURES, 'sop-en.png') })
  await reads(admin)
  await other.close()
})
