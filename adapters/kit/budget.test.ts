/** What strangers have together, and that nobody who is listed loses anything by it. */
import { expect, it } from 'vitest'
import { createStrangerBudget } from './budget.ts'

it('forged addresses spend what all strangers have; a listed source has its own, and an address too', () => {
  const budget = createStrangerBudget(2, 5)
  for (let n = 0; n < 5; n++) expect(budget.take(`10.0.0.${n}`, false, 0)).toMatchObject({ within: true })
  expect(budget.take('10.0.1.1', false, 0)).toMatchObject({ within: false, first: true, whose: 'all', perMinute: 5 })
  expect(budget.take('10.0.1.2', false, 0)).toMatchObject({ within: false, first: false, whose: 'all' })
  expect(budget.take('jt808:1', true, 0)).toMatchObject({ within: true, whose: 'jt808:1' })
  expect(budget.take('10.0.1.1', false, 60_000)).toMatchObject({ within: true, windowMs: 60_000 })
})

it('one address counts into its own incident, which costs the others one place', () => {
  const budget = createStrangerBudget(2, 5)
  const taken = Array.from({ length: 9 }, () => budget.take('10.0.0.1', false, 0))
  expect(taken.map(({ within }) => within)).toEqual([true, true, ...Array(7).fill(false)])
  expect(taken.filter(({ first }) => first)).toMatchObject([{ whose: '10.0.0.1', perMinute: 2 }])
  expect([budget.take('b', false, 0), budget.take('c', false, 0), budget.take('d', false, 0)]).toMatchObject([
    { within: true },
    { within: true },
    { within: false, whose: 'all' }
  ])
})

it('a hundred thousand addresses a minute are not remembered one by one, and none of them gets more', () => {
  const budget = createStrangerBudget(2, 5)
  const taken = Array.from({ length: 100_000 }, (_, n) => budget.take(`a${n}`, false, 0))
  expect(taken.filter(({ within }) => within)).toHaveLength(5)
  expect(budget.take('a99999', false, 0)).toMatchObject({ within: false, whose: 'all' })
})
