/** 审计 and 回访 in Chromium over a whole gateway: the log and the incidents are searched and looked at on record; a call that is due gets its result. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import type { Incident } from '../gateway/core/incident.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { enterAs, PATIENCE_MS, speak } from './browser/pages.ts'

const DIST = join(import.meta.dirname, '..', 'web-console', 'dist')
const TEST_MS = 180_000
const dir = tempDir('audit-page')
const protocol = createFakeProtocol()
let running: RunningGateway
let context: BrowserContext
let page: Page
let leader: ConsoleClient
let incident: Incident
const passwords: Record<string, string> = {}

async function picture(name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}
const button = (name: string) => page.getByRole('button', { name, exact: true })
const row = (text: string) => page.locator('tbody tr', { hasText: text })
const onRecord = async (action: string) =>
  (await running.gateway.store.auditTail(50)).find(line => line.action === action)

async function enter(login: string, path: string): Promise<void> {
  await context.clearCookies()
  await page.goto(running.url)
  await enterAs(page, { login, password: passwords[login] ?? '' })
  await page.goto(`${running.url}${path}`)
}
/** Both languages on both screens, without overlap. */
async function reads(name: string, ready: () => Promise<unknown>): Promise<void> {
  expect(await violations(page)).toEqual([])
  for (const language of ['en', 'zh-CN'] as const) {
    await speak(page, language)
    await ready()
    for (const [width, height] of [
      [1366, 768],
      [1920, 1080]
    ] as const) {
      await page.setViewportSize({ width, height })
      expect(await unreadable(page)).toEqual([])
      await picture(`${name}-${language}-${width}`)
    }
  }
}

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  running = await runGateway({
    ...{ dir, adapters: [protocol.definition], consoleDir: DIST },
    registry: { ...SMALL_TOWN, sources: [{ id: 'fake:1', subjectId: 'h1', kind: 'oneKeyCall' }] }
  })
  for (const [login, role] of [
    ['10099', 'auditor'],
    ['10327', 'operator'],
    ['10411', 'operator']
  ] as const)
    passwords[login] = await running.person(login, role)
  leader = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  await protocol.host().accept(sampleSignal({ sourceId: id('fake:1'), receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  incident = [...running.gateway.incidents.all()][0] as Incident
  await leader.act(incident.id, { action: 'acknowledge' })
  await leader.post('/api/follow-ups', { incidentId: incident.id, dueInMs: 0, note: '问问身体' })
  context = await openBrowser({ dir, name: 'audit', width: 1920, height: 1080 })
  context.setDefaultTimeout(PATIENCE_MS)
  page = await firstPage(context)
}, TEST_MS)
// Each test begins afresh, whatever became of the one before.
beforeEach(() => page.unrouteAll({ behavior: 'ignoreErrors' }))
afterAll(async () => {
  leader?.close()
  await context?.close()
  await running?.stop()
})

it('the auditor searches the log, whose chain is checked, and takes it as a file', { timeout: TEST_MS }, async () => {
  await enter('10099', '/audit')
  await page.getByText('哈希链完整').waitFor()
  await page.getByRole('searchbox').fill('10008')
  await button('查找').click()
  await row('接警').first().waitFor()
  await until('only what 10008 did', async () => (await row('10099').count()) === 0, PATIENCE_MS)
  await page.getByRole('combobox', { name: '全部动作' }).selectOption('followUp.plan')
  await button('查找').click()
  await until('no other action', async () => (await row('接警').count()) === 0, PATIENCE_MS)
  await row('安排回访').first().waitFor()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()])
  expect(file.suggestedFilename()).toBe('audit.csv')
  expect(await onRecord('audit.exported')).toMatchObject({ detail: { action: 'followUp.plan', text: '10008' } })
  await reads('audit-log', () => row('followUp').or(row(incident.number)).first().waitFor())
})

it('a question that failed leaves the lines and the question they answer', { timeout: TEST_MS }, async () => {
  await enter('10099', '/audit')
  const asked: string[] = []
  const search = /\/api\/incident-search\?/
  await page.route(search, async route => {
    const url = new URL(route.request().url())
    asked.push(`${url.searchParams.get('text')} ${url.searchParams.get('before') ?? ''}`)
    if (url.searchParams.get('text') === 'lost') return route.abort()
    const answer = await route.fetch()
    return route.fulfill({ response: answer, json: { ...((await answer.json()) as object), next: 77 } })
  })
  await button('警情').click()
  await page.getByRole('searchbox').fill('cgf')
  await button('查找').click()
  await row(incident.number).waitFor()
  await page.getByRole('searchbox').fill('lost')
  await button('查找').click()
  await page.getByRole('alert').waitFor()
  await Promise.all([page.waitForResponse(/before=77/), button('往前再找').click()])
  expect(asked.slice(-2)).toEqual(['lost ', 'cgf 77'])
  await page.getByRole('alert').waitFor({ state: 'detached' })
})

it('and incidents, read only: each look on record, no telephone number anywhere', { timeout: TEST_MS }, async () => {
  await enter('10099', '/audit')
  await button('警情').click()
  await page.getByRole('searchbox').fill('cgf')
  await button('查找').click()
  await button(`P1 ${incident.number}`)
    .or(button(`P2 ${incident.number}`))
    .click()
  const record = page.getByRole('complementary', { name: '警情记录' })
  await record.getByText('接警，用时').waitFor()
  expect(await record.textContent()).not.toMatch(/电话|联系人|既往病/)
  expect(await onRecord('incident.viewed')).toMatchObject({ object: `incident:${incident.number}` })
  expect(await onRecord('incident.searched')).toMatchObject({ detail: { text: 'cgf' } })
  await reads('audit-incidents', async () => {
    await page.getByRole('button', { name: incident.number }).click()
    await page.locator('.audit-lines li').first().waitFor()
  })
})

