/** The daily list of overdue test calls, by a clock that only the test moves. */
import { expect, it } from 'vitest'
import { id, type SourceId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Signal } from '../core/signal.ts'
import type { SourceLine } from '../core/sources.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { startTestCalls } from './test-calls.ts'

const HOUR_MS = 3_600_000
const utc = {
  at: (ms: number) => ({ day: new Date(ms).toISOString().slice(0, 10), hour: new Date(ms).getUTCHours() })
}

function bench() {
  const clock = createFakeClock(Date.UTC(2026, 10, 28, 0, 0, 0))
  const world = { due: 0, down: false, failing: false }
  const signals: Signal[] = []
  const open = new Set<SourceId>()
  const line = (n: number) =>
    ({ id: id<SourceId>(`sip:66501${n}`), subject: { kind: 'household', name: `住户${n}` } }) as SourceLine
  const start = () =>
    startTestCalls({
      ...{ clock, log: silentLog, days: utc, protocols: () => ['sip'], isDown: () => world.down },
      overdue: (_protocol, limit) => ({
        count: world.due,
        first: Array.from({ length: Math.min(limit, world.due) }, (_, n) => line(n))
      }),
      isTold: sourceId => open.has(sourceId),
      async accept(signal) {
        if (world.failing) throw new GatewayError('JOURNAL_UNAVAILABLE', {})
        if (signals.some(({ eventId }) => eventId === signal.eventId)) return
        signals.push(signal)
        if (signal.qualifier === 'new') open.add(signal.sourceId)
        else open.delete(signal.sourceId)
      }
    })
  const told = () => signals.map(({ sourceId, qualifier, eventId }) => `${sourceId} ${qualifier} ${eventId}`)
  return { clock, world, signals, start, told }
}

it('one list a day from eight in the morning, whatever the number; it ends when nobody is overdue', async () => {
  const { clock, world, signals, start, told } = bench()
  world.due = 200
  start()
  await clock.advance(8 * HOUR_MS - 1)
  expect(told()).toEqual([])
  await clock.advance(15 * HOUR_MS)
  expect(told()).toEqual(['sip:test-calls new test-calls:2026-11-28:new'])
  expect(signals[0]).toMatchObject({ alarmClass: 'trouble', condition: 'fault', cause: 'test-calls' })
  expect(signals[0]?.text).toContain('200 个号码试拨到期')
  expect(signals[0]?.text).toContain('住户7 665017 …')
  expect(signals[0]?.text).not.toContain('住户8')
  await clock.advance(24 * HOUR_MS)
  expect(told()).toHaveLength(2)
  world.due = 0
  await clock.advance(48 * HOUR_MS)
  expect(told().slice(2)).toEqual(['sip:test-calls restore test-calls:2026-11-30:restore'])
})

it('a restart tells the same day nothing twice', async () => {
  const { clock, world, start, told } = bench()
  world.due = 3
  const first = start()
  await clock.advance(9 * HOUR_MS)
  first.stop()
  start()
  await clock.advance(9 * HOUR_MS)
  expect(told()).toHaveLength(1)
})

it('while the exchange is down nobody can call: the list waits; so it does for a store that cannot write', async () => {
  const { clock, world, start, told } = bench()
  world.due = 3
  world.down = true
  start()
  await clock.advance(10 * HOUR_MS)
  expect(told()).toEqual([])
  world.down = false
  world.failing = true
  await clock.advance(HOUR_MS)
  world.failing = false
  await clock.advance(HOUR_MS)
  expect(told()).toHaveLength(1)
})
