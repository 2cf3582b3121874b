/** The line that is sent with a picture of a camera says whose it is and of when; no word is lost for it. */
import { expect, it } from 'vitest'
import { lineOf, MAX_TEXT, type MessagePicture } from './message-draft.ts'

const CAPTION = '画面：人民路口东南 07:37:28'
const frame: MessagePicture = { kind: 'own', photo: new Blob(), url: 'blob:1', caption: CAPTION }

it('says it above the words, and alone where there are none', () => {
  expect(lineOf({ text: ' 蓝色外套 ', picture: frame })).toBe(`${CAPTION}\n蓝色外套`)
  expect(lineOf({ text: '', picture: frame })).toBe(CAPTION)
  expect(lineOf({ text: '蓝色外套', picture: undefined })).toBe('蓝色外套')
  expect(lineOf({ text: '照片如下', picture: { kind: 'own', photo: new Blob(), url: 'blob:2' } })).toBe('照片如下')
})

it('is never longer than the gateway takes, and keeps every word', () => {
  for (const length of [MAX_TEXT, MAX_TEXT - 1, MAX_TEXT - 5, MAX_TEXT - CAPTION.length]) {
    const words = '字'.repeat(length)
    const line = lineOf({ text: words, picture: frame })
    expect(line.length).toBeLessThanOrEqual(MAX_TEXT)
    expect(line.endsWith(words)).toBe(true)
  }
})
