/**
 * Takes the pictures of docs/screenshots from the running demo, as people see it, in both languages: presses, acknowledges, dispatches, and looks.
 * `screenshots.ts FOLDER pages [NAME…]`: only those of scripts/walk/page-table.ts, or only the named ones of them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright-core'
import { id, type UnitId } from '../gateway/core/brand.ts'
import type { Incident } from '../gateway/core/incident.ts'
import type { CameraView, Diagnostics } from '../gateway/core/wire.ts'
import { type ConsoleClient, logIn as openConsole } from '../gateway/testing/console-client.ts'
import { until } from '../gateway/testing/wait.ts'
import { firstPage, openBrowser } from '../tests/browser/chromium.ts'
import { type Demo, startDemo } from '../tests/browser/demo.ts'
import { logIn, picturesMove, pressUntil } from '../tests/browser/pages.ts'
import type { Kind } from './town/control.ts'
import { openAlbum } from './walk/album.ts'
import { openPage, PAGES, READERS, type Reader } from './walk/page-table.ts'

const OUT = resolve(process.argv[2] ?? join(import.meta.dirname, '../docs/screenshots'))
const PRE_ROLL_MS = 29_000
/** Down 人民路, from two crossings north of the household whose telephone is pressed. */
const WAY = [27.0345, 27.034, 27.0335, 27.033].map(latitude => ({ latitude, longitude: 119.61353 }))
const HOUSEHOLD = 12
/** Pressed last, so that somebody waits with time left on the clock. */
const WAITING = [
  ['taxi', 7],
  ['button', 4],
  ['box', 3]
] as const

const dir = mkdtempSync(join(tmpdir(), 'pingan-screenshots-'))
const contexts: BrowserContext[] = []
let demo: Demo | undefined

async function window(name: string, width = 1920, height = 1080, phone = false): Promise<Page> {
  const context = await openBrowser({
    dir,
    name,
    width,
    height,
    ...(phone ? { scale: 2, position: WAY[0] } : {})
  })
  contexts.push(context)
  return firstPage(context)
}

const album = openAlbum(OUT)

/** Every camera has its seconds before an alarm in memory, every patrol has told where it is. */
async function alive(leader: ConsoleClient): Promise<void> {
  const ready = async () => {
    const { cameras } = (await (await leader.get('/api/diagnostics')).json()) as Diagnostics
    return cameras.length >= 18 && cameras.every(camera => (camera.preRollMs ?? 0) >= PRE_ROLL_MS)
  }
  await until('the pre-roll of all cameras', ready, 300_000)
}

/** The incident of a press, as soon as the floor has it. */
async function incidentOf(client: ConsoleClient, running: Demo, kind: Kind, n: number): Promise<Incident> {
  const since = client.bodies.length
  await running.press(kind, n)
  return until(`the incident of ${kind} ${n}`, () =>
    client.bodies
      .slice(since)
      .map(({ body }) => (body.type === 'incident' ? body.incident : undefined))
      .find(incident => incident?.state === 'new')
  )
}

/** Work of another seat, so that the queue is a queue: acknowledged ones, and one with a unit on its way. */
async function otherSeat(running: Demo, other: ConsoleClient): Promise<void> {
  const box = await incidentOf(other, running, 'box', 9)
  await other.act(box.id, { action: 'acknowledge' })
  await other.act(box.id, { action: 'dispatch', unitId: id<UnitId>('unit-police-2') })
  const button = await incidentOf(other, running, 'button', 6)
  await other.act(button.id, { action: 'acknowledge' })
  await other.act(button.id, { action: 'verify', nature: 'lostOrFallen' })
}

/** From the press to units on their way, by the keys of the floor; the phone answers. */
async function workIncident(running: Demo, floor: Page, phone: Page): Promise<void> {
  await running.press('household', HOUSEHOLD)
  await running.press('household', HOUSEHOLD)
  await floor.locator('.queue-waiting .queue-row').first().waitFor()
  await floor.keyboard.press('Space')
  await floor.locator('.incident .unit.picked').waitFor()
  await floor.keyboard.press('e')
  await floor.keyboard.press('2')
  await floor.locator('.incident .chip.red', { hasText: '暴力' }).waitFor()
  await picturesMove(floor, '.videos', 2)
  await floor.locator('.videos .clip-tile[data-state="ready"]').waitFor()
  await album.both(floor, 'incident', floor.locator('.floor-main'))
  const team = floor.locator('button.unit', { hasText: '巡防 07 车' })
  if ((await team.getAttribute('aria-pressed')) !== 'true') {
    await floor.locator('button.unit.picked').click()
    await team.click()
  }
  await floor.keyboard.press('d')
  const accept = phone.getByRole('button', { name: '接单' })
  await accept.waitFor()
  await album.both(phone, 'patrol-offer')
  await pressUntil(accept, phone.getByRole('button', { name: '已到场' }))
  await phone.getByRole('button', { name: '报警前' }).waitFor()
  await album.both(phone, 'patrol')
  await floor.locator('.unit.sent.enRoute').waitFor()
  await drive(phone, 1)
}

