/** An offer has its time by a clock that nobody sets, and over a restart. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { Incident } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import type { UnitRow } from '../core/unit.ts'
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createDispatch } from './dispatch.ts'
import { createUnits, type Units } from './units.ts'

const HERE: GeoPoint = { lat: 27.03, lon: 119.61, datum: 'wgs84' }
const ROW: UnitRow = {
  ...{ id: id('u1'), name: '巡防 07 车', unitClass: 'patrol', memberCount: 2, vehicle: 'car', speedKmh: 36 }
}

function floor(clock: FakeClock, units: Units, held: { incident: Incident }) {
  return createDispatch({
    ...{ clock, log: silentLog, units, timers: DEFAULT_TIMERS },
    incidents: {
      get: () => held.incident,
      all: () => [held.incident],
      async step(_incidentId, step, actor) {
        await Promise.resolve()
        const outcome = apply(held.incident, step, actor, clock.now())
        if (!outcome.ok) throw new GatewayError(outcome.code)
        held.incident = outcome.incident
        units.incidentChanged(outcome.incident)
        return outcome.incident
      },
      refuse: async (_incident, _action, _actor, code) => Promise.reject(new GatewayError(code))
    }
  })
}

async function bench() {
  const clock = createFakeClock()
  const held = { incident: sampleIncident({ position: HERE }) }
  const units = createUnits(clock, [ROW], new Map())
  units.setDuty(ROW.id, { sinceMs: 0, members: [] })
  units.setPosition(ROW.id, { point: HERE, atMs: clock.now() })
  const dispatch = floor(clock, units, held)
  const stop = dispatch.start()
  await dispatch.offerNearest(held.incident.id)
  const restarted = () => floor(clock, units, held).start()
  return { clock, stop, restarted, state: () => held.incident.assignments[0]?.state }
}

test.each([20_000, -20_000, 86_400_000, -86_400_000])('set by %i ms it ends when its 30 s are over', async byMs => {
  const { clock, stop, state } = await bench()
  await clock.advance(1_000)
  clock.set(byMs)
  await clock.advance(29_000)
  expect(state()).toBe('offered')
  await clock.advance(2_500)
  expect(state()).toBe('expired')
  stop()
})

test.each([
  ['overdue it ends at once', 40_000, 0],
  ['set back meanwhile it ends after its whole time at most', -3_600_000, 32_500]
])('over a restart: %s', async (_, downMs, leftMs) => {
  const { clock, stop, restarted, state } = await bench()
  stop()
  clock.set(downMs)
  expect(state()).toBe('offered')
  const end = restarted()
  await clock.advance(leftMs)
  expect(state()).toBe('expired')
  end()
})
