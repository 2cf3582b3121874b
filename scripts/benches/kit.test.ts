/** The bench contract: goals decide, and what was not measured is not met. */
import { afterEach, expect, it, vi } from 'vitest'
import { allMet, percentile, report } from './kit.ts'

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

it('meets a goal only by a finite figure within its bound', () => {
  const goals = { p99Ms: { max: 50 }, perSecond: { min: 100 } }
  expect(allMet({ bench: 'b', figures: { p99Ms: 50, perSecond: 100 }, goals })).toBe(true)
  expect(allMet({ bench: 'b', figures: { p99Ms: 50.1, perSecond: 100 }, goals })).toBe(false)
  expect(allMet({ bench: 'b', figures: { p99Ms: 1 }, goals })).toBe(false)
  expect(allMet({ bench: 'b', figures: { p99Ms: Number.NaN, perSecond: 100 }, goals })).toBe(false)
})

it('prints the JSON line last and fails the process when a goal is missed', () => {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation(line => void lines.push(String(line)))
  report({
    bench: 'alarm-latency',
    figures: { p99Ms: 61.04, lost: 0 },
    goals: { p99Ms: { max: 50 }, lost: { max: 0 } }
  })
  expect(lines[0]).toContain('NOT MET')
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
    bench: 'alarm-latency',
    figures: { p99Ms: 61, lost: 0, referenceMs: expect.toSatisfy((ms: number) => ms > 0) },
    goals: { p99Ms: { max: 50 }, lost: { max: 0 } },
    met: false
  })
  expect(process.exitCode).toBe(1)
})

it('takes percentiles by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1)
  expect(percentile(hundred, 99)).toBe(99)
  expect(percentile([7], 50)).toBe(7)
  expect(percentile([], 99)).toBeNaN()
})
