/** A sink with fresh dead letters is not called well. */
import { expect, it } from 'vitest'
import { behindOthers, sinkState } from './sink-state.ts'

const HOUR = 3_600_000

it('is not well for a day after a message was given up; what is worse stands first', () => {
  const now = 100 * HOUR
  expect(sinkState({ state: 'ready' }, now)).toBe('ready')
  expect(sinkState({ state: 'ready', lastDeadMs: now - 23 * HOUR }, now)).toBe('givenUp')
  expect(sinkState({ state: 'ready', lastDeadMs: now - 25 * HOUR }, now)).toBe('ready')
  expect(sinkState({ state: 'open', lastDeadMs: now }, now)).toBe('open')
})

it('is not well either while what waits is refused, before it is left alone', () => {
  const sink = { state: 'ready', error: 'HTTP 500', waiting: 2 } as const
  expect(sinkState(sink, 0)).toBe('failing')
  expect(sinkState({ ...sink, waiting: 0 }, 0)).toBe('ready')
  expect(sinkState({ ...sink, state: 'open' }, 0)).toBe('open')
})

it('a message waits for the earlier ones of its incident to one sink; contacts and tries of the line for none', () => {
  const row = (id: string, sink: string, number: string, contact?: number) =>
    contact === undefined ? { id, sink, number } : { id, sink, number, contact }
  const rows = [
    ...[row('a', 'city', '1130-0001'), row('b', 'county', '1130-0001'), row('c', 'city', '1130-0001')],
    ...[row('d', 'city', '1130-0002'), row('e', 'city', ''), row('f', 'city', '')],
    ...[row('g', 'sms', '1130-0001', 1), row('h', 'sms', '1130-0001', 2)]
  ]
  expect([...behindOthers(rows)]).toEqual(['c'])
})