/** The patrol's phone moves on, and tells so. */
async function drive(phone: Page, step: number): Promise<void> {
  let heard = false
  const told = phone
    .waitForResponse(response => response.url().endsWith('/api/patrol/position'))
    .finally(() => (heard = true))
  // A browser that is busy may pass over one fix: then the next, a hand's breadth on.
  const at = WAY[step]
  for (let n = 0; !heard; n++) {
    await phone.context().setGeolocation(at ? { ...at, latitude: at.latitude + n * 1e-6 } : null)
    await Promise.race([told, pause(2_000)])
  }
  await told
}

async function otherViews(floor: Page, phone: Page, running: Demo): Promise<void> {
  await floor.goto(`${running.url}/wall`)
  await picturesMove(floor, '.wall-grid', 17)
  await album.both(floor, 'wall')
  await wallViews(floor)
  await floor.goto(`${running.url}/map`)
  await drive(phone, 3)
  await picturesMove(floor, '.map-card', 2)
  await floor.locator('.town-canvas[data-drawn="yes"]').waitFor()
  await album.both(floor, 'map')
  await floor.goto(`${running.url}/demo`)
  await floor.locator('.demo-button').first().waitFor()
  await album.both(floor, 'demo')
}

/** Sixteen small pictures beside the alarm place, one of them chosen and zoomed; then one camera large. */
async function wallViews(floor: Page): Promise<void> {
  await floor.locator('.wall-controls fieldset').getByRole('button', { name: '16', exact: true }).click()
  await picturesMove(floor, '.wall-grid', 14)
  await floor.locator('.wall-cell .wall-open').nth(5).focus()
  for (const key of ['+', '+', '+', '+']) await floor.keyboard.press(key)
  await album.both(floor, 'wall-16')
  await floor.keyboard.press('Escape')
  await floor.locator('.wall-controls fieldset .btn').first().click()
}

/** A shift that began a minute ago, in the minutes of the site's day; two of its cameras have been looked at. */
async function videoPatrol(running: Demo, leader: ConsoleClient, floor: Page): Promise<void> {
  const cameras = (await (await leader.get('/api/cameras')).json()) as readonly CameraView[]
  const open = cameras.filter(camera => camera.ownership === 'public').map(camera => camera.id)
  const fromMin = (Math.floor(Date.now() / 60_000) + 8 * 60 - 1) % 1_440
  const shift = { fromMin, toMin: (fromMin + 480) % 1_440, persons: ['10327', '10411'] }
  const plan = {
    name: '城关重点部位',
    shared: true,
    cameras: open.slice(0, 10),
    shifts: [shift],
    intervalMin: 60,
    minLookS: 3
  }
  const made = await leader.post('/api/video-patrol/plans', plan)
  if (!made.ok) throw new Error(`the plan was refused: ${await made.text()}`)
  await floor.goto(`${running.url}/video-patrol`)
  await floor.getByRole('heading', { name: plan.name }).waitFor()
  const seen = async () => {
    await floor.keyboard.press('Space')
    return (await floor.locator('.rounds-row.seen').count()) === 2
  }
  await until('two cameras looked at', seen, 60_000)
  await picturesMove(floor, '.rounds', 3)
  await album.both(floor, 'video-patrol')
}

/** Sealed items with their custody, and the export of the open incident; then the same seconds on the playback page. */
async function evidenceViews(running: Demo, leader: Page, incident: Incident): Promise<void> {
  await leader.goto(`${running.url}/`)
  await leader.locator('.queue-row', { hasText: incident.subject.name }).first().click()
  await leader.locator('.block.evidence .chip.ok').first().waitFor({ state: 'attached' })
  await picturesMove(leader, '.videos', 2)
  await leader.keyboard.press('Shift+KeyE')
  await leader.locator('.export-form').waitFor()
  await album.both(leader, 'export')
  await leader.keyboard.press('Escape')
  await leader.goto(`${running.url}/evidence`)
  await leader.locator('.ev-tabs .btn').nth(2).click()
  await leader.locator('.ev-item').first().click()
  await leader.locator('.ev-drawer .custody li').first().waitFor()
  await album.both(leader, 'evidence')
  const cameras = incident.cameras.map(camera => camera.cameraId).join(',')
  const link = `cameras=${cameras}&at=${incident.openedAtMs}&incident=${incident.id}`
  await leader.goto(`${running.url}/playback?${link}`)
  await leader.locator('.play-tile[data-frame-ms]').first().waitFor()
  await album.both(leader, 'playback')
}

