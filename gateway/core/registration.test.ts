/** When two ids are one terminal's: fields of other lengths, and what only fills them. */
import { expect, it } from 'vitest'
import { extendsId, isSameId, namesItself } from './registration.ts'

it.each([
  ['1234567', '1234567'],
  ['1234567', ' 1234567\uFFFD'],
  ['0012345', '12345'],
  ['ab12345', 'AB12345']
])('%s is %s', (a, b) => {
  expect([isSameId(a, b), isSameId(b, a)]).toEqual([true, true])
  expect([extendsId(a, b), extendsId(b, a)]).toEqual([false, false])
})

// Seven bytes until 2013, thirty since 2019: the beginning or the end of it.
it.each(['1234567890ABCDEFGHIJKLMNOPQRST', 'PINGA-SIM-000000000000-1234567'])(
  '1234567 became %s, which is not known by a part of it',
  long => {
    expect([extendsId('1234567', long), extendsId(long, '1234567')]).toEqual([true, false])
    expect(isSameId('1234567', long)).toBe(false)
  }
)

it.each([
  ['1234567', '1234568'],
  ['1234567', ''],
  ['12345', '9912345'],
  ['1234567', 'X1234567X']
])('%s is not %s', (a, b) => {
  expect([isSameId(a, b), extendsId(a, b), extendsId(b, a)]).toEqual([false, false, false])
})

it('an id of zeros, blanks or nothing names nobody', () => {
  expect(['', '   ', '0000000', '\uFFFD\uFFFD'].map(namesItself)).toEqual([false, false, false, false])
  expect(namesItself('A')).toBe(true)
})
