/** The scale of the charts of times: the tightest target of P1, a round top above everything, names that fit. */
import { expect, it } from 'vitest'
import type { TargetLine } from '../../../../gateway/core/report.ts'
import { ceilingOf, shortOf, targetOf } from './times-scale.ts'

const line = (priority: 1 | 2, measured: TargetLine['measured'], withinMs: number): TargetLine => ({
  ...{ priority, measured, withinMs, n: 0, kept: 0 }
})

it('takes the tightest target of P1', () => {
  const targets = [line(1, 'answer', 20_000), line(1, 'answer', 10_000), line(2, 'answer', 5_000)]
  expect(targetOf({ targets }, 'answer')).toBe(10_000)
  expect(targetOf({ targets }, 'response')).toBe(300_000)
})

it('ends at a round time above the slowest and above the target', () => {
  expect([[10_000], [10_000, 20_001], [300_000, 301_000], [3_600_001]].map(ceilingOf)).toEqual([
    ...[20_000, 30_000, 600_000, 7_200_000]
  ])
})

it('writes days without their year and cuts long names', () => {
  expect([shortOf('2026-11-29', 'day'), shortOf('2026-11', 'month'), shortOf('一二三四五六七八九十', 'grid')]).toEqual([
    ...['11-29', '2026-11', '一二三四五六七八…']
  ])
})