/** The pages of the table by one of their readers, or only the named ones. */
async function pagesOf(running: Demo, reader: Reader, page: Page, names: readonly string[] = []): Promise<void> {
  for (const row of PAGES[reader].filter(({ name }) => names.length === 0 || names.includes(name)))
    await album.attempt(row.name, async () => {
      await openPage(page, running.url, row)
      await album.both(page, row.name)
    })
}

/** In a window of his own. */
async function enter(running: Demo, reader: Reader): Promise<Page> {
  const page = await window(reader)
  await logIn(page, running, READERS[reader], READERS[reader].path)
  return page
}

/** Who is not yet at his desk: the log-in, then the administrator's pages and the taxi desk. */
async function otherDesks(running: Demo, names?: readonly string[]): Promise<void> {
  await album.attempt('login', async () => {
    const page = await window('nobody')
    await page.goto(running.url)
    await page.locator('.login-seats input').first().waitFor({ state: 'attached' })
    await album.both(page, 'login')
  })
  for (const reader of ['administrator', 'taxi'] as const)
    await album.attempt(`log-in of ${reader}`, async () =>
      pagesOf(running, reader, await enter(running, reader), names)
    )
}

/** A little of a shift for the pages to show: incidents of two seats, a hand-over, calls that are due. */
async function shiftWork(leader: ConsoleClient, other: ConsoleClient, incident: Incident): Promise<void> {
  const due = await leader.post('/api/follow-ups', { incidentId: incident.id, dueInMs: 0, note: '问老人身体如何' })
  if (!due.ok) throw new Error(`the follow-up was refused: ${await due.text()}`)
  await leader.post('/api/follow-ups', { incidentId: incident.id, dueInMs: 7_200_000, whom: '吴强', note: '告知儿子' })
  await other.post('/api/shift', { to: '10008', note: '西街路灯不亮，巡防多走一趟；惠民超市报警主机电池低，已报修' })
}

/** Only the pages of the table, over an hour's beginning of incidents. */
async function pagesOnly(running: Demo, names: readonly string[]): Promise<void> {
  const leader = await openConsole(running.url, '10008', running.password('10008'), 1)
  const other = await openConsole(running.url, '10411', running.password('10411'), 4)
  await other.connect()
  await otherSeat(running, other)
  await shiftWork(leader, other, await incidentOf(other, running, 'household', 31))
  for (const [kind, n] of WAITING) await running.press(kind, n)
  await pagesOf(running, 'leader', await enter(running, 'leader'), names)
  await otherDesks(running, names)
  for (const client of [leader, other]) client.close()
}

/** The floor and the phone of one team: an incident from the press to units on their way. */
async function floorViews(running: Demo, floor: Page, phone: Page): Promise<void> {
  await floor.keyboard.press('Space')
  await floor.locator('.incident').waitFor()
  await workIncident(running, floor, phone)
  for (const [kind, n] of WAITING) await running.press(kind, n)
  await floor
    .locator('.queue-waiting .queue-row')
    .nth(WAITING.length - 1)
    .waitFor()
  await drive(phone, 2)
  await picturesMove(floor, '.videos', 2)
  await floor.locator('.town-canvas[data-drawn="yes"]').waitFor()
  await album.both(floor, 'floor')
}

async function work(running: Demo): Promise<void> {
  const leader = await openConsole(running.url, '10008', running.password('10008'), 1)
  const other = await openConsole(running.url, '10411', running.password('10411'), 4)
  await other.connect()
  await alive(leader)
  const floor = await window('floor')
  await logIn(floor, running, { login: '10327', seat: 3 })
  await floor.keyboard.press('t')
  const phone = await window('phone', 390, 844, true)
  await logIn(phone, running, { login: '30001' }, '/patrol')
  await pressUntil(phone.getByRole('button', { name: '上勤' }), phone.getByText('没有派单'))
  await otherSeat(running, other)
  const pressed = await incidentOf(other, running, 'household', 31)
  await album.attempt('floor and patrol', () => floorViews(running, floor, phone))
  await album.attempt('wall, map, demo', () => otherViews(floor, phone, running))
  await album.attempt('video patrol', () => videoPatrol(running, leader, floor))
  // Their live pictures would make all that follows slow.
  for (const page of [floor, phone]) await page.context().close()
  // Before the leader sits down at the desk: that ends this log-in of his.
  await shiftWork(leader, other, pressed)
  const desk = await enter(running, 'leader')
  await album.attempt('evidence', () => evidenceViews(running, desk, pressed))
  await pagesOf(running, 'leader', desk)
  await otherDesks(running)
  for (const client of [leader, other]) client.close()
}

try {
  demo = await startDemo({ dir })
  await (process.argv[3] === 'pages' ? pagesOnly(demo, process.argv.slice(4)) : work(demo))
} finally {
  await Promise.allSettled(contexts.map(context => context.close()))
  await demo?.stop()
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}
if (album.failed.length > 0) {
  console.error(`Not taken:\n${album.failed.join('\n')}`)
  process.exitCode = 1
}
