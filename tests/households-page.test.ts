/** Telephones by number in Chromium: several households behind one number are all shown, a driver's call shows his taxi and where it is. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTaxi, type Taxi } from '../adapters/jt808/simulator.ts'
import { createTelephone } from '../adapters/sip/simulator.ts'
import type { Incident } from '../gateway/core/incident.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { speak } from './browser/pages.ts'

/** Ten steps and more in a window with a map drawn by software: each has its minute on a slow machine. */
const TEST_MS = 240_000
const DIST = join(import.meta.dirname, '../web-console/dist')
const TAXI_LINE = '96106'
const dir = tempDir('households-page')
let running: RunningGateway
let context: BrowserContext
let page: Page
let watch: ConsoleClient
let taxi: Taxi
let reports = 0

const whereItIs = () => {
  reports++
  return { lat: 27.0335, lon: 119.6135, speedKmh: 30, headingDeg: 90 }
}

const registry = {
  ...SMALL_TOWN,
  sources: [
    ...SMALL_TOWN.sources,
    { id: 'sip:6650199', subjectId: 'h1', alsoSubjectIds: ['h2'], kind: 'panicPhone' },
    { id: 'sip:13900000007', subjectId: 'taxi', kind: 'taxi' }
  ]
}

/** For the eye, where a folder is given. */
async function picture(name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

async function call(number: string, dial: string): Promise<void> {
  const server = { address: '127.0.0.1', port: running.port('adapters.sip.port') }
  const phone = await createTelephone({ server, number, asserted: true })
  const { ended } = await phone.press({ dial, hangUpAfterMs: 100 })
  await ended
  await phone.close()
}

async function incidentOf(name: string): Promise<Incident | undefined> {
  const list = (await (await watch.get('/api/incidents')).json()) as Incident[]
  return list.find(incident => incident.subject.name.includes(name))
}

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  const sip = {
    ...{ address: '127.0.0.1', port: 0, tlsPort: -1, ringMs: 20, rtpPorts: { from: 0, to: 0 } },
    trunks: [{ name: 'test', address: '127.0.0.1' }],
    serviceNumbers: [
      { number: '#9', kind: 'panicPhone' },
      { number: TAXI_LINE, kind: 'taxiLine' }
    ]
  }
  const free = { address: '127.0.0.1', port: 0 }
  running = await runGateway({
    ...{ dir, consoleDir: DIST, registry },
    config: {
      adapters: {
        sip,
        mqtt: { ...free, tlsPort: -1 },
        jt808: { ...free, udpPort: 0 },
        jt905: { ...free, udpPort: 0 },
        dc09: { ...free, udpPort: 0 },
        webhook: { ...free, tlsPort: -1 },
        onvif: { enabled: false }
      }
    }
  })
  const password = await running.person('10327', 'operator')
  watch = await logIn(running.url, '10328', await running.person('10328', 'operator'), 4)
  taxi = createTaxi({
    ...{ host: '127.0.0.1', port: running.port('adapters.jt808.port'), phone: '013900000007', plate: '闽J·T0637' },
    ...{ version: 2013, reportMs: 200, place: whereItIs }
  })
  taxi.start()
  await until('the taxi is there', () => taxi.status.online)
  context = await openBrowser({ dir, name: 'households', width: 1920, height: 1080 })
  page = await firstPage(context)
  await page.goto(running.url)
  await page.locator('input[autocomplete="username"]').fill('10327')
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.locator('.login-seats input').nth(2).check({ force: true })
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
}, TEST_MS)

afterAll(async () => {
  watch?.close()
  await context?.close()
  await taxi?.stop()
  await running?.stop()
})

it('a number of two households shows both, guesses neither, in both languages', { timeout: TEST_MS }, async () => {
  await call('6650199', '#9')
  const incident = await until('the incident', () => incidentOf('赵国强'))
  expect(incident).toMatchObject({ alarmClass: 'panic', subject: { name: '陈桂芳 / 赵国强', phone: '6650199' } })
  await page.locator('.queue-row', { hasText: '陈桂芳 / 赵国强' }).first().click()
  const sharers = page.getByRole('list', { name: '这个号码由 2 户共用，不知道是哪一户打来的' })
  await sharers.waitFor()
  expect(await sharers.locator('li').allInnerTexts()).toEqual([
    expect.stringMatching(/^陈桂芳 杏花巷 16 号/),
    expect.stringMatching(/^赵国强 杏花巷 18 号/)
  ])
  await picture('households-shared')
  expect(await unreadable(page)).toEqual([])
  expect(await violations(page)).toEqual([])
  await speak(page, 'en')
  await page.locator('.queue-row', { hasText: '陈桂芳 / 赵国强' }).first().click()
  await page.getByText('2 households share this number; which of them calls is not known').waitFor()
  await picture('households-shared-en')
  await speak(page, 'zh-CN')
})

it('a driver on the 24-hour line is his taxi, where it is now', { timeout: TEST_MS }, async () => {
  await until('it has told where it is', () => reports >= 3)
  await call('13900000007', TAXI_LINE)
  const incident = await until('the incident', () => incidentOf('闽J·T0637'))
  expect(incident).toMatchObject({
    ...{ alarmClass: 'help', sourceKind: 'taxi', positionSource: 'device', subject: { kind: 'vehicle' } },
    position: { lat: 27.0335, lon: 119.6135 }
  })
  await page.locator('.queue-row', { hasText: '闽J·T0637' }).first().click()
  await page
    .locator('.queue-row.selected, .queue-row[aria-selected="true"]', { hasText: '闽J·T0637' })
    .first()
    .waitFor()
  await picture('households-driver')
})
