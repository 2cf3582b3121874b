/** The end of a sheet: whoever signs sees what is signed on the same page, and a line of the record keeps its time in one line. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { drawn } from '../print/layout.ts'
import type { Block } from '../print/sheet.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { fontFiles } from './fonts.ts'

const dir = tempDir('sheet-ends')

async function pagesOf(blocks: readonly Block[]): Promise<readonly string[]> {
  const sheet = { language: 'zh-CN', title: '警情单', subject: '', site: '柳河', foot: '', blocks } as const
  const file = join(dir, 'sheet.pdf')
  writeFileSync(file, await drawn({ ...sheet, page: n => `第 ${n} 页` }, fontFiles(), 0))
  return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).split('\f').slice(0, -1)
}

const SIGNED: Block = { kind: 'signatures', names: ['值班员签名'] }
const table = (rows: number): Block => ({
  kind: 'table',
  columns: [{ title: '内容', share: 1 }],
  rows: Array.from({ length: rows }, (_, n) => [`第${n + 1}行`]),
  empty: '无'
})

it('the lines to be signed on stand below the last two rows, however many there are', { timeout: 60_000 }, async () => {
  let pages = 0
  for (const rows of [1, 2, ...Array.from({ length: 8 }, (_, n) => 30 + n)]) {
    const all = await pagesOf([table(rows), SIGNED])
    pages = Math.max(pages, all.length)
    for (const row of [Math.max(1, rows - 1), rows]) expect(all.at(-1)).toContain(`第${row}行`)
    expect(all.at(-1)).toContain('值班员签名')
    expect(all.join('').match(/第\d+行/g)).toHaveLength(rows)
  }
  expect(pages).toBe(2)
})

it('so does the end of a text', { timeout: 60_000 }, async () => {
  for (const lines of [44, 46, 48]) {
    const text = Array.from({ length: lines }, (_, n) => `第${n + 1}行`).join('\n')
    const all = await pagesOf([{ kind: 'text', text }, SIGNED])
    expect(all.at(-1)).toContain(`第${lines}行`)
    expect(all.at(-1)).toContain('值班员签名')
  }
})
