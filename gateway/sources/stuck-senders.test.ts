/** A stuck or broken sender is a trouble of its source: once, and until it has been slow for a minute. */
import { expect, test } from 'vitest'
import type { SourceId } from '../core/brand.ts'
import type { Signal } from '../core/signal.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleSignal } from '../testing/samples.ts'
import { createStuckSenders, STUCK_SENDER } from './stuck-senders.ts'

function bench() {
  const clock = createFakeClock()
  const told: Signal[] = []
  const troubles = new Set<SourceId>()
  const state = { full: false }
  const stuck = createStuckSenders({
    ...{ clock, log: silentLog },
    known: sourceId => sourceId !== 'mqtt:linxi/stranger',
    hasTrouble: sourceId => troubles.has(sourceId),
    async accept(signal) {
      if (state.full) throw new Error('disk full')
      told.push(signal)
      if (signal.qualifier === 'new') troubles.add(signal.sourceId)
      else troubles.delete(signal.sourceId)
    }
  })
  const press = async (seconds: number, over: Partial<Signal> = {}) => {
    for (let n = 0; n < seconds; n++) {
      stuck.gathered(sampleSignal(over))
      await clock.advance(1_000)
    }
  }
  return { clock, told, troubles, stuck, press, state }
}

test('whoever hammers on a button for some seconds is no broken device', async () => {
  const { press, told, clock } = bench()
  await press(9)
  await clock.advance(200_000)
  await press(9)
  expect(told).toEqual([])
})

test('after ten seconds it is one trouble, and it ends when the sender has been slow for a minute', async () => {
  const { press, told, clock } = bench()
  await press(100)
  expect(told).toMatchObject([{ qualifier: 'new', condition: 'fault', alarmClass: 'trouble', cause: STUCK_SENDER }])
  expect(told[0]?.text).toContain('连续高频报警')
  await clock.advance(50_000)
  expect(told).toHaveLength(1)
  await clock.advance(30_000)
  expect(told.slice(1)).toMatchObject([{ qualifier: 'restore', cause: STUCK_SENDER }])
  await clock.advance(300_000)
  expect(told).toHaveLength(2)
})

test('a trouble from before the restart ends as well', async () => {
  const { stuck, told, troubles, clock } = bench()
  const { sourceId, sourceKind } = sampleSignal()
  troubles.add(sourceId)
  stuck.had(sourceId, { sourceKind })
  await clock.advance(80_000)
  expect(told).toMatchObject([{ qualifier: 'restore', sourceId }])
})

test('what could not be stored is told as soon as it can be', async () => {
  const { press, told, state } = bench()
  state.full = true
  await press(20)
  expect(told).toEqual([])
  state.full = false
  await press(2)
  expect(told).toHaveLength(1)
})

test('of a stranger nobody is told: whose device it is nobody knows', async () => {
  const { press, told } = bench()
  await press(60, { sourceId: 'mqtt:linxi/stranger' as SourceId })
  expect(told).toEqual([])
})
