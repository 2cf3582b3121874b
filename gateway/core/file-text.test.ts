/** What is no UTF-8 is said with its line and what to do, and never read as if it were. */
import { expect, it } from 'vitest'
import { fileJson, fileText } from './file-text.ts'

// `站名: 临溪` as an editor of Windows saves it by default, behind a line of ASCII.
const GBK = Buffer.from('636f64653a206c696e78690a6e616d653a20c1d9cfaa0a', 'hex')

it('UTF-8 with and without its mark is the same text', () => {
  const text = 'name: 临溪县\n'
  expect(fileText(Buffer.from(text))).toBe(text)
  expect(fileText(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]))).toBe(text)
  expect(fileJson(Buffer.from('\ufeff{"a": "溪"}'))).toEqual({ a: '溪' })
})

it('GBK and UTF-16 are refused, with the line and what to do', () => {
  expect(() => fileText(GBK)).toThrow('line 2 is not UTF-8 (it may be GBK, "ANSI" of Notepad); save the file as UTF-8')
  expect(() => fileText(Buffer.from('\ufeffname: 溪', 'utf16le'))).toThrow('is UTF-16')
  expect(() => fileJson(Buffer.from(' \n'))).toThrow('is empty')
})
