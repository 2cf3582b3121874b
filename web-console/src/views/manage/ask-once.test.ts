/** Esc on a half-typed form. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createAskOnce, NOT_BEFORE_MS, STANDS_MS } from './ask-once.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('asks first, takes no bounced key for the answer, and asks anew when the question is gone', () => {
  const show = vi.fn()
  const ask = createAskOnce(show)
  expect(ask.press(0)).toBe(false)
  expect(show).toHaveBeenLastCalledWith(true)
  expect(ask.press(NOT_BEFORE_MS - 1)).toBe(false)
  expect(ask.press(NOT_BEFORE_MS)).toBe(true)
  expect(show).toHaveBeenLastCalledWith(false)
  expect(ask.press(10_000)).toBe(false)
  vi.advanceTimersByTime(STANDS_MS)
  expect(show).toHaveBeenLastCalledWith(false)
  expect(ask.press(10_000 + STANDS_MS)).toBe(false)
  ask.stop()
  expect(show).toHaveBeenCalledTimes(6)
})
