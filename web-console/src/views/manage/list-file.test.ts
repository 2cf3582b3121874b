/** Files as programs write them: every encoding is read, and what is no text is named. */
import { expect, test } from 'vitest'
import { listText } from './list-file.ts'

const MOST = 100
const read = (bytes: Uint8Array<ArrayBuffer>) => listText(new Blob([bytes]) as File, MOST)
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

test.each([
  ['UTF-8', 'e5a793e5908d'],
  ['UTF-16 of Windows, as Excel saves "Unicode text"', 'fffed3590d54'],
  ['UTF-16, the other way round', 'feff59d3540d'],
  ['GBK', 'd0d5c3fb']
])('%s is read', async (_, bytes) => {
  expect(await read(hex(bytes))).toEqual({ ok: true, text: '姓名' })
})

test.each([
  ['an empty file', '', 'nothing'],
  ['an .xlsx workbook', '504b030414000600', 'workbook'],
  ['an .xls workbook', 'd0cf11e0a1b11ae1', 'workbook'],
  ['a picture', '89504e470d0a1a0a0000', 'noText'],
  ['neither UTF-8 nor GBK', 'd0d5ff', 'noText'],
  ['what is too big', '61'.repeat(MOST + 1), 'tooBig']
])('%s is told', async (_, bytes, fault) => {
  expect(await read(hex(bytes))).toEqual({ ok: false, fault })
})

test('a file that was taken away since it was chosen', async () => {
  const gone = { size: 5, arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')) }
  expect(await listText(gone, MOST)).toEqual({ ok: false, fault: 'unread' })
})
