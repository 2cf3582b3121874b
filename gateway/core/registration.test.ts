/** When two ids are one terminal's: fields of other lengths, and what only fills them. */
import { expect, it } from 'vitest'
import { isSameTerminal, namesItself } from './registration.ts'

it.each([
  ['1234567', '1234567'],
  ['1234567', ' 1234567\uFFFD'],
  ['0012345', '12345'],
  ['ab12345', 'AB12345'],
  // Seven bytes until 2013, thirty since 2019: the beginning or the end of it.
  ['1234567', '1234567890ABCDEFGHIJKLMNOPQRST'],
  ['1234567', 'PINGA-SIM-000000000000-1234567'],
  ['1234567', '000000000000000000000001234567']
])('%s is %s', (a, b) => {
  expect(isSameTerminal(a, b)).toBe(true)
  expect(isSameTerminal(b, a)).toBe(true)
})

it.each([
  ['1234567', '1234568'],
  ['1234567', ''],
  ['12345', '9912345'],
  ['1234567', 'X1234567X']
])('%s is not %s', (a, b) => {
  expect(isSameTerminal(a, b)).toBe(false)
  expect(isSameTerminal(b, a)).toBe(false)
})

it('an id of zeros, blanks or nothing names nobody', () => {
  expect(['', '   ', '0000000', '\uFFFD\uFFFD'].map(namesItself)).toEqual([false, false, false, false])
  expect(namesItself('A')).toBe(true)
})
