/** The folder of pictures: each in Chinese and, with `-en` at the end of its name, in English; what could not be taken is told at the end. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { smallPicture } from './small-picture.ts'

const LANGUAGES = [
  ['zh-CN', ''],
  ['en', '-en']
] as const

export interface Album {
  /** Takes the picture in both languages by the page's own switch, without loading it again; the page speaks Chinese before and after. */
  both(page: Page, name: string, what?: Page | Locator): Promise<void>
  /** Does a part of the work; an error is kept for the end, so that the other pictures are taken all the same. */
  attempt(part: string, work: () => Promise<void>): Promise<void>
  /** One line for each part that failed. */
  readonly failed: readonly string[]
}

/** Makes the folder when it is not there. */
export function openAlbum(folder: string): Album {
  mkdirSync(folder, { recursive: true })
  const failed: string[] = []
  return {
    failed,
    async both(page, name, what = page) {
      try {
        for (const [language, end] of LANGUAGES) {
          await switchTo(page, language)
          await smallPicture(what, join(folder, `${name}${end}.png`))
        }
      } finally {
        await switchTo(page, 'zh-CN')
      }
    },
    async attempt(part, work) {
      await work().catch(error => failed.push(`${part}: ${error instanceof Error ? error.message : error}`))
    }
  }
}

/** The switch lies in a menu that need not be open, and is named after the language it leads to. */
async function switchTo(page: Page, language: 'zh-CN' | 'en'): Promise<void> {
  if ((await page.locator('html').getAttribute('lang')) === language) return
  await page.locator(`button[lang="${language}"]`).first().dispatchEvent('click')
  await page.locator(`html[lang="${language}"]`).waitFor({ state: 'attached' })
}
