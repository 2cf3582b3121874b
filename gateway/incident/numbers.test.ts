/** Running numbers over midnight, in both directions. */
import { expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createNumbers } from './numbers.ts'

const MIN = 60_000

async function numbersFrom(iso: string) {
  const clock = createFakeClock(Date.parse(iso))
  let offsetMs = 0
  const shifted = { ...clock, now: () => clock.now() + offsetMs }
  const numbers = await createNumbers(shifted, 'Asia/Shanghai', async () => 41)
  return {
    numbers,
    shift(ms: number) {
      offsetMs += ms
    }
  }
}

test('go on from the last one stored and begin again with a new day, also with a new year', async () => {
  const { numbers, shift } = await numbersFrom('2026-12-31T23:59:00+08:00')
  expect([numbers.next(), numbers.next()]).toEqual(['1231-0042', '1231-0043'])
  shift(2 * MIN)
  expect(numbers.next()).toBe('0101-0001')
})

test('a clock set back over midnight gives no number twice', async () => {
  const { numbers, shift } = await numbersFrom('2026-11-22T23:59:00+08:00')
  const given = [numbers.next()]
  shift(2 * MIN)
  given.push(numbers.next())
  shift(-2 * MIN)
  given.push(numbers.next(), numbers.next())
  shift(2 * MIN)
  given.push(numbers.next())
  expect(new Set(given).size).toBe(given.length)
})
