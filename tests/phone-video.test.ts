/**
 * A patrol's live video on the whole gateway: the floor asks, a phone (Chromium with its fake camera) sends by its own press, the incident and
 * the leader's board show it, ffprobe reads the evidence, and going off duty ends it; lines and photos go both ways.
 */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import type { Incident } from '../gateway/core/incident.ts'
import { systemClock } from '../gateway/media/clock.ts'
import { createMediaPlane } from '../gateway/media/plane.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { silentLog } from '../gateway/testing/fake-host.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { buildConsole } from '../scripts/lib/console-build.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { enterAs, PATIENCE_MS, pressUntil, speak } from './browser/pages.ts'

const run = promisify(execFile)
const DIST = join(import.meta.dirname, '..', 'web-console', 'dist')
const BROWSER_MS = 240_000
const dir = tempDir('phone-video')
const evidenceDir = join(dir, 'data', 'evidence')
const protocol = createFakeProtocol()
const contexts: BrowserContext[] = []
let running: RunningGateway
let floor: Page
let phone: Page
let patrol: ConsoleClient
let operator: ConsoleClient

const incident = () => [...running.gateway.incidents.all()][0] as Incident
const audited = async () => (await running.gateway.store.auditTail(300)).toReversed()

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

async function open(name: string, path: string, login: string, password: string, phoneSize = false): Promise<Page> {
  const size = phoneSize ? { width: 390, height: 844, camera: true } : { width: 1920, height: 1080 }
  const context = await openBrowser({ dir, name, ...size })
  contexts.push(context)
  const page = await firstPage(context)
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(`${running.url}${path}`)
  await enterAs(page, { login, password })
  await page.goto(`${running.url}${path}`)
  return page
}

/** The picture moves: its time goes on. */
async function plays(page: Page, within: string): Promise<void> {
  const video = page.locator(`${within} .tile[data-state="live"] video`).first()
  await video.waitFor()
  const time = () => video.evaluate(element => (element as unknown as { currentTime: number }).currentTime)
  let from = await time()
  // A new connection begins again.
  const goesOn = async () => {
    const now = await time()
    from = Math.min(from, now)
    return now > from + 0.5
  }
  await until('the picture moves', goesOn, PATIENCE_MS)
}

