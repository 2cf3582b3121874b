/** What must hold on every page: WCAG 2.2 A and AA by axe-core, and text that can be read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { PATIENCE_MS } from './pages.ts'

const LAYOUT = readFileSync(join(import.meta.dirname, 'layout.page.js'), 'utf8')
const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** A fault that stands this long in a page that has its fonts and pictures is one. */
const STANDS_MS = 2_000
/** Words that count on, in a fault, make a new one of it every second. */
const ENOUGH_MS = 30_000

/** Runs in the page: ends when fonts and pictures are there and nothing moves that comes to an end. */
const DRAWN = `(async () => {
  const within = ms => new Promise(resolve => setTimeout(resolve, ms))
  await document.fonts.ready
  const ends = ({ effect, playState }) => playState === 'running' && Number.isFinite(effect?.getComputedTiming().endTime)
  const drawn = Promise.allSettled([
    ...document.getAnimations().filter(ends).map(({ finished }) => finished),
    ...[...document.images].filter(({ complete, loading }) => !complete && loading !== 'lazy').map(image => image.decode())
  ])
  await Promise.race([drawn, within(10_000)])
  // A window behind another one may get no frame.
  const frames = new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  await Promise.race([frames, within(1_000)])
})()`

/** One line for each element that breaks a rule; empty when the page is fine. */
export async function violations(page: Page): Promise<readonly string[]> {
  return settled(page, async () => {
    // To read it takes the page longer than to be looked at by it.
    if (!(await page.evaluate("'axe' in window"))) await page.evaluate(`${AXE}; undefined`)
    return page.evaluate<string[]>(
      `axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(node => id + ': ' + node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? ''))))`
    )
  })
}

/** Texts that are cut off or lie on one another; empty when everything can be read. */
export function unreadable(page: Page): Promise<readonly string[]> {
  return settled(page, () => page.evaluate<string[]>(LAYOUT))
}

/**
 * Nothing, or the faults that stand: on a slow machine one looks while a row fades in, a font is swapped or an answer is drawn, and
 * what lies on other text for that moment is read by nobody.
 */
async function settled(page: Page, ask: () => Promise<readonly string[]>): Promise<readonly string[]> {
  await page.evaluate(DRAWN)
  const beganMs = performance.now()
  let [words, sinceMs] = ['', beganMs]
  for (;;) {
    const faults = await ask()
    if (faults.length === 0) return faults
    if (words !== faults.join('\n')) [words, sinceMs] = [faults.join('\n'), performance.now()]
    const nowMs = performance.now()
    if (nowMs - sinceMs >= STANDS_MS || nowMs - beganMs >= ENOUGH_MS) return faults
    await page.evaluate(DRAWN)
  }
}

/** Fonts, rows and colours that fade arrive while one looks: what counts is what stands there once they have. */
export async function settles(look: () => Promise<readonly string[]>, what = 'faults of the page'): Promise<void> {
  await expect.poll(look, { timeout: PATIENCE_MS, message: what }).toEqual([])
}

/** Can be read, by axe's rules and by eye. */
export async function reads(page: Page, what?: string): Promise<void> {
  await settles(async () => [...(await violations(page)), ...(await unreadable(page))], what)
}
