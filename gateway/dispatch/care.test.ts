/** When a unit is asked after, on the fake clock. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { Position } from '../core/geo.ts'
import type { Assignment, Incident } from '../core/incident.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { startCare } from './care.ts'

const MIN = 60_000

function bench() {
  const clock = createFakeClock(0)
  const asked: string[] = []
  const order: Assignment = {
    id: id('a1'),
    incidentId: id('i'),
    unitId: id('u1'),
    unitName: '巡防 07 车',
    state: 'enRoute',
    offeredAtMs: 0,
    expiresAtMs: 0,
    offeredBy: 'operator'
  }
  const state: { incident: Incident; position: Position | undefined } = {
    incident: sampleIncident({ state: 'enRoute', assignments: [order] }),
    position: undefined
  }
  const stop = startCare({
    clock,
    log: silentLog,
    timers: DEFAULT_TIMERS,
    all: () => [state.incident],
    positionOf: () => state.position,
    async step(_incidentId, step) {
      if (step.kind === 'check') asked.push(`${step.check} ${step.unit} ${step.minutes} @${clock.now() / MIN}`)
    }
  })
  const standAt = (lat: number) => {
    state.position = { point: { lat, lon: 119.61, datum: 'wgs84' }, atMs: clock.now() }
  }
  const become = (orderState: Assignment['state'], more: Partial<Assignment> = {}) => {
    state.incident = { ...state.incident, assignments: [{ ...order, ...more, state: orderState }] }
  }
  return { clock, asked, standAt, become, stop }
}

test('en route and not 30 m further for three minutes: asked, and again three minutes later', async () => {
  const { clock, asked, standAt, stop } = bench()
  standAt(27.03)
  await clock.advance(MIN)
  standAt(27.031)
  await clock.advance(MIN)
  // 20 m: a receiver that stands still.
  standAt(27.03118)
  await clock.advance(4 * MIN + 5_000)
  stop()
  expect(asked.map(line => line.split('@')[0])).toEqual(['noMovement 巡防 07 车 3 '])
  expect(Number(asked[0]?.split('@')[1])).toBeCloseTo(4, 0)
})

test('who keeps moving is left alone; who gives no position is asked after', async () => {
  const moving = bench()
  for (let n = 0; n < 10; n++) {
    moving.standAt(27.03 + n * 0.001)
    await moving.clock.advance(MIN)
  }
  expect(moving.asked).toEqual([])
  const silent = bench()
  await silent.clock.advance(3 * MIN + 10_000)
  expect(silent.asked).toHaveLength(1)
})

test('on scene every ten minutes, and nothing once it has left', async () => {
  const { clock, asked, become } = bench()
  become('arrived')
  await clock.advance(20 * MIN + 15_000)
  expect(asked.map(line => line.split(' ')[0])).toEqual(['welfare', 'welfare'])
  become('cleared')
  await clock.advance(30 * MIN)
  expect(asked).toHaveLength(2)
})

test('a welfare check that fell due while the gateway was down is asked at once, one that was asked counts from then', async () => {
  const { clock, asked, become, stop } = bench()
  await clock.advance(25 * MIN)
  asked.length = 0
  become('arrived', { arrivedAtMs: clock.now() - 12 * MIN })
  await clock.advance(10_000)
  expect(asked.map(line => line.split(' ')[0])).toEqual(['welfare'])
  stop()
  const again = bench()
  await again.clock.advance(25 * MIN)
  again.asked.length = 0
  const askedAfter = { check: 'welfare', atMs: again.clock.now() - 2 * MIN } as const
  again.become('arrived', { arrivedAtMs: again.clock.now() - 12 * MIN, askedAfter })
  await again.clock.advance(7 * MIN)
  expect(again.asked).toEqual([])
  await again.clock.advance(MIN + 10_000)
  expect(again.asked).toHaveLength(1)
})

test('who has answered is not asked anew because the gateway was started anew', async () => {
  const { clock, asked, become } = bench()
  await clock.advance(25 * MIN)
  asked.length = 0
  become('arrived', { arrivedAtMs: clock.now() - 12 * MIN, safeAtMs: clock.now() - MIN })
  await clock.advance(8 * MIN)
  expect(asked).toEqual([])
  await clock.advance(MIN + 10_000)
  expect(asked).toHaveLength(1)
})
