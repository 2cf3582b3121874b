/** Days are typed in many ways and kept in one. */
import { describe, expect, test } from 'vitest'
import { dayAfter, dayOf, isWhole } from './day-text.ts'

describe('a typed day', () => {
  test.each([
    '2026-11-30',
    '20261130',
    '2026/11/30',
    '2026.11.30',
    '2026年11月30日',
    '２０２６－１１－３０',
    ' 2026-11-30 '
  ])('%s is one', typed => expect(dayOf(typed)).toBe('2026-11-30'))
  test('single digits are one, too', () => expect(dayOf('2026-3-7')).toBe('2026-03-07'))
  test.each(['', '11/30/2026', '2026-11-31', '2026-13-01', '2025-02-29', '2026-11', 'today', '2026-11-30T00:00'])(
    '%s is none',
    typed => expect(dayOf(typed)).toBeUndefined()
  )
})

test('the day before and after, over the end of a month and a year', () => {
  expect([dayAfter('2026-11-30', 1), dayAfter('2027-01-01', -1), dayAfter('2028-02-28', 1)]).toEqual([
    '2026-12-01',
    '2026-12-31',
    '2028-02-29'
  ])
})

test('a day is whole with eight digits: before that its last one may still come', () => {
  expect(['2026-11-3', '2026-11-30', '2026113', '20261130', '２０２６１１３０'].map(isWhole)).toEqual([
    ...[false, true, false, true, true]
  ])
})
