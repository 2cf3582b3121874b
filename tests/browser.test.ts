/** The alarm line as people see it, in Chromium: a press on the floor, the patrol's phone, the wall, the recorded seconds; readable, in both languages. */
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Incident } from '../gateway/core/incident.ts'
import type { Diagnostics, IncidentDetail } from '../gateway/core/wire.ts'
import { readStamps } from '../gateway/media/testing/player.ts'
import { type ConsoleClient, logIn as openConsole } from '../gateway/testing/console-client.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { type Demo, startDemo } from './browser/demo.ts'
import { logIn, PATIENCE_MS, picturesMove, plays, pressUntil, speak } from './browser/pages.ts'
import { wallTests } from './browser/wall-tests.ts'

const PRE_ROLL_MS = 5_000
const POST_ROLL_MS = 3_000
const HOUSEHOLD = 12
const NAME = '陈桂芳'
const CAMERAS = 18
const TEST_MS = 240_000

const dir = tempDir('browser')
const contexts: BrowserContext[] = []
const errors: string[] = []
let demo: Demo
let leader: ConsoleClient
let floor: Page
let phone: Page
let pressedAtMs = 0

async function open(name: string, width: number, height: number, phoneAt?: { latitude: number; longitude: number }) {
  const context = await openBrowser({ dir, name, width, height, position: phoneAt })
  contexts.push(context)
  const page = await firstPage(context)
  page.on('pageerror', error => errors.push(`${name}: ${error.message}`))
  return page
}

/** The record of the incident, as the gateway has it. */
async function incident(): Promise<Incident> {
  const all = (await (await leader.get('/api/incidents')).json()) as Incident[]
  const found = all.find(each => each.subject.name === NAME)
  if (!found) throw new Error(`no incident of ${NAME}`)
  return ((await (await leader.get(`/api/incidents/${found.id}`)).json()) as IncidentDetail).incident
}

async function filled(): Promise<boolean> {
  const { cameras } = (await (await leader.get('/api/diagnostics')).json()) as Diagnostics
  return cameras.length === CAMERAS && cameras.every(camera => (camera.preRollMs ?? 0) >= PRE_ROLL_MS)
}

beforeAll(async () => {
  demo = await startDemo({
    dir,
    only: ['cameras', 'boxes', 'telephones', 'taxis'],
    media: { preRollMs: PRE_ROLL_MS, postRollMs: POST_ROLL_MS }
  })
  leader = await openConsole(demo.url, '10008', demo.password('10008'), 1)
  floor = await open('floor', 1920, 1080)
  phone = await open('phone', 390, 844, { latitude: 27.0345, longitude: 119.61353 })
  await until('the seconds before an alarm, of every camera', filled, PATIENCE_MS)
}, TEST_MS)

afterAll(async () => {
  leader?.close()
  await Promise.allSettled(contexts.map(context => context.close()))
  await demo?.stop()
}, TEST_MS)

