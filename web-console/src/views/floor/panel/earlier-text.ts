/** "90 天 2 起：误报 · 误触 1，未结 1；11-20 测试正常". Pure. */
import type { TFunction } from 'i18next'
import type { Earlier } from '../../../../../gateway/core/earlier-wire.ts'

export function earlierText(
  { days, n, more, results, open, lastTest }: Earlier,
  timeZone: string,
  t: TFunction
): string {
  const parts = [
    ...results.map(each => `${t(`words:disposition.${each.disposition}`)} ${each.n}`),
    ...(open > 0 ? [t('floor:earlier.open', { n: open })] : [])
  ].join(t('patrol:listComma'))
  const before =
    n === 0
      ? t('floor:earlier.none', { days })
      : t('floor:earlier.some', { days, n: more ? `${n}+` : n, results: parts })
  if (!lastTest) return before
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, month: '2-digit', day: '2-digit' }).format(lastTest.atMs)
  return `${before}${t(lastTest.heard ? 'floor:earlier.tested' : 'floor:earlier.testSilent', { day })}`
}
