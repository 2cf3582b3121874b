/**
 * The map in Chromium, drawn in software, with a city's cameras and units: what an operator does (drag, wheel, click on a layer) until the frame
 * that shows it is handed over, while a thousand positions come each second.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { freePort } from '../../../gateway/testing/ports.ts'
import { until } from '../../../gateway/testing/wait.ts'
import { firstPage, openBrowser } from '../../../tests/browser/chromium.ts'
import { buildConsole } from '../../lib/console-build.ts'
import { percentile } from '../kit.ts'

export interface MapCost {
  readonly answersMs: readonly number[]
  readonly p95Ms: number
  /** Symbols at most over all that was looked at. */
  readonly symbols: number
  /** From one frame to the next while the map is dragged. */
  readonly frameP95Ms: number
}

const ROOT = join(import.meta.dirname, '../../..')
const SIZE = { width: 1_920, height: 1_080 }
const MIDDLE = { x: 960, y: 560 }

/** Runs in the page: an input's own time stamp until after the frame that follows it; and the time between frames. */
const WATCH = `
  window.bench = { answers: [], frames: [], symbols: 0, moving: false };
  let waiting = 0;
  const answered = new MessageChannel();
  answered.port1.onmessage = () => {
    if (waiting) bench.answers.push(performance.now() - waiting);
    waiting = 0;
    const drawn = document.querySelector('.symbol-canvas')?.dataset.symbols;
    if (drawn) bench.symbols = Math.max(bench.symbols, Number(drawn));
  };
  const asked = event => {
    if (waiting) return;
    waiting = event.timeStamp;
    // The second frame after an input shows it whatever the page did with the first.
    requestAnimationFrame(() => answered.port2.postMessage(0));
  };
  for (const kind of ['wheel', 'mousemove', 'mousedown', 'click']) addEventListener(kind, asked, { capture: true, passive: true });
  let last = 0;
  const frame = now => {
    if (bench.moving && last) bench.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
`

export async function mapCost(cameras: number, units: number): Promise<MapCost> {
  if (!buildConsole()) throw new Error('the console could not be built')
  const dir = mkdtempSync(join(tmpdir(), 'map-cost-'))
  const port = await freePort()
  const args = ['--port', String(port), '--cameras', String(cameras), '--units', String(units)]
  const server: ChildProcess = spawn(process.execPath, ['web-console/dev/fake-server.ts', ...args], {
    cwd: ROOT,
    stdio: 'ignore'
  })
  const url = `http://127.0.0.1:${port}`
  try {
    await until(
      'the fake floor',
      () =>
        fetch(url)
          .then(answer => answer.ok)
          .catch(() => false),
      60_000
    )
    const context = await openBrowser({ dir, name: 'map', ...SIZE })
    try {
      const page = await firstPage(context)
      page.setDefaultTimeout(120_000)
      await page.addInitScript(WATCH)
      return await look(page, url)
    } finally {
      await context.close()
    }
  } finally {
    server.kill()
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function look(page: Page, url: string): Promise<MapCost> {
  await page.goto(`${url}/map`)
  await page.locator('input[autocomplete="username"]').fill('10327')
  await page.locator('input[autocomplete="current-password"]').fill('any')
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
  const drawn = async () => Number(await page.locator('.symbol-canvas').getAttribute('data-symbols')) > 0
  await until('the map', drawn, 120_000)
  await page.locator('.town-canvas[data-drawn="yes"]').waitFor()
  await page.evaluate('bench.answers.length = 0')
  for (let round = 0; round < 4; round++) {
    await drag(page, round % 2 === 0 ? 1 : -1)
    await wheel(page, round % 2 === 0 ? 240 : -240)
    await page.locator('.layer-panel .tick').nth(6).click()
  }
  const { answers, frames, symbols } = await page.evaluate<{ answers: number[]; frames: number[]; symbols: number }>(
    'bench'
  )
  return { answersMs: answers, p95Ms: percentile(answers, 95), symbols, frameP95Ms: percentile(frames, 95) }
}

async function drag(page: Page, way: number): Promise<void> {
  await page.mouse.move(MIDDLE.x, MIDDLE.y)
  await page.mouse.down()
  await page.evaluate('bench.moving = true')
  for (let step = 1; step <= 40; step++) await page.mouse.move(MIDDLE.x + way * step * 8, MIDDLE.y + way * step * 4)
  await page.evaluate('bench.moving = false')
  await page.mouse.up()
}

async function wheel(page: Page, by: number): Promise<void> {
  for (let step = 0; step < 6; step++) {
    await page.mouse.wheel(0, by)
    await page.waitForTimeout(120)
  }
}