describe('from a press to a patrol that has been there', { timeout: TEST_MS }, () => {
  it('the watch logs in to a quiet floor', async () => {
    await floor.goto(demo.url)
    await floor.locator('.login-seats input').first().waitFor()
    expect(await violations(floor)).toEqual([])
    await logIn(floor, demo, { login: '10327', seat: 3 })
    await floor.getByText('没有待接警情').filter({ visible: true }).first().waitFor()
    expect(await violations(floor)).toEqual([])
  })

  it('a patrol comes on duty on its phone', async () => {
    await logIn(phone, demo, { login: '30001' }, '/patrol')
    expect(await violations(phone)).toEqual([])
    await pressUntil(phone.getByRole('button', { name: '上勤' }), phone.getByText('在岗待命'))
    await phone.getByText('精度').waitFor()
    expect(await violations(phone)).toEqual([])
  })

  it('a press is on the floor at once, and the space key acknowledges it', async () => {
    pressedAtMs = Date.now()
    const pressing = demo.press('household', HOUSEHOLD)
    await floor.locator('.queue-waiting .queue-row', { hasText: NAME }).waitFor()
    await pressing
    await floor.keyboard.press('Space')
    await floor.getByRole('heading', { name: NAME }).waitFor()
    await floor.locator('.stage.now', { hasText: '已接警' }).waitFor()
    expect((await incident()).owner).toMatchObject({ name: '林晓', seat: 3 })
  })

  it('live pictures move beside the recorded seconds before the alarm', async () => {
    await picturesMove(floor, '.videos', 2)
    await plays(floor.locator('.videos .clip-tile video'))
    await floor.keyboard.press('Shift+Digit1')
    await picturesMove(floor, '.video-large', 1)
    await plays(floor.locator('.videos .clip-tile video'))
    expect(await violations(floor)).toEqual([])
    await floor.keyboard.press('Escape')
    await floor.locator('.video-large').waitFor({ state: 'detached' })
  })

  it('D offers it to the unit, which accepts on its phone', async () => {
    await floor.locator('.unit.picked', { hasText: '巡防 07 车' }).waitFor()
    await floor.keyboard.press('d')
    await phone.getByRole('button', { name: '接单' }).waitFor()
    expect(await violations(phone)).toEqual([])
    await pressUntil(phone.getByRole('button', { name: '接单' }), phone.getByRole('button', { name: '已到场' }))
    await floor.locator('.stage.now', { hasText: '在途' }).waitFor()
    await floor.locator('.unit.sent.enRoute', { hasText: '巡防 07 车' }).waitFor()
    expect(await violations(phone)).toEqual([])
  })

  it('the patrol sees the seconds before the alarm too', async () => {
    const film = phone.getByRole('button', { name: '报警前' })
    await pressUntil(film, phone.getByRole('dialog'))
    await plays(phone.locator('.phone-clip video').first())
    await pressUntil(phone.getByRole('button', { name: '返回' }), phone.locator('main:not(:has(dialog))'))
  })

  it('a reload and a restart of the gateway lose nothing on screen', async () => {
    const before = await onScreen()
    await floor.reload()
    await until('the same picture after the reload', async () => isPartOf(before, await onScreen()), PATIENCE_MS)
    await demo.restart()
    await floor.locator('.top', { hasText: '已连接' }).waitFor({ timeout: PATIENCE_MS })
    await until('the same picture after the restart', async () => isPartOf(before, await onScreen()), PATIENCE_MS)
    await picturesMove(floor, '.videos', 2)
    await phone.getByRole('button', { name: '已到场' }).waitFor()
  })

  it('it arrives, reports, clears; R and two digits resolve it', async () => {
    await pressUntil(phone.getByRole('button', { name: '已到场' }), phone.locator('.finding').first())
    await floor.locator('.stage.now', { hasText: '到场' }).waitFor()
    await phone.locator('.finding').first().click()
    await pressUntil(phone.getByRole('button', { name: '回报' }), phone.getByText('已回报'))
    expect(await violations(phone)).toEqual([])
    await pressUntil(phone.getByRole('button', { name: '离场' }), phone.getByRole('dialog'))
    await phone.getByRole('dialog').locator('.finding').first().click()
    await pressUntil(phone.getByRole('dialog').locator('.pb.main'), phone.getByText('在岗待命'))
    await floor.keyboard.press('r')
    await floor.getByRole('dialog').waitFor()
    await floor.keyboard.press('2')
    await floor.keyboard.press('1')
    await floor.locator('.menu.resolve :is(input, textarea):focus').waitFor()
    await floor.keyboard.type('误触，已向当事人说明')
    await floor.keyboard.press('Enter')
    await floor.locator('.stage.now', { hasText: '处置完毕' }).waitFor()
    expect(await incident()).toMatchObject({ state: 'resolved', disposition: 'false-misuse' })
  })
})

/** What an operator would miss if it were gone: queue, head, states with their times, units, story. Ages and countdowns run on. */
async function onScreen() {
  const texts = (selector: string) => floor.locator(selector).allInnerTexts()
  return {
    queue: await texts('.queue-title'),
    name: await texts('.incident h1'),
    stages: await texts('.stage'),
    units: await texts('.unit.sent b:first-child'),
    story: await texts('.story .line')
  }
}

type Screen = Awaited<ReturnType<typeof onScreen>>

