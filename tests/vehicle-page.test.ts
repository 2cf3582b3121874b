/** A taxi's alarm in Chromium: its cabin camera live and its photo on the floor with the look on record, and a text from the own desk to the car once the floor agrees. */
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { definition as jt808 } from '../adapters/jt808/index.ts'
import { createTaxi, type Taxi } from '../adapters/jt808/simulator.ts'
import { readGb18030 } from '../adapters/kit/gb18030.ts'
import { systemClock } from '../gateway/media/clock.ts'
import { createMediaPlane } from '../gateway/media/plane.ts'
import { silentLog } from '../gateway/testing/fake-host.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { buildConsole } from '../scripts/lib/console-build.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { speak } from './browser/pages.ts'

const dir = tempDir('vehicle-page')
const FIRM = '临溪平安出租'
const evidenceDir = join(dir, 'data', 'evidence')
const browsers: BrowserContext[] = []
let running: RunningGateway
let taxi: Taxi
let floor: Page
let road = { lat: 27.03, lon: 119.61, speedKmh: 30, headingDeg: 0 }

async function window(name: string, login: string, password: string, seat?: number): Promise<Page> {
  const context = await openBrowser({ dir, name, width: 1920, height: 1080 })
  browsers.push(context)
  const page = await firstPage(context)
  await page.goto(running.url)
  await page.locator('input[autocomplete="username"]').fill(login)
  await page.locator('input[autocomplete="current-password"]').fill(password)
  if (seat !== undefined) await page.locator('.login-seats input').nth(seat).check({ force: true })
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
  return page
}

/** For the eye, where a folder is given. */
async function look(page: Page, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready.then(() => undefined)')
  if (process.env.PINGAN_PICTURES) await page.screenshot({ path: join(process.env.PINGAN_PICTURES, `${name}.png`) })
  await reads(page, name)
}

beforeAll(async () => {
  if (!buildConsole()) throw new Error('the console could not be built; vite says why on standard error')
  running = await runGateway({
    dir,
    adapters: [jt808],
    registry: {
      ...SMALL_TOWN,
      cameras: [
        ...SMALL_TOWN.cameras,
        { id: 'c4', name: '滨江路口', position: { lat: 27.036, lon: 119.614, datum: 'wgs84' }, ownership: 'public' }
      ],
      subjects: SMALL_TOWN.subjects.map(each =>
        each.id === 'taxi'
          ? {
              ...each,
              address: FIRM,
              phrases: { safe: '下一单去火车站', duress: '下一单去飞机场' },
              cameras: [{ channel: 1, name: '车内' }]
            }
          : each
      )
    },
    config: {
      registry: {
        file: join(dir, 'registry.yaml'),
        streets: join(import.meta.dirname, '../config/grid/streets.geojson')
      },
      media: { basePort: 0, workers: 1, vehicleVideo: { enabled: true, port: 0 } }
    },
    consoleDir: join(import.meta.dirname, '../web-console/dist'),
    media: ({ ticketSecret }) =>
      createMediaPlane({
        ...{ workers: 1, basePort: 0, bindAddress: '127.0.0.1', evidenceDir, ffmpegPath: 'ffmpeg', vehiclePort: 0 },
        recording: { dir: join(dir, 'data', 'recordings'), segmentMs: 60_000, fragmentMs: 440, syncMs: 5_000 },
        ...{ preRollMs: 5_000, ticketSecret, clock: systemClock, log: silentLog }
      })
  })
  taxi = createTaxi({
    ...{ host: '127.0.0.1', port: running.port('adapters.jt808.port'), phone: '013900000007', plate: '闽J·T0637' },
    ...{ version: 2013, reportMs: 1_000, place: () => road }
  })
  taxi.start()
  await until('the taxi on line', () => taxi.status.online)
  floor = await window('floor', '10008', await running.person('10008', 'leader'), 0)
}, 180_000)

afterAll(async () => {
  for (const browser of browsers) await browser.close()
  await taxi?.stop()
  await running?.stop()
})

