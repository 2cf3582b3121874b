/** A key that must be held: for its whole time, and no slip. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createHold, HOLD_MS } from './use-hold.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function bench() {
  const target = new EventTarget()
  const log: string[] = []
  const call = { now: 'first' }
  const hold = createHold({
    ...{ target, code: 'Backspace', what: () => call.now, done: () => log.push('done') },
    tell: holding => log.push(holding ? 'held' : 'free')
  })
  const up = (code: string) => target.dispatchEvent(Object.assign(new Event('keyup'), { code }))
  return { target, log, call, hold, up }
}

it('does what it is for once it was held for its whole time, and only once', () => {
  const { log, hold, up } = bench()
  hold.begin()
  hold.begin()
  vi.advanceTimersByTime(HOLD_MS - 1)
  up('KeyM')
  expect(log).toEqual(['held'])
  vi.advanceTimersByTime(HOLD_MS * 3)
  expect(log).toEqual(['held', 'free', 'done'])
})

it('does nothing when it is let go, the window is left or the strip goes before that', () => {
  const { target, log, hold, up } = bench()
  for (const end of [() => up('Backspace'), () => target.dispatchEvent(new Event('blur')), hold.stop]) {
    hold.begin()
    vi.advanceTimersByTime(HOLD_MS - 1)
    end()
    vi.advanceTimersByTime(HOLD_MS * 3)
  }
  expect(log).toEqual(['held', 'free', 'held', 'free', 'held', 'free'])
})

it('does nothing to another call that began while it was held for the one before', () => {
  const { log, call, hold } = bench()
  hold.begin()
  call.now = 'second'
  vi.advanceTimersByTime(HOLD_MS)
  expect(log).toEqual(['held', 'free'])
})
