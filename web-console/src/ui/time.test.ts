/** Times, ages, distances and telephone numbers as the floor reads them. */
import type { TFunction } from 'i18next'
import { expect, it } from 'vitest'
import { maskedPhone } from './phone.ts'
import {
  ageText,
  agoText,
  bytesText,
  clockText,
  countText,
  dateText,
  distanceText,
  durationText,
  etaText,
  limitText,
  minuteText,
  preciseText,
  spanText,
  tenthsText,
  yearDateText
} from './time.ts'

const t = ((key: string, values: Record<string, unknown> = {}) =>
  `${key.split('.').at(-1)} ${Object.values(values).join(':')}`) as unknown as TFunction
const MS = Date.UTC(2026, 10, 21, 19, 13, 18)

it('shows the site’s time, not the machine’s', () => {
  expect(clockText(MS, 'Asia/Shanghai')).toBe('03:13:18')
  expect(minuteText(MS, 'UTC')).toBe('19:13')
  expect(dateText(MS, 'Asia/Shanghai', 'zh-CN')).toBe('11月22日 周日')
  expect(dateText(MS, 'Asia/Shanghai', 'en')).toBe('Sun 22 Nov')
  expect(yearDateText(Date.UTC(2026, 11, 31, 20), 'Asia/Shanghai', 'zh-CN')).toBe('2027年1月1日')
  expect(yearDateText(MS, 'Asia/Shanghai', 'en')).toBe('22 Nov 2026')
})

it('counts in minutes and seconds, never below zero', () => {
  expect(countText(47_900)).toBe('0:47')
  expect(countText(-5)).toBe('0:00')
  expect(ageText(1_450_000, t)).toBe('24:10')
  expect(ageText(2 * 3_600_000, t)).toBe('hours 2')
  expect(ageText(72 * 3_600_000, t)).toBe('days 3')
  expect(spanText(4_200, t)).toBe('seconds 4')
  expect(spanText(360_000, t)).toBe('minutes 6')
  expect(agoText(-900, t)).toBe('now ')
  expect(agoText(1_499, t)).toBe('now ')
  expect(agoText(1_500, t)).toBe('ago seconds 2')
  expect(etaText(125, t)).toBe('minutesSeconds 2:05')
  expect(etaText(2 * 3_600 + 5 * 60, t)).toBe('hoursMinutes 2:05')
  expect(durationText(45_400, t)).toBe('seconds 45')
})

it('says a target as it was set, everywhere the same', () => {
  const said = [10_000, 60_000, 90_000, 300_000, 150_000, 5_400_000].map(ms => limitText(ms, t))
  expect(said).toEqual([
    ...['seconds 10', 'seconds 60', 'seconds 90', 'minutes 5'],
    ...['minutesSeconds 2:30', 'hoursMinutes 1:30']
  ])
  expect(tenthsText(1_240, t)).toBe('seconds 1.2')
})

it('rounds distances and sizes as one says them', () => {
  expect(distanceText(22.4)).toBe('22 m')
  expect(distanceText(960)).toBe('1.0 km')
  expect(bytesText(549_000)).toBe('549 kB')
  expect(bytesText(8_412_160)).toBe('8.4 MB')
  expect(bytesText(12_340_000_000)).toBe('12.3 GB')
})

it('masks what stands on a screen that others see', () => {
  expect(maskedPhone('13812342617')).toBe('138****2617')
  expect(maskedPhone('6650147')).toBe('****147')
  expect(maskedPhone('110')).toBe('110')
})

it('says a time to the millisecond, also a whole one', () => {
  const atMs = Date.UTC(2026, 10, 27, 19, 13, 18, 42)
  expect([atMs, atMs - 42].map(ms => preciseText(ms, 'Asia/Shanghai'))).toEqual(['03:13:18.042', '03:13:18.000'])
})
