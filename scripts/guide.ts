/** Takes the pictures of the operator's guide from the running demo: one alarm from the press to the file by keys, in Chinese and in English. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { firstPage, openBrowser } from '../tests/browser/chromium.ts'
import { type Demo, startDemo } from '../tests/browser/demo.ts'
import { logIn, picturesMove, speak } from '../tests/browser/pages.ts'
import { handle, type StepName } from './walk/handling.ts'
import { smallPicture } from './walk/small-picture.ts'

const OUT = resolve(process.argv[2] ?? join(import.meta.dirname, '../docs/screenshots'))
const SHOWN: ReadonlySet<StepName> = new Set(['waiting', 'acknowledged', 'offered', 'onScene', 'feedback', 'filed'])
const RUNS = [
  { language: 'zh-CN', end: '', household: 12, words: '老人已送县医院，家属随行' },
  { language: 'en', end: '-en', household: 31, words: 'Taken to the county hospital with her daughter' }
] as const

const dir = mkdtempSync(join(tmpdir(), 'pingan-guide-'))
const contexts: BrowserContext[] = []

async function seat(demo: Demo, name: string, login: string, number: number): Promise<Page> {
  const context = await openBrowser({ dir, name, width: 1920, height: 1080 })
  contexts.push(context)
  const page = await firstPage(context)
  await logIn(page, demo, { login, seat: number })
  return page
}

async function take(demo: Demo, operator: Page, leader: Page): Promise<void> {
  for (const { language, end, household, words } of RUNS) {
    for (const page of [operator, leader]) {
      await page.bringToFront()
      await speak(page, language)
      await page.locator('.floor-main').waitFor()
      await page.keyboard.press('t')
    }
    await operator.bringToFront()
    await handle({
      ...{ operator, leader, words },
      press: () => demo.press('household', household),
      async look(name, page) {
        if (!SHOWN.has(name)) return
        await page.locator('.town-canvas[data-drawn="yes"]').waitFor()
        if (name === 'acknowledged' || name === 'filed') {
          await picturesMove(page, '.videos', 1)
          await page.locator('.videos .clip-tile[data-state="ready"]').first().waitFor()
        }
        await smallPicture(page, join(OUT, `guide-${name.toLowerCase()}${end}.png`))
      }
    })
  }
}

let demo: Demo | undefined
try {
  mkdirSync(OUT, { recursive: true })
  demo = await startDemo({ dir })
  await take(demo, await seat(demo, 'operator', '10327', 3), await seat(demo, 'leader', '10008', 1))
} finally {
  await Promise.allSettled(contexts.map(context => context.close()))
  await demo?.stop()
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}
