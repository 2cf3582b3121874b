/** The report's sentence and the dispositions it offers. */
import { describe, expect, it } from 'vitest'
import { DISPOSITIONS } from '../../../../gateway/core/incident.ts'
import { DISPOSITION_GROUPS, findingsOf, MAX_TEXT, reportText } from './report.ts'

describe('report', () => {
  it('joins taps in the order of the screen, then the words', () => {
    expect(reportText(['住户平安', '人已离开', '门锁损坏'], new Set(['门锁损坏', '住户平安']), ' 等锁匠 ', '，')).toBe(
      '住户平安，门锁损坏，等锁匠'
    )
    expect(reportText(['住户平安'], new Set(), '  ', '，')).toBe('')
    expect(reportText([], new Set(), 'x'.repeat(900), '，')).toHaveLength(MAX_TEXT)
  })

  it('offers every disposition exactly once', () => {
    expect(DISPOSITION_GROUPS.flatMap(({ items }) => [...items]).sort()).toEqual([...DISPOSITIONS].sort())
  })

  it('offers the words of what the operator found, else of what the device said', () => {
    expect(findingsOf({ alarmClass: 'medical' })).toBe('medical')
    expect(findingsOf({ alarmClass: 'panic', nature: 'lostOrFallen' })).toBe('medical')
    expect(findingsOf({ alarmClass: 'panic', nature: 'fire' })).toBe('fire')
    expect(findingsOf({ alarmClass: 'medical', nature: 'violence' })).toBe('any')
    expect(findingsOf({ alarmClass: 'panic' })).toBe('any')
  })
})
