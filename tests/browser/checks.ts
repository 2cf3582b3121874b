/** What must hold on every page: WCAG 2.2 A and AA by axe-core, and text that can be read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { PATIENCE_MS } from './pages.ts'

const LAYOUT = readFileSync(join(import.meta.dirname, 'layout.page.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** One line for each element that breaks a rule; empty when the page is fine. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  return page.evaluate<string[]>(
    `axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(node => id + ': ' + node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? ''))))`
  )
}

/** Texts that are cut off or lie on one another; empty when everything can be read. */
export function unreadable(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(LAYOUT)
}

/** Fonts, rows and colours that fade arrive while one looks: what counts is what stands there once they have. */
export async function settles(look: () => Promise<readonly string[]>, what = 'faults of the page'): Promise<void> {
  await expect.poll(look, { timeout: PATIENCE_MS, message: what }).toEqual([])
}

/** Can be read, by axe's rules and by eye. */
export async function reads(page: Page, what?: string): Promise<void> {
  await settles(async () => [...(await violations(page)), ...(await unreadable(page))], what)
}