beforeAll(async () => {
  if (!buildConsole()) throw new Error('the console was not built')
  running = await runGateway({
    ...{ dir, adapters: [protocol.definition], consoleDir: DIST },
    registry: {
      ...SMALL_TOWN,
      cameras: [],
      sources: [{ id: 'fake:1', subjectId: 'h1', kind: 'oneKeyCall' }]
    },
    config: { media: { basePort: 0, workers: 1 } },
    media: ({ ticketSecret }) =>
      createMediaPlane({
        ...{ workers: 2, basePort: 0, bindAddress: '127.0.0.1', evidenceDir, ffmpegPath: 'ffmpeg' },
        recording: { dir: join(dir, 'data', 'recordings'), segmentMs: 60_000, fragmentMs: 440, syncMs: 5_000 },
        ...{ preRollMs: 5_000, ticketSecret, clock: systemClock, log: silentLog }
      })
  })
  const leader = await running.person('10001', 'leader')
  operator = await logIn(running.url, '10002', await running.person('10002', 'operator'), 2)
  const rider = await running.person('20001', 'patrol', { unitId: 'u1' })
  patrol = await logIn(running.url, '20001', rider)
  expect((await patrol.command({ kind: 'onDuty' })).status).toBe(200)
  await protocol.host().accept(sampleSignal({ sourceId: id('fake:1'), receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  expect((await operator.act(incident().id, { action: 'acknowledge' })).status).toBe(200)
  expect((await operator.act(incident().id, { action: 'dispatch', unitId: id('u1') })).status).toBe(200)
  const assignmentId = incident().assignments[0]?.id ?? ''
  expect((await patrol.command({ kind: 'accept', assignmentId })).status).toBe(200)
  phone = await open('phone', '/patrol', '20001', rider, true)
  floor = await open('floor', '/', '10001', leader)
}, BROWSER_MS)
afterAll(async () => {
  for (const context of contexts) await context.close()
  operator?.close()
  patrol?.close()
  await running?.stop()
})

it('the phone sends by its own press, the incident shows it, and it is evidence', { timeout: BROWSER_MS }, async () => {
  // Nobody has asked: neither a press nor a look opens anything.
  expect((await patrol.post('/api/patrol/video', { what: 'start' })).status).toBe(409)
  expect((await patrol.post('/api/patrol/video', { what: 'again' })).status).toBe(409)
  expect((await operator.post('/api/cameras/phone%3Au1/ticket', { stream: 'main' })).status).toBe(404)
  await floor.locator('.queue-row').first().click()
  await floor.getByRole('button', { name: '要现场画面：巡防 07 车' }).click()
  await phone.getByText('请求现场画面').waitFor()
  await picture(phone, 'phone-video-asked')
  await pressUntil(phone.getByRole('button', { name: '开始传送' }), phone.getByText('正在传送现场画面'))
  await plays(floor, '.videos .phone-tile')
  await picture(phone, 'phone-video-live')
  await picture(floor, 'phone-video-incident')
  await reads(floor)
  // Beside the cameras and no row of its own; large by its key as they are.
  const heights = await floor
    .locator('.videos > .tile, .videos > .phone-tile')
    .evaluateAll(tiles => tiles.map(tile => (tile as unknown as { readonly offsetTop: number }).offsetTop))
  expect(new Set(heights).size).toBe(1)
  await floor.keyboard.press('Shift+1')
  await plays(floor, '.video-large')
  await picture(floor, 'phone-video-large')
  await floor.keyboard.press('Escape')
  await floor.locator('.video-large').waitFor({ state: 'detached' })
  // A frame of it says beside it whose picture it is and of when.
  await floor.keyboard.press('Shift+KeyM')
  const menu = floor.getByRole('dialog', { name: '与巡防的消息' })
  await menu.getByRole('button', { name: '截取当前画面' }).click()
  await menu.getByText(/^画面：巡防 07 车 \d\d:\d\d:\d\d$/).waitFor()
  await picture(floor, 'message-frame')
  await reads(floor)
  await menu.getByRole('button', { name: '不附图片' }).click()
  await floor.keyboard.press('Escape')
  await menu.waitFor({ state: 'detached' })
  const clip = await until(
    'the clip',
    () => incident().evidence.find(item => item.cameraId === 'phone:u1'),
    PATIENCE_MS
  )
  expect(clip).toMatchObject({ kind: 'clip', cameraName: '巡防 07 车' })
  const looks = (await audited()).filter(({ object }) => object === 'camera:phone:u1')
  expect(looks.map(({ who, outcome }) => `${who.slice(0, 5)} ${outcome}`)).toContain('10001 done')
})

it('W puts it on the wall, where it is one of the pictures to choose', { timeout: BROWSER_MS }, async () => {
  const wall = await floor.context().newPage()
  await wall.goto(`${running.url}/wall`)
  await wall.locator('.wall-stage').waitFor()
  await floor.bringToFront()
  await floor.keyboard.press('w')
  await wall.bringToFront()
  await plays(wall, '.wall-place[data-place="incident"]')
  await wall.locator('.wall-place').getByText('现场画面 · ').waitFor()
  await wall.locator('.wall-place .tile-title', { hasText: '巡防 07 车' }).waitFor()
  await picture(wall, 'phone-video-wall')
  await reads(wall)
  await wall.close()
})

it('stands on the leader’s board, in both languages', { timeout: BROWSER_MS }, async () => {
  await floor.goto(`${running.url}/board`)
  await plays(floor, '.phone-videos')
  await picture(floor, 'phone-video-board')
  await reads(floor)
  await speak(floor, 'en')
  await floor.getByRole('heading', { name: /^Patrols.*live video/ }).waitFor()
  await reads(floor)
})

it('the phone’s stop ends it everywhere at once; ffprobe reads what was kept', { timeout: BROWSER_MS }, async () => {
  await phone.getByRole('button', { name: '停止传送' }).click()
  await phone.getByText('正在传送现场画面').waitFor({ state: 'detached' })
  await floor.locator('.phone-video, .phone-tile').waitFor({ state: 'detached' })
  expect((await operator.post('/api/cameras/phone%3Au1/ticket', { stream: 'main' })).status).toBe(404)
  const clip = await until(
    'the clip is ready',
    () => incident().evidence.find(item => item.cameraId === 'phone:u1' && item.state === 'ready'),
    PATIENCE_MS
  )
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-count_frames', '-select_streams', 'v', '-of', 'json'],
    ...['-show_entries', 'stream=codec_name,width,height,nb_read_frames', join(evidenceDir, clip.file ?? '')]
  ])
  const [stream] = (JSON.parse(stdout) as { streams: Record<string, string | number>[] }).streams
  expect(stream).toMatchObject({ codec_name: 'h264', width: 640, height: 480 })
  expect(Number(stream?.nb_read_frames)).toBeGreaterThan(20)
  const told = (await audited()).filter(({ action }) => action.startsWith('phoneVideo.'))
  expect(told.map(({ action, outcome, detail }) => [action, outcome, detail?.how])).toEqual([
    ['phoneVideo.start', 'refused', undefined],
    ['phoneVideo.start', 'refused', undefined],
    ['phoneVideo.ask', 'done', undefined],
    ['phoneVideo.start', 'done', undefined],
    ['phoneVideo.end', 'done', 'patrol']
  ])
})

/** As phones make them: a JPEG that says where it was taken. */
async function phonePicture(name: string): Promise<string> {
  const file = join(dir, `${name}.jpg`)
  await run('ffmpeg', `-v error -y -f lavfi -i testsrc2=size=1280x960 -frames:v 1 ${file}`.split(' '))
  const bytes = await readFile(file)
  const place = Buffer.from(`Exif\0\0${PLACE}`)
  const head = Buffer.from([0xff, 0xe1, 0, place.length + 2])
  await writeFile(file, Buffer.concat([bytes.subarray(0, 2), head, place, bytes.subarray(2)]))
  return file
}
const PLACE = 'GPS 27.0330 N 119.6130 E'

it('lines with a photo go both ways, each once, also when the phone was cut off and reloaded', {
  timeout: BROWSER_MS
}, async () => {
  const file = await phonePicture('missing')
  await speak(floor, 'zh-CN')
  await floor.goto(running.url)
  await floor.locator('.queue-row').first().click()
  await floor.getByRole('button', { name: /^消息/ }).waitFor()
  await floor.keyboard.press('Shift+KeyM')
  const menu = floor.getByRole('dialog', { name: '与巡防的消息' })
  await menu.locator('input[type="file"]').setInputFiles(file)
  await menu.locator('img.message-preview').waitFor()
  // The words have the focus again: ↵ sends, it does not take the picture off.
  await menu.locator('.text-form input:focus').waitFor()
  await menu.getByPlaceholder('写一句，发给巡防').fill('老人走失，蓝色外套，照片如下')
  await menu.getByPlaceholder('写一句，发给巡防').press('Enter')
  await menu.getByText('老人走失，蓝色外套，照片如下').waitFor()

  // On the phone at once, with the picture; the floor sees that it is there, then that it was read.
  const card = phone.getByRole('status', { name: '监控中心来消息' })
  await card.getByText('老人走失，蓝色外套，照片如下').waitFor()
  await card.locator('.still-tile[data-state="ready"] img').waitFor()
  await menu.getByText('已送达').waitFor()
  await picture(phone, 'message-phone-came')
  await pressUntil(card.getByRole('button', { name: '知道了' }), card, 'hidden')
  await menu.getByText(/^已读/).waitFor()

  // Written while nothing gets through: it waits, over a reload, and goes out once.
  await phone.route('**/api/patrol/{commands,orders/**}', route => route.abort())
  await pressUntil(phone.getByRole('button', { name: /消息与照片/ }), phone.getByPlaceholder('写给监控中心'))
  await phone.locator('.take-photo input').setInputFiles(await phonePicture('found'))
  await phone.locator('.composer img.held-photo').waitFor()
  await phone.getByPlaceholder('写给监控中心').fill('找到了，在后门')
  await picture(phone, 'message-phone-write')
  await pressUntil(phone.getByRole('button', { name: '发送', exact: true }), phone.locator('.messages .waits'))
  await phone.locator('.messages .waits img.held-photo').waitFor()
  await phone.reload()
  await pressUntil(phone.getByRole('button', { name: /消息与照片/ }), phone.locator('.messages .waits img.held-photo'))
  expect(incident().messages).toHaveLength(1)
  await phone.unroute('**/api/patrol/{commands,orders/**}')

  const said = menu.locator('.unit-said')
  await said.getByText('找到了，在后门').waitFor()
  await said.locator('.still-tile[data-state="ready"] img').waitFor()
  await phone.locator('.messages .waits').waitFor({ state: 'detached' })
  await phone.locator('.messages .own .still-tile[data-state="ready"] img').waitFor()
  await picture(phone, 'message-phone')
  await picture(floor, 'message-floor')
  expect(incident().messages?.map(each => [each.from.kind, each.text, each.photo?.kind])).toEqual([
    ['user', '老人走失，蓝色外套，照片如下', 'photo'],
    ['unit', '找到了，在后门', 'photo']
  ])
  const photos = incident().evidence.filter(item => item.kind === 'photo')
  expect(photos.map(item => item.takenBy?.who.slice(0, 5))).toEqual(['10001', '20001'])
  for (const item of photos) expect((await readFile(join(evidenceDir, item.file ?? ''))).includes(PLACE)).toBe(false)
  await reads(floor, 'messages on the floor')
  await reads(phone, 'messages on the phone')

  // Recalled, it neither reads nor fetches anything any more.
  const [photo] = photos
  expect((await patrol.post(`/api/evidence/${photo?.id}/ticket`, {})).status).toBe(200)
  const assignmentId = incident().assignments[0]?.id ?? ''
  expect((await operator.act(incident().id, { action: 'recall', assignmentId })).status).toBe(200)
  expect((await patrol.post(`/api/evidence/${photo?.id}/ticket`, {})).status).toBe(404)
  const late = { action: 'message', id: 'after-the-recall-1', text: '还在吗' } as const
  expect((await operator.act(incident().id, late)).status).toBe(409)
  await phone.getByText('还在吗').waitFor({ state: 'hidden' })
})

it('an incident that is over says which unit went and when', { timeout: BROWSER_MS }, async () => {
  const answer = await operator.act(incident().id, { action: 'resolve', disposition: 'false-misuse', feedback: '误触' })
  expect(answer.status).toBe(200)
  await floor
    .locator('.unit.past', { hasText: '巡防 07 车' })
    .getByText(/接单 \d\d:\d\d:\d\d/)
    .waitFor()
  await picture(floor, 'units-past')
  await reads(floor)
})
