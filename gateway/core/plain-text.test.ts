/** Texts of others: nothing that turns a line round or ends it. */
import { expect, it } from 'vitest'
import { oneLine, plainText, plainValue } from './plain-text.ts'

it('takes out what turns the direction and what controls a screen, and nothing else', () => {
  const name = '杏花巷\u202e16\u202c 号\u0007\u2066'
  expect(oneLine(`${name}\n`)).toBe('杏花巷16 号')
  expect(oneLine('a\u0000b', ' ')).toBe('a b')
  expect(plainText(`${name}\n\t第二行\r\n`)).toBe('杏花巷16 号\n\t第二行\r\n')
  const kept = 'ئۇيغۇر \u200f· 👨\u200d👩 Ä 𠮷'
  expect([oneLine(kept), plainText(kept)]).toEqual([kept, kept])
})

it('leaves no pile of marks that is drawn over other rows, and every letter that a script makes', () => {
  const pile = `报警${'\u0301'.repeat(200)}`
  expect([oneLine(pile), plainText(pile)]).toEqual(Array(2).fill(`报警${'\u0301'.repeat(6)}`))
  const kept = 'ཧཱུྃ ที่นี่ é̂ 1️⃣ बच्चों'
  expect(oneLine(kept)).toBe(kept)
})

it('goes through a whole body, leaves what is right as it is, and follows no value down for ever', () => {
  const right = { text: '好', list: [1, { a: null, b: true }] }
  expect(plainValue(right)).toBe(right)
  expect(plainValue({ ...right, list: ['x\u202e', { y: ['\u0001z'] }] })).toEqual({
    ...right,
    list: ['x', { y: ['z'] }]
  })
  const bytes = Buffer.from('\u202e')
  expect(plainValue(bytes)).toBe(bytes)
  expect(() => plainValue(JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`))).toThrow(RangeError)
})