/** The story may have grown meanwhile. */
function isPartOf(before: Screen, after: Screen): boolean {
  const { story, ...rest } = before
  const same = JSON.stringify(rest) === JSON.stringify({ ...after, story: undefined })
  return same && story.every(line => after.story.includes(line))
}

describe('evidence', { timeout: TEST_MS }, () => {
  it('the clip begins before the press by the whole pre-roll, by the stamps in its pictures, and plays in the browser', async () => {
    const clips = await until(
      'the clips',
      async () => {
        const all = (await incident()).evidence.filter(item => item.kind === 'clip')
        return all.length >= 2 && all.every(item => item.state === 'ready') ? all : undefined
      },
      PATIENCE_MS
    )
    for (const clip of clips) {
      const stamps = await readStamps(join(demo.evidenceDir, clip.file ?? ''))
      const [first, last] = [stamps.at(0), stamps.at(-1)]
      // A busy machine takes the press, and a picture of the last second, later than they were sent.
      expect(first?.wallMs, clip.cameraName).toBeLessThanOrEqual((await incident()).openedAtMs - PRE_ROLL_MS + 500)
      expect(last?.wallMs, clip.cameraName).toBeGreaterThanOrEqual(pressedAtMs + POST_ROLL_MS - 2_500)
    }
    // No menu is open, whatever an earlier test left; the incident is still the chosen one.
    await floor.goto(demo.url)
    // The caller's voice stands first and has no picture.
    const pictures = floor.locator('.evidence .item').filter({ hasNotText: '通话录音' })
    await pictures.getByRole('button', { name: '播放' }).first().click()
    await plays(floor.locator('.evidence .clip-tile video'))
    await floor.locator('.evidence').getByRole('button', { name: '看图' }).first().click()
    await floor.locator('.evidence .still-tile img').waitFor()
  })
})

describe('wall', { timeout: TEST_MS }, () => {
  it('shows sixteen pictures that move', async () => {
    await floor.goto(`${demo.url}/wall`)
    await picturesMove(floor, '.wall-grid', 16)
    expect(await violations(floor)).toEqual([])
  })

  it('a private camera says why it is closed and opens for a reason', async () => {
    await floor.goto(`${demo.url}/wall`)
    await floor.locator('.wall-cell', { hasText: '社会探头' }).first().locator('.wall-open').dblclick()
    const dialog = floor.getByRole('dialog')
    await dialog.getByText('未开放').waitFor()
    expect(await violations(floor)).toEqual([])
    await dialog.getByRole('textbox').fill('店主请求协助')
    await dialog.getByRole('textbox').press('Enter')
    await picturesMove(floor, 'dialog', 1)
    await dialog.getByText('店主请求协助').waitFor()
  })
})

wallTests({ demo: () => demo, leader: () => leader, floor: () => floor, open })

describe('every page', { timeout: TEST_MS }, () => {
  it('the administrator sees devices and adapters', async () => {
    const admin = await open('admin', 1366, 768)
    await logIn(admin, demo, { login: '10001' }, '/admin')
    await admin.locator('table').first().waitFor()
    expect(await violations(admin)).toEqual([])
  })

  /** Fonts and pictures arrive while one looks: what counts is what stands there once they have. */
  const readable = (when: string) =>
    expect.poll(() => unreadable(floor), { timeout: 60_000, message: when }).toEqual([])

  for (const language of ['zh-CN', 'en'] as const)
    it(`the floor can be read on a small screen, ${language}`, async () => {
      await floor.setViewportSize({ width: 1366, height: 768 })
      await floor.goto(demo.url)
      await speak(floor, language)
      await demo.press('box', language === 'en' ? 3 : 5)
      await demo.press('taxi', language === 'en' ? 7 : 9)
      await floor.locator('.queue-waiting .queue-row').nth(1).waitFor()
      await readable('two alarms')
      await floor.keyboard.press('Space')
      await floor.locator('.incident .stage.now').waitFor()
      for (const key of ['F7', 'F8', 'F6', 'e', 'Escape', 'r', 'Escape', 'Shift+Slash', 'Escape']) {
        await floor.keyboard.press(key)
        await readable(key)
      }
    })

  it('nothing was thrown', () => {
    expect(errors).toEqual([])
  })
})
