/** Whom an operator may send although nothing ranks them, and offers that ran out while nobody looked. */
import { expect, test } from 'vitest'
import { id, type UnitId, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { Assignment, Incident } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import { DEFAULT_TIMERS } from '../core/priority.ts'
import type { Step } from '../core/step.ts'
import type { UnitRow } from '../core/unit.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createDispatch } from './dispatch.ts'
import { createUnits } from './units.ts'

const HERE: GeoPoint = { lat: 27.03, lon: 119.61, datum: 'wgs84' }
const LIN = { userId: id<UserId>('lin'), name: '林晓' }
const MIN = 60_000

function town(count: number, over: Partial<Incident>) {
  const clock = createFakeClock(MIN)
  const rows = Array.from({ length: count }, (_, n): UnitRow => {
    return { id: id(`u${n}`), name: `u${n}`, unitClass: 'patrol', memberCount: 2, vehicle: 'car', speedKmh: 36 }
  })
  const units = createUnits(clock, rows, new Map())
  for (const [n, row] of rows.entries()) {
    units.setDuty(row.id, { sinceMs: 0, members: [] })
    units.setPosition(row.id, { point: { ...HERE, lat: HERE.lat - n * 0.001 }, atMs: clock.now() })
  }
  let incident = sampleIncident({ position: HERE, owner: LIN, ...over })
  const steps: Step[] = []
  const dispatch = createDispatch({
    ...{ clock, log: silentLog, units, timers: DEFAULT_TIMERS },
    incidents: {
      get: () => incident,
      all: () => [incident],
      async step(_incidentId, step, actor) {
        steps.push(step)
        const outcome = apply(incident, step, actor, clock.now())
        if (!outcome.ok) throw new GatewayError(outcome.code)
        incident = outcome.incident
        return incident
      },
      refuse: async (_incident, _action, _actor, code) => Promise.reject(new GatewayError(code))
    }
  })
  return { clock, dispatch, steps, now: () => incident }
}

test('a unit with an old position is sent by an operator only, and no time is said of its way', async () => {
  const { clock, dispatch, steps, now } = town(1, { state: 'acknowledged' })
  await clock.advance(3 * MIN)
  expect(dispatch.candidates(now())).toMatchObject([{ ranked: false, reasons: ['stalePosition'] }])
  await dispatch.offerNearest(now().id)
  expect(steps).toMatchObject([{ kind: 'remark', line: 'noUnit' }])
  await dispatch.offer(now().id, id('u0'), LIN, { kind: 'user', ...LIN })
  const [sent] = now().assignments
  expect(sent).toMatchObject({ unitId: 'u0', offeredBy: 'operator' })
  expect([sent?.etaS, sent?.distanceM]).toEqual([undefined, undefined])
})

test('of a large force whoever is asked for by name is ranked, too, by the same rules', () => {
  const { dispatch, now } = town(300, {})
  const ids = (also?: readonly UnitId[]) => dispatch.candidates(now(), also).map(each => each.unitId)
  expect(ids()).not.toContain('u299')
  expect(ids([id('u299'), id('u0'), id('nobody')])).toEqual([...ids(), 'u299'])
})

test('what ran out while nobody looked is over before a phone can take it', async () => {
  const order: Assignment = {
    ...{ id: id('a1'), incidentId: id('i'), unitId: id('u0'), unitName: 'u0', state: 'offered' },
    ...{ offeredAtMs: 0, expiresAtMs: 30_000, offeredBy: 'operator' }
  }
  const { dispatch, steps } = town(1, { state: 'dispatched', assignments: [order] })
  dispatch.start()
  // No tick of the clock: the first look is at once.
  await settle()
  expect(steps[0]).toEqual({ kind: 'expire', assignmentId: 'a1' })
})
