/** When a storm begins and when it is over. */
import { expect, test } from 'vitest'
import { CALM, STORM_LIMITS, type Storm, stormAt, stormWith } from './storm.ts'

const alarms = (count: number, everyMs: number, storm: Storm = CALM): Storm =>
  stormWith(
    storm,
    Array.from({ length: count }, (_, n) => n * everyMs)
  )

test('begins with the eleventh alarm within ten minutes', () => {
  expect(stormAt(alarms(10, 50_000), 500_000).active).toBe(false)
  expect(stormAt(alarms(11, 50_000), 500_000).active).toBe(true)
  expect(stormAt(alarms(11, 61_000), 610_000).active).toBe(false)
})

test('begins with more than one a second for ten seconds, whatever the other limit', () => {
  const limits = { ...STORM_LIMITS, above: 100 }
  expect(stormAt(alarms(11, 900), 9_000, limits).active).toBe(true)
  expect(stormAt(alarms(11, 1_100), 11_000, limits).active).toBe(false)
})

test('goes on until fewer than five in ten minutes', () => {
  const begun = stormAt(alarms(11, 1_000), 10_000)
  expect(stormAt(begun, 605_999).active).toBe(true)
  const over = stormAt(begun, 606_001)
  expect(over).toMatchObject({ active: false })
  expect(over.recentMs).toHaveLength(4)
  // Once over it takes a whole storm to begin again.
  expect(stormAt(stormWith(over, [606_002]), 606_002).active).toBe(false)
})

test('remembers no more than it needs', () => {
  expect(alarms(5_000, 1).recentMs).toHaveLength(1_000)
})
