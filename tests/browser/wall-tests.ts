/** The video wall and the video patrol in Chromium: layouts, tours, the alarm place, the main stream, zoom, a finding with its still. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Incident } from '../../gateway/core/incident.ts'
import type { PatrolPlan, WallTour } from '../../gateway/core/wall.ts'
import type { ConsoleClient } from '../../gateway/testing/console-client.ts'
import { until } from '../../gateway/testing/wait.ts'
import { unreadable, violations } from './checks.ts'
import type { Demo } from './demo.ts'
import { logIn, PATIENCE_MS, picturesMove } from './pages.ts'

export interface WallTestDeps {
  demo(): Demo
  leader(): ConsoleClient
  /** Logged in as 10327 at seat 3. */
  floor(): Page
  open(name: string, width: number, height: number): Promise<Page>
}

/** A still's decoder lets everything else on the machine go first. */
const STILL_MS = 150_000
const TEST_MS = 300_000

/** Runs in the page: counts moments at which the alarm place shows no picture (one that waits for its camera is none that is black), and gathers the names it showed. */
const WATCH = `
  window.wallSeen = { black: 0, names: [] };
  setInterval(() => {
    const layers = [...document.querySelectorAll('.wall-place .layer')]
      .filter(layer => !layer.classList.contains('ahead') && getComputedStyle(layer).opacity !== '0');
    const live = layers.filter(layer => layer.querySelector('.live-tile:is([data-state="live"], [data-state="stale"])'));
    if (live.length === 0) window.wallSeen.black += 1;
    const name = live.at(-1)?.querySelector('.tile-title')?.textContent;
    if (name && window.wallSeen.names.at(-1) !== name) window.wallSeen.names.push(name);
  }, 40)`

/** Who waits, ten times over: rows of the list that are in sight, and those of which only a part is. */
const CUT_ROWS = `(() => {
  const list = document.querySelector('.wall-panel.list ul')
  const more = Array.from({ length: 9 }, () => list.appendChild(list.firstElementChild.cloneNode(true)))
  const bottom = Math.min(...[list, list.parentElement].map(each => each.getBoundingClientRect().bottom)) + 0.5
  const rows = [...list.children].map(each => each.getBoundingClientRect()).filter(({ top }) => top + 1 < bottom)
  for (const each of more) each.remove()
  return { shown: rows.length, cut: rows.filter(each => each.bottom > bottom).length }
})()`

interface Seen {
  readonly black: number
  readonly names: readonly string[]
}

const seen = (page: Page) => page.evaluate<Seen>('window.wallSeen')
const grid = (page: Page, tiles: string) =>
  page.locator('.wall-controls fieldset').getByRole('button', { name: tiles, exact: true }).click()

/** A page that has just been loaded may not listen to keys yet. */
async function keyOpens(page: Page, key: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  const opened = async () => {
    if (await dialog.isVisible()) return true
    await page.keyboard.press(key)
    return false
  }
  await until(`${key} opens its dialog`, opened, PATIENCE_MS)
}

/** A page that has just been loaded may not listen to keys yet. */
async function pressUntilSeen(page: Page, key: string, selector: string): Promise<void> {
  const seen = async () => {
    if (await page.locator(selector).first().isVisible()) return true
    await page.keyboard.press(key)
    return false
  }
  await until(`${key} shows ${selector}`, seen, PATIENCE_MS)
}

/** A picture that is lost for a moment has no still; the operator presses again. */
async function savedStill(page: Page): Promise<string> {
  const saved = async () => {
    const [file] = await Promise.all([
      page.waitForEvent('download', { timeout: 5_000 }).catch(() => undefined),
      page.keyboard.press('s')
    ])
    return file?.suggestedFilename()
  }
  return until('the still as a file', saved, PATIENCE_MS)
}

/** No dialog is open and no tile is chosen, whatever an earlier test left. */
async function bare(page: Page, demo: Demo): Promise<void> {
  await page.goto(`${demo.url}/wall`)
  await page.locator('.wall-cell').first().waitFor()
}

