/** 上报情况 on the whole gateway: what a patrol sees itself is an incident with place and photo, once, also when its phone sends twice; and the phone's own page in Chromium. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Incident } from '../gateway/core/incident.ts'
import type { PatrolCommandResult } from '../gateway/core/wire.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { buildConsole } from '../scripts/lib/console-build.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { enterAs, PATIENCE_MS, pressUntil, speak } from './browser/pages.ts'

const DIST = join(import.meta.dirname, '..', 'web-console', 'dist')
const TEST_MS = 240_000
const dir = tempDir('situation')
const PICTURE = execFileSync(
  'ffmpeg',
  '-v error -f lavfi -i testsrc2=size=64x48 -frames:v 1 -c:v mjpeg -f image2pipe pipe:1'.split(' ')
)
const REPORT = { kind: 'situation', id: 'report-000000000001', what: 'fire', text: '三楼冒烟', photo: true } as const
const PLACE = { lat: 27.0331, lon: 119.6131 }
let running: RunningGateway
let patrol: ConsoleClient
let operator: ConsoleClient
let password: string
let operatorPassword: string
const contexts: BrowserContext[] = []

const incidents = (): Incident[] => [...running.gateway.incidents.all()]
const told = async (command: Parameters<ConsoleClient['command']>[0]) =>
  ((await (await patrol.command(command)).json()) as PatrolCommandResult[]).map(each => each.code ?? each.outcome)
const sendPhoto = (report: string, takenAtMs = Date.now(), client = patrol) =>
  fetch(`${running.url}/api/patrol/situations/${report}/photos?takenAtMs=${takenAtMs}`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg', cookie: client.cookie },
    body: new Uint8Array(PICTURE)
  })

beforeAll(async () => {
  if (!buildConsole()) throw new Error('the console could not be built; vite says why on standard error')
  running = await runGateway({ dir, adapters: [createFakeProtocol().definition], consoleDir: DIST })
  password = await running.person('30001', 'patrol', { unitId: 'u1' })
  patrol = await logIn(running.url, '30001', password)
  operatorPassword = await running.person('10001', 'operator')
  operator = await logIn(running.url, '10001', operatorPassword, 1)
  await operator.connect()
}, TEST_MS)
afterAll(async () => {
  await Promise.allSettled(contexts.map(context => context.close()))
  for (const client of [patrol, operator]) client?.close()
  await running?.stop()
})

it('off duty nobody reports; on duty it is one incident at the place of the phone, however often it is sent', async () => {
  expect(await told({ ...REPORT, place: PLACE })).toEqual(['ILLEGAL_TRANSITION'])
  expect(await told({ kind: 'onDuty' })).toEqual(['done'])
  expect(await told({ ...REPORT, place: PLACE })).toEqual(['done'])
  const { incident } = await operator.see('the incident', body => body.type === 'incident' && body)
  expect(incident).toMatchObject({
    ...{ state: 'new', priority: 1, alarmClass: 'fire', sourceKind: 'personReport', presses: 1 },
    subject: { name: '巡防 07 车' },
    position: PLACE,
    foundBy: '30001'
  })
  expect(incident.cameras.length).toBeGreaterThanOrEqual(2)
  // The phone heard no answer, and numbers it anew.
  expect(await told({ ...REPORT, place: PLACE })).toEqual(['done'])
  await running.gateway.idle()
  expect(incidents()).toHaveLength(1)
  expect(incidents()[0]?.presses).toBe(1)
  // What it sees next is an incident of its own.
  expect(await told({ kind: 'situation', id: 'report-000000000002', what: 'fire', text: '', place: PLACE })).toEqual([
    'done'
  ])
  await until('the second one', () => incidents().length === 2)
  const trail = (await running.gateway.store.auditTail(50)).filter(each => each.action === 'patrol.situation')
  expect(trail.map(each => each.outcome).toSorted()).toEqual(['done', 'done', 'done', 'refused'])
})

it('its photo is evidence of that incident; nobody else can add one, and one of no report is sent again or refused', async () => {
  expect((await sendPhoto(REPORT.id)).status).toBe(200)
  expect((await sendPhoto(REPORT.id)).status).toBe(200)
  const found = incidents().find(each => each.subject.id === `patrol:u1/${REPORT.id}`)
  expect(found?.evidence.filter(item => item.kind === 'photo')).toMatchObject([
    { cameraName: '巡防 07 车 名 30001', takenBy: { unitId: 'u1' } }
  ])
  const other = await logIn(running.url, '30002', await running.person('30002', 'patrol', { unitId: 'u2' }))
  const old = Date.now() - 11 * 60_000
  expect((await sendPhoto(REPORT.id, old, other)).status).toBe(404)
  other.close()
  expect((await sendPhoto('report-000000000009', old)).status).toBe(404)
  const early = await sendPhoto('report-000000000009')
  expect([early.status, await early.json()]).toMatchObject([409, { error: 'CONFLICT_RETRY' }])
  expect((await sendPhoto(REPORT.id, Date.now(), operator)).status).toBe(403)
})

it('the phone: what, a word, a photo, in both languages; off line it is kept and sent later', {
  timeout: TEST_MS
}, async () => {
  const position = { latitude: PLACE.lat, longitude: PLACE.lon }
  const context = await openBrowser({ dir, name: 'phone', width: 390, height: 844, position })
  contexts.push(context)
  const page = await firstPage(context)
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(`${running.url.replace('127.0.0.1', 'localhost')}/patrol`)
  await enterAs(page, { login: '30001', password })
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const open = (word: string) => pressUntil(button(word).first(), page.getByRole('dialog'))
  for (const [language, word, back] of [
    ['en', 'Report', 'Back'],
    ['zh-CN', '上报情况', '返回']
  ] as const) {
    await speak(page, language)
    await open(word)
    await reads(page, `report ${language}`)
    await picture(page, `situation-${language}`)
    await pressUntil(button(back), page.getByRole('dialog'), 'hidden')
  }
  await open('上报情况')
  await pressUntil(page.getByRole('dialog').getByRole('button', { name: '上报' }), page.getByText('先选是什么情况'))
  await button('人员倒地求助').click()
  await page.getByRole('dialog').getByRole('textbox').fill('老人，桥头西侧')
  const file = join(dir, 'photo.jpg')
  writeFileSync(file, PICTURE)
  await page.locator('.take-photo input').setInputFiles(file)
  await page.locator('.held-photo').waitFor()
  await page.route('**/api/patrol/{commands,situations/**}', route => route.abort())
  await pressUntil(page.getByRole('dialog').getByRole('button', { name: '上报' }), page.getByRole('dialog'), 'hidden')
  await page.getByText('正在上报：人员倒地求助').waitFor()
  await page.unroute('**/api/patrol/{commands,situations/**}')
  await page.getByText('已上报：人员倒地求助，监控中心已收到').waitFor()
  await reads(page, 'reported')
  await picture(page, 'situation-done')
  const found = await until('the incident with its photo', () =>
    incidents().find(each => each.alarmClass === 'medical' && each.evidence.some(item => item.kind === 'photo'))
  )
  expect(found).toMatchObject({ priority: 1, position: { lat: PLACE.lat } })
})

it('an order takes the screen in the middle of a report: words and photo are there after it and after a reload, and are sent once', {
  timeout: TEST_MS
}, async () => {
  const page = contexts[0]?.pages()[0] as Page
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const dialog = page.getByRole('dialog')
  const before = incidents().length
  await pressUntil(button('上报情况').first(), dialog)
  await button('打架斗殴').click()
  await dialog.getByRole('textbox').fill('三人，其中一人持械')
  await page.locator('.take-photo input').setInputFiles(join(dir, 'photo.jpg'))
  await page.locator('.held-photo').waitFor()
  const id = incidents().at(-1)?.id ?? ''
  expect((await operator.act(id, { action: 'acknowledge' })).status).toBe(200)
  expect((await operator.act(id, { action: 'dispatch', unitId: 'u1' as never })).status).toBe(200)
  await pressUntil(button('接单'), page.getByText('打架斗殴 · 三人，其中一人持械 · 有照片'))
  await picture(page, 'situation-begun')
  await page.reload()
  await pressUntil(button('继续填写'), dialog)
  expect(await dialog.getByRole('textbox').inputValue()).toBe('三人，其中一人持械')
  await page.locator('.held-photo').waitFor()
  await reads(page, 'the report taken up again')
  await picture(page, 'situation-again')
  await pressUntil(dialog.getByRole('button', { name: '上报' }), dialog, 'hidden')
  await page.getByText('已上报：打架斗殴，监控中心已收到').waitFor()
  await until('its photo', () =>
    incidents()
      .at(-1)
      ?.evidence.some(item => item.kind === 'photo')
  )
  expect(incidents()).toHaveLength(before + 1)
  await page.reload()
  await page.locator('.patrol').waitFor()
  expect(await button('继续填写').count()).toBe(0)
})

it('the floor reads in the head of the incident what was seen, in its own language', { timeout: TEST_MS }, async () => {
  const context = await openBrowser({ dir, name: 'floor', width: 1920, height: 1080 })
  contexts.push(context)
  const page = await firstPage(context)
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(running.url)
  await enterAs(page, { login: '10001', password: operatorPassword, seat: 1 })
  for (const [language, words] of [
    ['en', 'Fire or smoke: 三楼冒烟'],
    ['zh-CN', '火情烟雾：三楼冒烟']
  ] as const) {
    await speak(page, language)
    // The oldest of the urgent ones.
    await page.locator('.queue-waiting .queue-row', { hasText: '巡防 07 车' }).first().click()
    await page.locator('.head-told', { hasText: words }).waitFor()
  }
  expect(await page.locator('.incident-head .chip', { hasText: '群众上报' }).count()).toBe(1)
})

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}
