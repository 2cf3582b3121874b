/** Spans over the ends of weeks, months and years. */
import { expect, it } from 'vitest'
import { dayOf, spanOf, wrongOf } from './spans.ts'

it('a day is the site’s, not the browser’s', () => {
  expect(dayOf(Date.UTC(2026, 10, 27, 16), 'Asia/Shanghai')).toBe('2026-11-28')
  expect(dayOf(Date.UTC(2026, 10, 27, 15, 59), 'Asia/Shanghai')).toBe('2026-11-27')
})

it.each([
  ['thisWeek', '2026-11-29', '2026-11-23', '2026-11-29'],
  ['thisWeek', '2026-11-30', '2026-11-30', '2026-11-30'],
  ['lastWeek', '2027-01-04', '2026-12-28', '2027-01-03'],
  ['lastMonth', '2027-01-04', '2026-12-01', '2026-12-31'],
  ['lastMonth', '2028-03-31', '2028-02-01', '2028-02-29'],
  ['yesterday', '2027-01-01', '2026-12-31', '2026-12-31'],
  ['year', '2026-11-28', '2025-11-29', '2026-11-28']
] as const)('%s on %s', (name, today, fromDay, toDay) => {
  expect(spanOf(name, today)).toEqual({ fromDay, toDay })
})

it('says what days cannot be counted: the end before the beginning, more than 400', () => {
  const wrong = (fromDay: string, toDay: string) => wrongOf({ fromDay, toDay })
  expect(wrong('2026-11-30', '2026-11-30')).toBeUndefined()
  expect(wrong('2026-11-30', '2026-11-29')).toBe('reversed')
  expect(wrong('2025-10-27', '2026-11-30')).toBeUndefined()
  expect(wrong('2025-10-26', '2026-11-30')).toBe('tooLong')
})