it('the photo is a picture on the incident, with its source; the look at it is in its custody', async () => {
  await taxi.press()
  await until('the photo', () => taxi.status.photos > 0)
  await floor.locator('.queue-row').first().waitFor()
  await floor.keyboard.press('Space')
  await until('it is acknowledged', () => [...running.gateway.incidents.all()][0]?.owner !== undefined)
  await floor.locator('.fact', { hasText: '行驶' }).getByText('30 km/h · 往北').waitFor()
  // Its road and crossing, in the head and in the queue; its firm is no place.
  await floor
    .locator('.head-place', { hasText: /路|街|巷/ })
    .getByText('30 km/h · 往北')
    .waitFor()
  for (const part of ['.head-place', '.queue-row'])
    expect(await floor.locator(part).first().textContent()).not.toContain(FIRM)
  await floor.keyboard.press('KeyH')
  await floor.keyboard.press('Digit1')
  await floor.locator('.script', { hasText: /车辆 闽J·T0637.*车在.*30 km\/h，往北/ }).waitFor()
  await look(floor, 'vehicle-script')
  await floor.keyboard.press('Escape')
  await floor.getByRole('dialog').waitFor({ state: 'detached' })
  const cabin = floor.locator('.live-tile', { hasText: '闽J·T0637 车内' })
  await cabin.and(floor.locator('[data-state="live"]')).waitFor()
  expect(await cabin.textContent()).toContain('车内')
  await look(floor, 'vehicle-video')
  for (const language of ['zh-CN', 'en'] as const) {
    await speak(floor, language)
    const item = floor.locator('.evidence .item', { hasText: `闽J·T0637 ${language === 'en' ? 'In-car' : '车载'} 1` })
    await item.getByRole('button').first().click()
    const picture = item.locator('img')
    await picture.waitFor()
    await until('the picture itself', () =>
      picture.evaluate((img: { naturalWidth: number }) => img.naturalWidth === 320)
    )
    await item.scrollIntoViewIfNeeded()
    await look(floor, `vehicle-photo-${language}`)
    expect(await item.textContent()).toContain(language === 'en' ? 'in-car photo' : '车载照片')
  }
  const [incident] = [...running.gateway.incidents.all()]
  const photo = incident?.evidence.find(each => each.origin && each.kind === 'still')
  const views = (await running.gateway.store.auditTail(200)).filter(
    entry => entry.action === 'evidenceView' && entry.object === `evidence:${photo?.id}`
  )
  expect(views.length).toBeGreaterThanOrEqual(2)
})

it('the car has driven on: the cameras near it now are offered, asked for by a key on record, recorded; the key again goes back', async () => {
  await speak(floor, 'zh-CN')
  const offer = floor.locator('.near-now')
  const near = floor.locator('.live-tile', { hasText: '滨江路口' })
  const pressed = floor.locator('.live-tile', { hasText: '杏花巷东口' })
  const asked = async () =>
    (await running.gateway.store.auditTail(200)).filter(each => each.action === 'incident.nearNow')
  await pressed.waitFor()
  expect(await offer.count()).toBe(0)
  await floor.keyboard.press('Shift+KeyV')
  await floor.getByText('车离报警处不到 200 米，或位置不明').waitFor()
  road = { lat: 27.0358, lon: 119.614, speedKmh: 42, headingDeg: 90 }
  await offer.filter({ hasText: /车已驶离 7\d\d m · 看现在位置附近的画面/ }).waitFor()
  // Nothing is taken away by itself, and nothing looked at.
  expect([await near.count(), await pressed.count(), await asked()]).toEqual([0, 1, []])
  await look(floor, 'vehicle-near-offer')
  await floor.keyboard.press('Shift+KeyV')
  await near.filter({ hasText: /距车 2\d m/ }).waitFor()
  expect([await pressed.count(), await floor.locator('.live-tile', { hasText: '车内' }).count()]).toEqual([0, 1])
  expect(await asked()).toMatchObject([{ outcome: 'done', detail: { cameras: 'c4 c2', movedM: expect.any(Number) } }])
  await until('it is evidence of the incident', () =>
    [...running.gateway.incidents.all()][0]?.evidence.some(each => each.cameraId === 'c4' && each.kind === 'clip')
  )
  for (const language of ['zh-CN', 'en'] as const) {
    await speak(floor, language)
    await offer.filter({ hasText: language === 'en' ? 'Back to the pictures' : '回到报警处附近的画面' }).waitFor()
    await look(floor, `vehicle-near-${language}`)
  }
  await floor.keyboard.press('Shift+KeyV')
  await pressed.waitFor()
  expect([await near.count(), (await asked()).length]).toEqual([0, 1])
})

