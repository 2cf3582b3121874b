/** A taxi that nobody entered: it registers, waits for the administrator, is his vehicle after his word, also after a restart; in the console, too. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, expect, it } from 'vitest'
import { createTaxi, type Taxi } from '../adapters/jt808/simulator.ts'
import { locationBody, rawTerminal } from '../adapters/jt808/testing.ts'
import type { RegistrationList } from '../gateway/core/registration.ts'
import type { SourcePage } from '../gateway/core/sources.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { enterAs, speak } from './browser/pages.ts'

const DIST = join(import.meta.dirname, '../web-console/dist')
const PHONE = '013900000066'
const SOURCE = `jt808:${PHONE}`
const TEST_MS = 120_000
const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each()
})

function taxiOf(running: RunningGateway, terminalId?: string): Taxi {
  const place = () => ({ lat: 27.0332, lon: 119.6135, speedKmh: 30, headingDeg: 90 })
  const way = { host: '127.0.0.1', port: running.port('adapters.jt808.port'), reportMs: 50, maxBackoffMs: 200 }
  const taxi = createTaxi({ ...way, phone: PHONE, terminalId, plate: '闽JT0637', version: 2013, place })
  cleanUp.push(() => taxi.stop())
  taxi.start()
  return taxi
}

const listOf = async (console: ConsoleClient) =>
  (await (await console.get('/api/registrations')).json()) as RegistrationList

async function administrator(running: RunningGateway): Promise<ConsoleClient> {
  return logIn(running.url, '10001', await running.person('10001', 'administrator'))
}

it('waits, is refused and raises only what is unmapped until it is approved; then it is the vehicle, also after a restart', {
  timeout: TEST_MS
}, async () => {
  const dir = tempDir('registration')
  let running = await runGateway({ dir })
  cleanUp.push(() => running.stop())
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  let admin = await administrator(running)
  let taxi = taxiOf(running)
  const [row] = await until('the list', async () => {
    const { registrations } = await listOf(admin)
    return registrations.length > 0 && registrations
  })
  expect(row).toMatchObject({ source: SOURCE, state: 'waiting', plate: '闽JT0637', maker: 'PINGA', model: 'SIM-TAXI' })
  expect(row?.vehicle).toMatchObject({ id: 'taxi', name: '闽J·T0637' })
  expect(taxi.status.online).toBe(false)
  // Nobody else decides, and nobody else sees the list.
  for (const answer of [
    await operator.get('/api/registrations'),
    await operator.post('/api/registrations/approve', { source: SOURCE, subjectId: 'taxi' }),
    await operator.post('/api/registrations/refuse', { source: SOURCE })
  ])
    expect(answer.status).toBe(403)
  expect((await admin.post('/api/registrations/approve', { source: SOURCE, subjectId: 'shop' })).status).toBe(404)
  expect((await admin.post('/api/registrations/approve', { source: SOURCE, subjectId: 'taxi' })).status).toBe(204)
  await until('the taxi on line', () => taxi.status.online)
  await taxi.press()
  await running.gateway.idle()
  const incidents = () => [...running.gateway.incidents.all()]
  expect(incidents()).toMatchObject([{ subject: { id: 'taxi' }, alarmClass: 'panic', priority: 1 }])
  const page = (await (await admin.get('/api/sources?limit=200')).json()) as SourcePage
  expect(page.rows.find(line => line.id === SOURCE)?.subject).toMatchObject({ name: '闽J·T0637' })
  await taxi.stop()
  await running.stop()

  running = await runGateway({ dir })
  admin = await administrator(running)
  taxi = taxiOf(running)
  await until('the taxi on line again', () => taxi.status.online)
  expect((await listOf(admin)).registrations).toMatchObject([{ source: SOURCE, state: 'approved', by: '名 10001' }])
  // Its press is open, over the restart too: nobody takes the terminal away now.
  expect((await admin.post('/api/registrations/refuse', { source: SOURCE })).status).toBe(409)
  const again = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  for (const { id } of [...running.gateway.incidents.all()]) {
    await again.act(id, { action: 'acknowledge' })
    await again.act(id, { action: 'resolve', disposition: 'false-misuse', feedback: '误触' })
  }
  await running.gateway.idle()
  // Taken back: it is nobody's any more, from its next frame on.
  expect((await admin.post('/api/registrations/refuse', { source: SOURCE })).status).toBe(204)
  await until('off line', () => !taxi.status.online)
  const audit = (await (await admin.get('/api/audit')).json()) as { action: string; object: string }[]
  expect(audit.filter(entry => entry.object === `source:${SOURCE}`).map(entry => entry.action)).toEqual([
    'registration.refuse',
    'registration.approve'
  ])
})

async function signIn(page: Page, url: string, login: string, password: string): Promise<void> {
  await page.goto(url)
  await enterAs(page, { login, password })
}

it('the administrator reads who waits, takes the vehicle that is proposed, or looks for another; readable in both languages', {
  timeout: TEST_MS
}, async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  const dir = tempDir('registration-page')
  const running = await runGateway({ dir, consoleDir: DIST })
  cleanUp.push(() => running.stop())
  const password = await running.person('10001', 'administrator')
  const taxi = taxiOf(running)
  const context = await openBrowser({ dir, name: 'registration', width: 1920, height: 1080 })
  cleanUp.push(() => context.close())
  const page = await firstPage(context)
  const picture = async (name: string) => {
    const folder = process.env.PINGAN_PICTURES
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
  }
  // The floor sees that one waits, and where it is decided.
  await signIn(page, running.url, '10327', await running.person('10327', 'operator'))
  await page.locator('.seg.notice').getByText('1 台终端等待管理员审核', { exact: false }).waitFor()
  expect(await page.locator('.seg.notice').getAttribute('title')).toContain('最新 闽JT0637')
  // It is no way for who may not decide.
  expect(await page.locator('.seg.notice a').count()).toBe(0)
  expect(await page.locator('.who [aria-label$="等待审核"]').count()).toBe(0)
  await picture('registration-notice')
  await context.clearCookies()
  await signIn(page, running.url, '10001', password)
  await page.goto(`${running.url}/manage`)
  await page.locator('.who summary [aria-label="1 台终端等待审核"]').waitFor()
  await page.locator('.who summary').click()
  await page.locator('.who-menu a[href="/admin"] [aria-label="1 台终端等待审核"]').waitFor()
  await picture('registration-badge')
  await page.keyboard.press('Escape')
  await page.locator('.seg.notice a').click()
  const row = page.locator('.registrations tbody tr', { hasText: PHONE })
  await row.waitFor()
  expect(await row.textContent()).toMatch(/闽JT0637.*PINGA SIM-TAXI.*等待审核/)
  expect(await row.locator('select').inputValue()).toBe('taxi')
  await picture('registrations-zh')
  await reads(page)
  await row.getByRole('button', { name: '拒绝', exact: true }).click()
  await page.locator('.registrations tbody tr', { hasText: '已拒绝' }).waitFor()
  expect(taxi.status.online).toBe(false)
  await speak(page, 'en')
  await page.goto(`${running.url}/admin`)
  await page.locator('.registrations tbody tr', { hasText: 'refused' }).waitFor()
  await row.locator('input').fill('0637')
  await row.locator('option', { hasText: '闽J·T0637' }).waitFor({ state: 'attached' })
  await row.locator('select').selectOption('taxi')
  await row.getByRole('button', { name: 'Approve', exact: true }).click()
  await page.locator('.registrations tbody tr', { hasText: 'approved' }).waitFor()
  await picture('registrations-en')
  await reads(page)
  await until('the taxi on line', () => taxi.status.online)
})

it('another terminal with the number waits beside the one before; its press is an incident all the same, unproven; taken, it is the vehicle', {
  timeout: TEST_MS
}, async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  const dir = tempDir('registration-other')
  const running = await runGateway({ dir, consoleDir: DIST })
  cleanUp.push(() => running.stop())
  const password = await running.person('10001', 'administrator')
  const admin = await logIn(running.url, '10001', password)
  const first = taxiOf(running, 'A100001')
  await until('the first one waits', async () => (await listOf(admin)).registrations.length === 1)
  await admin.post('/api/registrations/approve', { source: SOURCE, subjectId: 'taxi' })
  await until('the first one on line', () => first.status.online)
  await first.stop()

  const other = taxiOf(running, 'B200002')
  const context = await openBrowser({ dir, name: 'registration-other', width: 1366, height: 768 })
  cleanUp.push(() => context.close())
  const page = await firstPage(context)
  const picture = async (name: string) => {
    const folder = process.env.PINGAN_PICTURES
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
  }
  await signIn(page, running.url, '10001', password)
  await page.goto(`${running.url}/admin`)
  const row = page.locator('.registrations tbody tr', { hasText: 'B200002' })
  await row.getByText('与原终端不是同一台').waitFor()
  expect(await row.textContent()).toMatch(/等待审核.*原终端：A100001 PINGA SIM-TAXI.*闽J·T0637/)
  expect(other.status.online).toBe(false)
  await picture('registration-other-zh')
  await reads(page)
  await speak(page, 'en')
  await page.goto(`${running.url}/admin`)
  await row.getByText('Another terminal than before').waitFor()
  await picture('registration-other-en')
  await reads(page)
  // What calls in the vehicle's name is an incident of the vehicle, marked as unproven, and no terminal is changed meanwhile.
  const caller = await rawTerminal(running.port('adapters.jt808.port'), PHONE)
  cleanUp.push(caller.end)
  expect((await caller.register('B200002')).result).toBe(1)
  await caller.answer(0x8001, caller.send(0x0200, locationBody(true, Date.now())))
  await running.gateway.idle()
  const [incident] = [...running.gateway.incidents.all()]
  expect(incident).toMatchObject({ subject: { id: 'taxi' }, unverified: true })
  const take = row.getByRole('button', { name: 'Take this one', exact: true })
  await take.click()
  await row.getByText('That terminal calls for help now', { exact: false }).waitFor()
  await picture('registration-other-calling')
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  await operator.act(incident?.id ?? '', { action: 'acknowledge' })
  await operator.act(incident?.id ?? '', { action: 'resolve', disposition: 'false-misuse', feedback: '误触' })
  await running.gateway.idle()
  await take.click()
  await until('the other one on line', () => other.status.online)
  await page.getByText('Another terminal than before').waitFor({ state: 'detached' })
  expect((await listOf(admin)).registrations).toMatchObject([{ state: 'approved', terminalId: 'B200002' }])
})
