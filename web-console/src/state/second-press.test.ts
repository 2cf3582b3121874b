/** What a slip must not do needs a second stroke on the same thing, once the question could be read and while it stands. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createOpening, createSecondPress, READ_MS, SECOND_PRESS_MS } from './second-press.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function key() {
  const log: string[] = []
  const { press, forget } = createSecondPress()
  const strike = (what = 'a') => {
    if (press(what, { ask: () => log.push(`ask ${what}`), gone: () => log.push(`gone ${what}`) })) log.push('sure')
  }
  return { log, strike, forget }
}

it('is not sure of a stroke sooner than the question can be read, and neither asks again', () => {
  const { log, strike } = key()
  strike()
  strike()
  vi.advanceTimersByTime(READ_MS - 1)
  strike()
  expect(log).toEqual(['ask a'])
  vi.advanceTimersByTime(1)
  strike()
  expect(log).toEqual(['ask a', 'sure'])
  // What was done is done: the next stroke asks anew, and no question goes.
  vi.advanceTimersByTime(2 * SECOND_PRESS_MS)
  strike()
  expect(log).toEqual(['ask a', 'sure', 'ask a'])
})

it('takes the question away when its time is over; a stroke much later asks anew', () => {
  const { log, strike } = key()
  strike()
  vi.advanceTimersByTime(SECOND_PRESS_MS)
  expect(log).toEqual(['ask a', 'gone a'])
  strike()
  expect(log).toEqual(['ask a', 'gone a', 'ask a'])
})

it('takes no stroke on another thing for the answer, nor one after it was forgotten', () => {
  const { log, strike, forget } = key()
  strike('a')
  vi.advanceTimersByTime(READ_MS)
  strike('b')
  vi.advanceTimersByTime(READ_MS)
  strike('a')
  forget()
  vi.advanceTimersByTime(READ_MS)
  strike('a')
  expect(log).toEqual(['ask a', 'ask b', 'ask a', 'ask a'])
})

it('counts from when the question is on the screen, and by when the hand moved, on a starved page too', () => {
  const frames: (() => void)[] = []
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame))
  const { log, strike } = key()
  strike()
  vi.advanceTimersByTime(2_000)
  // Not painted yet.
  strike()
  for (const frame of frames.splice(0)) frame()
  vi.advanceTimersByTime(1)
  const shownMs = performance.now()
  vi.advanceTimersByTime(READ_MS)
  vi.stubGlobal('event', { timeStamp: shownMs + 1 })
  strike()
  expect(log).toEqual(['ask a'])
  vi.stubGlobal('event', { timeStamp: shownMs + READ_MS })
  strike()
  expect(log).toEqual(['ask a', 'sure'])
})

it('takes no stroke for what has just opened before that can be read', () => {
  const { read } = createOpening()
  const seen = [read()]
  for (const ms of [READ_MS - 1, 1]) {
    vi.advanceTimersByTime(ms)
    seen.push(read())
  }
  expect(seen).toEqual([false, false, true])
})
