/** Dispatch in Chromium: a unit that the system would not send goes by hand, with its reason; the table of classes can be read by the administrator. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Incident } from '../gateway/core/incident.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { speak } from './browser/pages.ts'

const TEST_MS = 180_000
const DIST = join(import.meta.dirname, '../web-console/dist')
const dir = tempDir('dispatch-page')
const protocol = createFakeProtocol()
const contexts: BrowserContext[] = []
let running: RunningGateway
let floor: Page
let patrol: ConsoleClient

/** For the eye, where a folder is given. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

async function logged(name: string, login: string, password: string, seat?: number): Promise<Page> {
  const context = await openBrowser({ dir, name, width: 1920, height: 1080 })
  contexts.push(context)
  const page = await firstPage(context)
  await page.goto(running.url)
  await page.locator('input[autocomplete="username"]').fill(login)
  await page.locator('input[autocomplete="current-password"]').fill(password)
  if (seat !== undefined)
    await page
      .locator('.login-seats input')
      .nth(seat - 1)
      .check({ force: true })
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
  return page
}

const faults = async (page: Page) => [
  ...(await violations(page)).filter(each => !each.includes('pin-incident')),
  ...(await unreadable(page))
]
const newest = () => [...running.gateway.incidents.all()].at(-1) as Incident

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  const lay = { id: 'u3', name: '义务 02 队', unitClass: 'volunteer', memberCount: 3, vehicle: 'foot', speedKmh: 5 }
  const registry = { ...SMALL_TOWN, units: [...SMALL_TOWN.units, lay] }
  running = await runGateway({ dir, consoleDir: DIST, adapters: [protocol.definition], registry })
  for (const [login, unitId, lat] of [
    ['30001', 'u1', 27.03],
    ['30003', 'u3', 27.0335]
  ] as const) {
    patrol = await logIn(running.url, login, await running.person(login, 'patrol', { unitId }))
    await patrol.command({ kind: 'onDuty' })
    await patrol.post('/api/patrol/position', { lat, lon: 119.614, atMs: Date.now() })
  }
  floor = await logged('floor', '10327', await running.person('10327', 'operator'), 3)
}, TEST_MS)

afterAll(async () => {
  for (const context of contexts) await context.close()
  await running?.stop()
}, TEST_MS)

it('a volunteer team goes to a burglary by hand only, with the reason on record', { timeout: TEST_MS }, async () => {
  await protocol.host().accept(sampleSignal({ sourceId: 'mqtt:linxi/box-03' as never, receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  await floor.locator('.queue-waiting .queue-row').waitFor()
  await floor.keyboard.press('Space')
  await floor.getByText('系统不派，人工决定').waitFor()
  await picture(floor, 'dispatch-candidates')
  await floor.keyboard.press('2')
  await floor.locator('.unit.picked', { hasText: '义务 02 队' }).waitFor()
  await floor.keyboard.press('d')
  await floor.getByText('义务 02 队（义务，3 人）：系统不派此类力量').waitFor()
  await floor.keyboard.type('就在楼下，只看门不进屋')
  await picture(floor, 'dispatch-by-hand')
  expect(await faults(floor)).toEqual([])
  await floor.keyboard.press('Enter')
  await floor.locator('.unit.sent', { hasText: '人工派出（义务）：就在楼下，只看门不进屋' }).waitFor()
  await floor.locator('.story', { hasText: '人工派单给 义务 02 队' }).waitFor()
  await picture(floor, 'dispatch-sent')
  expect(await faults(floor)).toEqual([])
  expect(newest().assignments).toMatchObject([{ byHand: { unitClass: 'volunteer' }, offeredBy: 'operator' }])
  const [line] = (await running.gateway.store.auditTail(50)).filter(each => each.action === 'incident.offer')
  expect(line).toMatchObject({ who: expect.stringContaining('10327'), reason: '就在楼下，只看门不进屋' })
  await speak(floor, 'en')
  await floor.locator('.unit.sent', { hasText: 'sent by hand (volunteer)' }).waitFor()
  await picture(floor, 'dispatch-sent-en')
})

it('the administrator reads the table of classes', { timeout: TEST_MS }, async () => {
  const admin = await logged('admin', '10001', await running.person('10001', 'administrator'))
  await admin.goto(`${running.url}/manage?tab=units`)
  await admin.getByText('系统派单范围').click()
  await admin
    .getByRole('row', { name: /涉暴力/ })
    .getByText('人工')
    .first()
    .waitFor()
  await picture(admin, 'manage-class-rule')
  expect(await faults(admin)).toEqual([])
})
