/** Who is proposed and with which words, and what is said while there is nobody. */
import { describe, expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import { distanceM, type GeoPoint } from '../core/geo.ts'
import type { Incident } from '../core/incident.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import type { Step } from '../core/step.ts'
import type { UnitRow } from '../core/unit.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { candidates } from './candidates.ts'
import { createDispatch } from './dispatch.ts'
import { createUnits } from './units.ts'

const ROW: UnitRow = {
  id: id('u1'),
  name: '巡防 07 车',
  unitClass: 'patrol',
  memberCount: 2,
  vehicle: 'car',
  speedKmh: 36
}
const HERE: GeoPoint = { lat: 27.03, lon: 119.61, datum: 'wgs84' }
/** 591 m north of it. */
const ACROSS: GeoPoint = { lat: 27.035315, lon: 119.61, datum: 'wgs84' }

test('the town’s case: 1,066 m by road for 591 m across the river is a detour, 900 m is the way of streets', () => {
  const clock = createFakeClock(0)
  const units = createUnits(clock, [ROW], new Map())
  units.setDuty(ROW.id, { sinceMs: 0, members: [] })
  units.setPosition(ROW.id, { point: HERE, atMs: 0 })
  const reasons = (wayM: number) =>
    candidates(sampleIncident({ position: ACROSS }), units.all(), () => ({ distanceM: wayM }), 0)[0]?.reasons
  expect(Math.round(distanceM(HERE, ACROSS))).toBe(591)
  expect(reasons(1_066)).toEqual(['nearest', 'detour'])
  expect(reasons(900)).toEqual(['nearest'])
})

describe('nobody available', () => {
  test('is said once a minute, however often it is asked; who comes on duty is offered', async () => {
    const clock = createFakeClock(0)
    const incident: Incident = sampleIncident({ position: ACROSS })
    const units = createUnits(clock, [ROW], new Map())
    const steps: Step[] = []
    const dispatch = createDispatch({
      clock,
      log: silentLog,
      units,
      timers: DEFAULT_TIMERS,
      incidents: {
        get: () => incident,
        all: () => [incident],
        async step(_incidentId, step) {
          steps.push(step)
          return incident
        },
        refuse: async () => Promise.reject(new Error('not here'))
      }
    })
    for (let n = 0; n < 4; n++) {
      await dispatch.offerNearest(incident.id)
      await clock.advance(30_000)
    }
    expect(steps.map(step => step.kind === 'remark' && step.line)).toEqual(['noUnit', 'noUnit'])
    units.setDuty(ROW.id, { sinceMs: 0, members: [] })
    units.setPosition(ROW.id, { point: HERE, atMs: clock.now() })
    await dispatch.offerNearest(incident.id)
    expect(steps.at(-1)).toMatchObject({ kind: 'offer', assignment: { unitId: 'u1', offeredBy: 'system' } })
  })
})