it('the agreed phrase is masked until the owner asks, and stands again where the alarm is called false', async () => {
  await speak(floor, 'zh-CN')
  const card = floor.locator('.block .phrases')
  await card.waitFor()
  expect(await card.textContent()).not.toContain('火车站')
  await card.getByRole('button', { name: '显示' }).click()
  await card.getByText('下一单去飞机场').waitFor()
  await look(floor, 'vehicle-phrases-zh-CN')
  await card.getByRole('button', { name: '收起' }).click()
  await until('it is masked again', async () => !(await card.textContent())?.includes('飞机场'))
  const orders = floor.locator('.devices')
  await orders.getByRole('button', { name: '设备回拨' }).click()
  await orders.getByText('静默报警：车里的人会看到或听到').waitFor()
  // It is seen whole, and its first field has the focus.
  const form = orders.locator('form')
  await expect
    .poll(() => floor.evaluate("document.querySelector('.devices form')?.contains(document.activeElement)"))
    .toBe(true)
  await expect
    .poll(() =>
      floor.evaluate(`(() => {
        const [form, panel] = ['.devices form', 'article'].map(each => document.querySelector(each)?.getBoundingClientRect())
        return form && form.bottom <= Math.min(innerHeight, panel?.bottom ?? innerHeight) + 1
      })()`)
    )
    .toBe(true)
  await look(floor, 'vehicle-call-back-zh-CN')
  // Esc shuts the form, not the incident.
  await floor.keyboard.press('Escape')
  await form.waitFor({ state: 'detached' })
  await orders.getByRole('button', { name: '设备回拨', exact: true }).waitFor()
  await floor.keyboard.press('KeyR')
  for (const key of ['Digit2', 'Digit1']) await floor.keyboard.press(key)
  const again = floor.getByRole('dialog').locator('.phrases')
  await again.getByRole('button', { name: '显示' }).click()
  await again.getByText('下一单去火车站').waitFor()
  await look(floor, 'vehicle-phrases-false')
  await floor.keyboard.press('Escape')
})

it('the desk of the own fleet writes to the car when the floor agrees, and sees what came of it', async () => {
  const desk = await window('desk', '20001', await running.person('20001', 'taxiDispatcher', { fleetId: 'fleet-1' }))
  const cabin = desk.locator('.taxi-cabin .live-tile[data-state="live"]')
  await cabin.waitFor()
  const form = desk.locator('.taxi-text')
  await form.locator('form').waitFor()
  await form.locator('form > input').fill('请到东门停车')
  const send = form.locator('button[type="submit"]')
  await send.click({ force: true })
  expect(taxi.status.orders).toEqual([])
  await form.locator('input[type="checkbox"]').check()
  await send.click()
  await form.getByRole('status').waitFor()
  expect(taxi.status.orders.map(each => readGb18030(each.body.subarray(1)))).toEqual(['请到东门停车'])
  await form.locator('input[type="checkbox"]:not(:checked)').waitFor()
  await look(desk, 'taxi-text-zh-CN')
  await speak(desk, 'en')
  await form.locator('form').waitFor()
  await look(desk, 'taxi-text-en')
  const audited = (await running.gateway.store.auditTail(50)).filter(each => each.action === 'incident.deviceCommand')
  expect(audited.map(each => each.outcome)).toEqual(['done', 'done'])
})