export function wallTests(deps: WallTestDeps): void {
  const publicCameras = async (): Promise<readonly string[]> => {
    const cameras = (await (await deps.leader().get('/api/cameras')).json()) as { id: string; ownership: string }[]
    return cameras.filter(camera => camera.ownership === 'public').map(camera => camera.id)
  }

  describe('wall by keys', { timeout: TEST_MS }, () => {
    it('shows more and fewer tiles, remembers its layout over a reload, and can be read', async () => {
      const floor = deps.floor()
      await floor.goto(`${deps.demo().url}/wall`)
      await grid(floor, '36')
      await picturesMove(floor, '.wall-grid', 14)
      expect(await floor.locator('.wall-cell').count()).toBe(36)
      expect(await unreadable(floor)).toEqual([])
      await floor.reload()
      await floor.locator('.wall-cell').nth(35).waitFor()
      for (const key of ['l', 't', 'Shift+Slash']) {
        await keyOpens(floor, key)
        expect(await violations(floor)).toEqual([])
        expect(await unreadable(floor)).toEqual([])
        await floor.keyboard.press('Escape')
        await floor.getByRole('dialog').waitFor({ state: 'detached' })
      }
      await grid(floor, '4')
      await picturesMove(floor, '.wall-grid', 3)
      expect(await violations(floor)).toEqual([])
    })

    it('a number puts its camera on the chosen tile; F takes the main stream, + zooms, Esc goes back', async () => {
      const floor = deps.floor()
      await bare(floor, deps.demo())
      await pressUntilSeen(floor, 'ArrowRight', '.wall-cell.chosen')
      const before = await floor.locator('.wall-cell.chosen .layer.front .tile-title').textContent()
      const list = (await (await deps.leader().get('/api/cameras')).json()) as { ownership: string }[]
      await floor.keyboard.type(String(list.findLastIndex(camera => camera.ownership === 'public') + 1))
      const title = floor.locator('.wall-cell.chosen .layer.front .tile-title')
      await until('another camera on the tile', async () => (await title.textContent()) !== before, PATIENCE_MS)
      await keyOpens(floor, 'f')
      const dialog = floor.getByRole('dialog')
      const width = (layer: string) =>
        dialog
          .locator(`.layer.${layer} .live-tile[data-state="live"] video`)
          .evaluate(video => (video as unknown as { videoWidth: number }).videoWidth)
      await picturesMove(floor, 'dialog .layer.front', 1)
      expect(await width('front')).toBeGreaterThan(await width('under'))
      await floor.keyboard.press('+')
      await dialog.getByText('×1.3').waitFor()
      await floor.keyboard.press('0')
      await dialog.getByText('×1.3').waitFor({ state: 'detached' })
      expect(await savedStill(floor)).toMatch(/_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.jpg$/)
      await floor.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    })

    it('a tour changes its picture without a black moment, and a P1 takes its place while the next one waits', async () => {
      const floor = deps.floor()
      const tour = { name: '试巡', shared: true, cameras: (await publicCameras()).slice(0, 2), dwellS: 5 }
      const made = (await (await deps.leader().post('/api/wall/tours', tour)).json()) as WallTour
      await bare(floor, deps.demo())
      await keyOpens(floor, 't')
      await floor.locator('.tour-row', { hasText: made.name }).getByRole('button', { name: '在警情位' }).click()
      await floor.keyboard.press('Escape')
      await picturesMove(floor, '.wall-place .layer.front', 1)
      await floor.evaluate(WATCH)
      const changed = async () => (await seen(floor)).names.length >= 2
      await until('the tour has changed its picture', changed, PATIENCE_MS)
      expect((await seen(floor)).black).toBe(0)

      await deps.demo().press('household', 21)
      await floor.locator('.wall-place.alarm').waitFor()
      await picturesMove(floor, '.wall-place.alarm .layer.front', 1)
      await deps.demo().press('household', 22)
      await floor.locator('.wall-wait').first().waitFor()
      expect(await floor.locator('.wall-place.alarm').count()).toBe(1)
      expect(await floor.evaluate(CUT_ROWS)).toEqual({ shown: 3, cut: 0 })
      expect(await violations(floor)).toEqual([])
    })

    it('W on the floor puts the one that waits onto the wall of the same seat', async () => {
      const wall = deps.floor()
      await bare(wall, deps.demo())
      await deps.demo().press('household', 23)
      await wall.locator('.wall-place.alarm').waitFor()
      await deps.demo().press('household', 24)
      const all = (await (await deps.leader().get('/api/incidents')).json()) as Incident[]
      const waits = all.toSorted((a, b) => b.openedAtMs - a.openedAtMs)[0]
      if (!waits) throw new Error('no incident')
      await wall.locator('.wall-wait', { hasText: waits.subject.name }).waitFor()
      const desk = await wall.context().newPage()
      await desk.goto(deps.demo().url)
      await desk.locator('.queue-row', { hasText: waits.subject.name }).first().click()
      await desk.getByRole('heading', { name: waits.subject.name }).waitFor()
      await desk.keyboard.press('w')
      await wall.locator('.wall-alarm-head', { hasText: waits.subject.name }).waitFor()
      await desk.close()
    })
  })

  describe('video patrol', { timeout: TEST_MS }, () => {
    it('a round is walked by keys, and a finding is an incident with its still', async () => {
      const floor = deps.floor()
      const [first, second] = await publicCameras()
      // A shift that began a minute ago, in the minutes of the site's day.
      const fromMin = (Math.floor(Date.now() / 60_000) + 8 * 60 - 1) % 1_440
      const shift = { fromMin, toMin: (fromMin + 720) % 1_440, persons: ['10327'] }
      const draft = {
        name: '城关重点',
        shared: true,
        cameras: [first, second],
        shifts: [shift],
        intervalMin: 720,
        minLookS: 3
      }
      const plan = (await (await deps.leader().post('/api/video-patrol/plans', draft)).json()) as PatrolPlan
      await floor.goto(`${deps.demo().url}/video-patrol`)
      await floor.getByRole('heading', { name: plan.name }).waitFor()
      expect(await violations(floor)).toEqual([])
      await floor.keyboard.press('Space')
      await picturesMove(floor, '.rounds-stage .layer.front', 1)
      await keyOpens(floor, 'x')
      expect(await violations(floor)).toEqual([])
      await floor.locator('.rounds-kinds button:focus').waitFor()
      await floor.keyboard.press('2')
      await floor.keyboard.type('路口有烟')
      await floor.keyboard.press('Enter')
      await floor.getByText('已上报').waitFor()
      await floor.getByText('情况 1').waitFor()
      const incident = await until(
        'the incident with its still',
        async () => {
          const all = (await (await deps.leader().get('/api/incidents')).json()) as Incident[]
          return all.find(
            each =>
              each.alarmClass === 'fire' && each.evidence.some(item => item.kind === 'still' && item.state === 'ready')
          )
        },
        STILL_MS
      )
      expect(incident.cameras[0]).toMatchObject({ cameraId: first, distanceM: 0 })
      await until(
        'camera 1 seen',
        async () => {
          if ((await floor.locator('.rounds-row.seen').count()) > 0) return true
          await floor.keyboard.press('Space')
          return false
        },
        PATIENCE_MS
      )
      await picturesMove(floor, '.rounds-stage .layer.front', 1)
      await until(
        'the round is over',
        async () => {
          await floor.keyboard.press('Space')
          return floor.getByText('现在没有要巡的轮次').isVisible()
        },
        PATIENCE_MS
      )
      expect(await unreadable(floor)).toEqual([])
    })

    it('the leader sees plans and the report, on a small screen too', async () => {
      const page = await deps.open('leader', 1366, 768)
      await logIn(page, deps.demo(), { login: '10008', seat: 1 }, '/video-patrol')
      await page.getByRole('button', { name: '计划' }).click()
      await page.getByText('城关重点').first().waitFor()
      expect(await violations(page)).toEqual([])
      expect(await unreadable(page)).toEqual([])
      await page.getByRole('button', { name: '报表' }).click()
      await page.locator('.rounds-table td', { hasText: '林晓' }).waitFor()
      expect(await violations(page)).toEqual([])
      expect(await unreadable(page)).toEqual([])
    })
  })
}
