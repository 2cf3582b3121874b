/** Bars of the board: the target at one place, what is beyond it still within the bar. */
import { expect, it } from 'vitest'
import { marksOf } from './scale.ts'

const range = { priority: 1, measured: 'answer', withinMs: 10_000, n: 5 } as const

it('puts the target at two thirds and twice the target at the end', () => {
  expect(marksOf({ ...range, p50Ms: 5_000, p90Ms: 10_000, p95Ms: 40_000 })).toEqual({
    ...{ target: 66, p50: 33, p90: 66, p95: 100, late: false }
  })
  expect(marksOf({ ...range, p50Ms: 0, p90Ms: 15_000, p95Ms: 15_000 })).toMatchObject({ p50: 0, p90: 83, late: true })
})

it('has no marks where nothing was measured', () => {
  expect(marksOf({ ...range, n: 0 })).toBeUndefined()
})
