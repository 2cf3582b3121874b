/** The target that stands among the large figures, and its verdict. */
import { expect, it } from 'vitest'
import type { TargetLine } from '../../../../gateway/core/report.ts'
import { answerWithinMs, isOld, mainTarget, verdictOf } from './kept.ts'

const line = (more: Partial<TargetLine>): TargetLine => ({
  ...{ priority: 1, measured: 'answer', withinMs: 10_000, n: 10, kept: 9 },
  ...more
})

it('the tightest target of P1 stands for each time', () => {
  const tight = line({ asked: 90 })
  const targets = [line({ withinMs: 20_000, asked: 95 }), line({ priority: 2, withinMs: 5_000 }), tight]
  expect(mainTarget(targets, 'answer')).toBe(tight)
  expect(mainTarget(targets, 'response')).toBeUndefined()
})

it('is met from the share that is asked on, and says nothing of nothing', () => {
  expect(verdictOf({ n: 10, kept: 9, asked: 90 })).toBe('met')
  expect(verdictOf({ n: 10, kept: 8, asked: 90 })).toBe('missed')
  expect(verdictOf({ n: 0, kept: 0, asked: 90 })).toBeUndefined()
  expect(verdictOf({ n: 10, kept: 0 })).toBeUndefined()
})

it('the target of an answer is as it was set, also of what was put back after an hour', () => {
  const due = { dueFor: 'acknowledge' } as const
  expect(answerWithinMs({ openedAtMs: 1_000, dueAtMs: 11_000, ...due })).toBe(10_000)
  expect(answerWithinMs({ openedAtMs: 1_000, putBackAtMs: 3_601_000, dueAtMs: 3_611_000, ...due })).toBe(10_000)
  expect(answerWithinMs({ openedAtMs: 1_000, dueAtMs: 61_000, dueFor: 'dispatch' })).toBeUndefined()
  expect(answerWithinMs({ openedAtMs: 1_000 })).toBeUndefined()
})

it('a count of more than a minute ago is old, none at all is not', () => {
  const today = {
    day: '2026-11-28',
    atMs: 100_000,
    incidents: 0,
    targets: [],
    hours: [],
    ranges: [],
    cells: [],
    cellsAll: 0,
    noisy: [],
    shift: { fromMs: 0, toMs: 1, incidents: 0, answer: { n: 0 } },
    lastDay: { incidents: 0, falseAlarms: 0 }
  }
  expect([undefined, today].map(each => isOld(each, 161_000))).toEqual([false, true])
  expect(isOld(today, 160_000)).toBe(false)
})
