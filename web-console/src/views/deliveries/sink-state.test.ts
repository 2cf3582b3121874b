/** A sink with fresh dead letters is not called well. */
import { expect, it } from 'vitest'
import { sinkState } from './sink-state.ts'

const HOUR = 3_600_000

it('is not well for a day after a message was given up; what is worse stands first', () => {
  const now = 100 * HOUR
  expect(sinkState({ state: 'ready' }, now)).toBe('ready')
  expect(sinkState({ state: 'ready', lastDeadMs: now - 23 * HOUR }, now)).toBe('givenUp')
  expect(sinkState({ state: 'ready', lastDeadMs: now - 25 * HOUR }, now)).toBe('ready')
  expect(sinkState({ state: 'open', lastDeadMs: now }, now)).toBe('open')
})