it('an operator who names no seat is asked for one, and Enter takes the one that is proposed', {
  timeout: TEST_MS
}, async () => {
  const { access } = running.gateway
  const sits = access.people().find(({ login }) => login === '10008')
  if (!sits) throw new Error('the leader is not logged in')
  const leave = access.watched(sits)
  await context.clearCookies()
  await page.goto(running.url)
  await page.locator('input[autocomplete="username"]').fill('10327')
  await page.locator('input[autocomplete="current-password"]').fill(passwords['10327'] ?? '')
  await page.keyboard.press('Enter')
  // At the first one there is somebody already, for as long as this takes on a busy machine.
  await page.getByText('还没有选席位：按 ↵ 坐 2 席').waitFor()
  expect(await violations(page)).toEqual([])
  expect(access.takenSeats()).toEqual(new Set([1]))
  // Another one is quicker: the next free seat is proposed, in one sentence, and Enter takes that.
  const quicker = await access.login({ login: '10411', password: passwords['10411'] ?? '', seat: 2, origin: 'test' })
  await page.keyboard.press('Enter')
  await page.getByText('2 席刚由名 10411登录；按 ↵ 坐 3 席').waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
  expect(access.takenSeats()).toEqual(new Set([1, 2, 3]))
  leave()
  await access.logout(quicker.session, 'test')
})

it('an operator finds the call that is due, and puts down its result', { timeout: TEST_MS }, async () => {
  const list = /\/api\/follow-ups$/
  await page.route(list, route => route.abort())
  await enter('10327', '/follow-ups')
  // Not known is not none.
  await page.getByRole('alert').waitFor()
  await page.getByText('正在读取').waitFor()
  expect(await page.getByText('没有到期的回访').count()).toBe(0)
  await page.unroute(list)
  await row('问问身体').waitFor()
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await reads('follow-ups', () => row('问问身体').waitFor())
  await page.getByRole('searchbox').fill('cgf')
  await page.getByRole('button', { name: /全部待办/ }).click()
  await button('记结果').click()
  await page.getByPlaceholder('对方怎么说').fill('无人应门')
  await button('没人接').click()
  await row('没人接：无人应门').waitFor()
  // The next call begins with no words.
  await button('记结果').click()
  await until('an empty field', async () => (await page.getByPlaceholder('对方怎么说').inputValue()) === '')
  await page.getByPlaceholder('对方怎么说').fill('身体好')
  await button('已回访').click()
  await row('问问身体').waitFor({ state: 'detached' })
  await button('近 30 天已办').click()
  await row('已回访：身体好').waitFor()
  await until('the result is on record', async () => (await onRecord('followUp.answer')) !== undefined)
  await picture('follow-ups-done')
})

it('an operator finds a past incident with the keyboard alone, reads it and goes back; his own sheet only', {
  timeout: TEST_MS
}, async () => {
  await enter('10327', '/')
  const find = page.getByRole('combobox', { name: /^警情、住户/ })
  const opens = async () => {
    if ((await find.count()) > 0) return true
    await page.keyboard.press('/')
    return false
  }
  await until('the search of the floor', opens, PATIENCE_MS)
  await find.fill('cgf')
  await page.keyboard.press('Shift+Enter')
  await page.waitForURL(/\/history\?text=cgf$/)
  const words = page.getByRole('searchbox')
  expect(await words.inputValue()).toBe('cgf')
  await row(incident.number).waitFor()
  expect(await onRecord('incident.searched')).toMatchObject({ detail: { text: 'cgf' } })
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const record = page.getByRole('complementary', { name: '警情记录' })
  await record.getByText('接警，用时').waitFor()
  expect(await record.textContent()).not.toMatch(/电话|联系人|既往病/)
  expect(await onRecord('incident.viewed')).toMatchObject({ who: expect.stringMatching(/^10327/) })
  // The leader has it: the sheet is hers.
  expect(await record.getByRole('button', { name: '警情单' }).getAttribute('aria-disabled')).toBe('true')
  await record.getByRole('link', { name: '在值守台打开' }).waitFor()
  await reads('history', () => row(incident.number).waitFor())
  await page.keyboard.press('Escape')
  await record.waitFor({ state: 'detached' })
  await page.keyboard.press('/')
  expect(await page.evaluate('document.activeElement.type')).toBe('search')
  await words.fill('')
  await page.getByRole('combobox', { name: '全部结果' }).selectOption('test')
  await button('查找').click()
  await page.getByText('没有这样的警情').waitFor()
})

it('each page is for its roles', { timeout: TEST_MS }, async () => {
  const operator = await logIn(running.url, '10400', await running.person('10400', 'operator'), 4)
  const administrator = await logIn(running.url, '10001', await running.person('10001', 'administrator'))
  const status = async (client: ConsoleClient, path: string) => (await client.get(path)).status
  expect(await status(operator, '/api/audit/search')).toBe(403)
  expect(await status(operator, '/api/audit/search.csv?language=en')).toBe(403)
  expect(await status(administrator, '/api/audit/search?text=10008')).toBe(200)
  expect(await status(administrator, '/api/incident-search')).toBe(403)
  expect(await status(administrator, `/api/incidents/${incident.id}/record`)).toBe(403)
  expect(await status(administrator, '/api/follow-ups/done?sinceMs=0')).toBe(403)
  expect(await status(leader, '/api/audit/search?from=2026-02-31')).toBe(400)
  for (const client of [operator, administrator]) client.close()
})
