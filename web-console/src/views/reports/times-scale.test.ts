/** The scale of the charts of times: the tightest target of P1, a round top above everything, names that fit. */
import { expect, it } from 'vitest'
import type { TargetLine } from '../../../../gateway/core/report.ts'
import { ceilingOf, labelsOf, targetOf } from './times-scale.ts'

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

it('writes days without their year', () => {
  const axis = { left: 0, pitch: 80 }
  expect(labelsOf(['2026-11-29', '2026-11-30'], 'day', axis).map(({ text }) => text)).toEqual(['11-29', '11-30'])
  expect(labelsOf(['2026-11'], 'month', axis).map(({ text }) => text)).toEqual(['2026-11'])
})

it('names of bars never come upon one another, nor over the edges; where there is room they are whole', () => {
  const cells = Array.from({ length: 22 }, (_, n) => `0${n % 9}-01 网格`)
  for (const [names, by, pitch] of [
    [cells, 'grid', 16.2],
    [cells, 'grid', 58],
    [['Other', 'Not categorised', 'Lost or fallen'], 'kind', 170],
    [['Not categorised', 'Lost or fallen', 'Fire'], 'kind', 40],
    [Array.from({ length: 31 }, (_, n) => `2026-10-${String(n + 1).padStart(2, '0')}`), 'day', 11]
  ] as const) {
    const labels = labelsOf(names, by, { left: 76, pitch })
    expect(labels.length).toBeGreaterThan(0)
    // As wide as letters of 12 px are: 7 px, Chinese ones 12 px.
    const spans = labels.map(({ text, x }) => {
      const wide = [...text].reduce((sum, each) => sum + (each > '\u2e80' ? 12 : 7), 0)
      return [x - wide / 2, x + wide / 2] as const
    })
    expect(spans[0]?.[0]).toBeGreaterThanOrEqual(76)
    expect(spans.at(-1)?.[1]).toBeLessThanOrEqual(76 + names.length * pitch)
    for (const [n, [from]] of spans.entries()) expect(from).toBeGreaterThan(spans[n - 1]?.[1] ?? 0)
  }
  const whole = labelsOf(['Other', 'Not categorised'], 'kind', { left: 44, pitch: 170 })
  expect(whole.map(({ text }) => text)).toEqual(['Other', 'Not categorised'])
})
