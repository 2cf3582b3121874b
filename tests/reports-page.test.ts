/** The page of reports in Chromium over a whole gateway: what happened is counted, who looked is on record, the file opens in a spreadsheet. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import { logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { enterAs, speak } from './browser/pages.ts'

const DIST = join(import.meta.dirname, '..', 'web-console', 'dist')
const BROWSER_MS = 120_000
const dir = tempDir('reports-page')
const protocol = createFakeProtocol()
let running: RunningGateway
let context: BrowserContext
let page: Page

async function picture(name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

const table = (name: string) => page.locator('section.admin-panel', { has: page.getByRole('heading', { name }) })

async function press(source: string): Promise<void> {
  await protocol.host().accept(sampleSignal({ sourceId: id(source), receivedTimeMs: Date.now() - 4_000 }))
  await running.gateway.idle()
}

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  running = await runGateway({
    ...{ dir, adapters: [protocol.definition], consoleDir: DIST },
    registry: { ...SMALL_TOWN, sources: [{ id: 'fake:1', subjectId: 'h1', kind: 'oneKeyCall' }] }
  })
  const leader = await running.person('10001', 'leader')
  await press('fake:1')
  await press('fake:2')
  context = await openBrowser({ dir, name: 'reports', width: 1920, height: 1080 })
  page = await firstPage(context)
  await page.goto(`${running.url}/reports`)
  await enterAs(page, { login: '10001', password: leader })
  await page.goto(`${running.url}/reports`)
}, BROWSER_MS)
afterAll(async () => {
  await context?.close()
  await running?.stop()
})

it('counts the incidents of today, by day and by source', { timeout: BROWSER_MS }, async () => {
  await page.getByRole('button', { name: '今天' }).click()
  const total = table('警情统计').locator('tr', { hasText: '合计' })
  await total.locator('td').first().getByText('2', { exact: true }).waitFor()
  await page.getByRole('button', { name: '按来源' }).click()
  await table('警情统计').getByText('一键通').waitFor()
  await page.getByRole('button', { name: '按网格' }).click()
  await page.getByRole('navigation', { name: '范围' }).getByRole('button', { name: '社区、村' }).click()
  await table('警情统计').getByText('网格以外').waitFor()
  await page.getByRole('button', { name: '按来源' }).click()
  await table('警情统计').getByText('一键通').waitFor()
  await page.getByRole('button', { name: '按时段' }).click()
  await table('P1 用时').getByText('23', { exact: true }).waitFor()
  expect(await page.getByRole('img', { name: /^(接警|派单|到场)，目标/ }).count()).toBe(3)
  await page.getByRole('button', { name: '按来源' }).click()
  await table('警情统计').getByText('一键通').waitFor()
  await table('用时与目标').getByText('≤ 10 秒').first().waitFor()
  for (const name of ['突发公共事件', '平安指数', '摄像机在线率']) await table(name).waitFor()
  await reads(page)
  await picture('reports')
})

it('a table is a file in the language of the page, with the mark for Excel; both are on record', {
  timeout: BROWSER_MS
}, async () => {
  const [file] = await Promise.all([
    page.waitForEvent('download', { timeout: 60_000 }),
    table('警情统计').getByRole('link', { name: /^CSV/ }).click()
  ])
  const chunks: Buffer[] = []
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  expect(text.startsWith('\ufeff来源,警情,P1,')).toBe(true)
  expect(text).toContain('\r\n合计,2,')
  const lines = await running.gateway.store.auditTail(20)
  const seen = lines.filter(line => line.action.startsWith('report.')).map(line => `${line.action} ${line.object}`)
  expect(seen).toEqual(expect.arrayContaining(['report.viewed report:source', 'report.exported report:source']))
  expect(lines.find(line => line.action === 'report.exported')).toMatchObject({
    detail: { table: 'lines', format: 'csv' }
  })
})

it('the shift that runs is counted, listed and printed, each on record', { timeout: BROWSER_MS }, async () => {
  await page.getByRole('button', { name: '交班报告' }).click()
  await table('遗留警情').locator('tbody tr').nth(1).waitFor()
  for (const name of ['用时与目标', '在岗', '交接班', '故障', '警情与结果']) await table(name).waitFor()
  await reads(page)
  await picture('shift')
  const [opened] = await Promise.all([
    context.waitForEvent('request', request => request.url().includes('/api/print/shift')),
    page.getByRole('button', { name: '值班日志' }).click()
  ])
  expect(new URL(opened.url()).searchParams.get('format')).toBe('pdf')
  await until('the printing is on record', async () =>
    (await running.gateway.store.auditTail(50)).some(line => line.action === 'print' && line.detail?.sheet === 'shift')
  )
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const paper = await fetch(opened.url(), { headers: { cookie } })
  expect([paper.status, paper.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  expect(Buffer.from(await paper.arrayBuffer()).toString('latin1')).toMatch(/^%PDF-1\.7/)
})

it('fits a small screen and speaks English', { timeout: BROWSER_MS }, async () => {
  await speak(page, 'en')
  for (const width of [1366, 1920]) {
    await page.setViewportSize({ width, height: width === 1366 ? 768 : 1080 })
    await page.getByRole('heading', { name: 'Times and targets' }).waitFor()
    await reads(page)
    await picture(`reports-en-${width}`)
    await page.getByRole('button', { name: 'Shift report' }).click()
    await page.getByRole('heading', { name: 'Left open' }).waitFor()
    await reads(page)
    await picture(`shift-en-${width}`)
    await page.getByRole('button', { name: 'Figures' }).click()
  }
})

it('is for leaders and administrators, and refuses spans that are none', { timeout: BROWSER_MS }, async () => {
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const ask = async (query: string, headers: Record<string, string> = { cookie }) =>
    (await fetch(`${running.url}/api/reports/incidents?${query}`, { headers })).status
  const good = 'by=day&from=2026-11-01&to=2026-11-28'
  expect(await ask(good)).toBe(200)
  expect(await ask(good, {})).toBe(401)
  const operator = await logIn(running.url, '10002', await running.person('10002', 'operator'))
  expect((await operator.get(`/api/reports/incidents?${good}`)).status).toBe(403)
  expect((await operator.get('/api/reports/shift')).status).toBe(403)
  const days = 'from=2026-11-01&to=2026-11-28&language=en'
  expect((await operator.get(`/api/print/retrievals?${days}&format=pdf`)).status).toBe(403)
  expect((await operator.get('/api/print/shift?language=en&format=csv')).status).toBe(200)
  const administrator = await logIn(running.url, '10003', await running.person('10003', 'administrator'))
  for (const path of ['shift?language=en&format=pdf', `retrievals?${days}&format=pdf`])
    expect((await administrator.get(`/api/print/${path}`)).status).toBe(403)
  expect((await administrator.get(`/api/print/report?${days}&by=day`)).status).toBe(200)
  expect(await ask(good.replace('day', 'grid&level=1'))).toBe(200)
  for (const area of ['level=4', 'under=', 'under=nowhere']) expect(await ask(`${good}&${area}`)).toBe(400)
  expect(await ask('by=day&from=2026-11-28&to=2026-11-01')).toBe(400)
  expect(await ask('by=day&from=2026-02-30&to=2026-03-01')).toBe(400)
  expect(await ask('by=day&from=2024-01-01&to=2026-11-28')).toBe(400)
  expect(await ask('by=person&from=2026-11-01&to=2026-11-28')).toBe(400)
})
