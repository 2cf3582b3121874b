/** A patrol is told the way to its own order only, and only once it is on record that it was. */
import { expect, test } from 'vitest'
import { type IncidentId, id, type UnitId } from '../core/brand.ts'
import type { Assignment } from '../core/incident.ts'
import type { Unit } from '../core/unit.ts'
import type { PatrolWay, SessionUser } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createPatrolWay } from './patrol-way.ts'

const WAY: PatrolWay = { by: 'road', path: [], distanceM: 800, etaS: 96 }
const incident = sampleIncident()
const user = { login: '20007', unitId: id<UnitId>('u1') } as SessionUser

function bench(first: Assignment['state'] | undefined = 'enRoute', way: PatrolWay | undefined = WAY) {
  let state: Assignment['state'] | undefined = first
  const reads: string[] = []
  const wait = { until: async () => {} }
  const clock = createFakeClock()
  let reckoned = 0
  const ask = createPatrolWay({
    clock,
    units: {
      get: () => ({ id: id('u1') }) as Unit,
      activeOrder: unitId =>
        unitId === 'u1' && state
          ? { incidentId: incident.id, assignment: { id: id('a1'), state } as Assignment }
          : undefined
    },
    incidents: { get: (wanted: IncidentId) => (wanted === incident.id ? incident : undefined) },
    positionReads: {
      async read({ login }, object) {
        reads.push(`${login} ${object}`)
        await wait.until()
      }
    },
    wayTo: () => {
      reckoned++
      return way
    }
  })
  const recall = () => {
    state = undefined
  }
  return { ask, reads, wait, recall, clock, reckoned: () => reckoned }
}

test('to an order that was offered or taken, on record as a look at positions is', async () => {
  for (const state of ['offered', 'enRoute'] as const) {
    const { ask, reads } = bench(state)
    expect(await ask('a1', user)).toEqual(WAY)
    expect(reads).toEqual([`20007 incident:${incident.number}`])
  }
})

test('to no order of another unit, none that is over, and not once the unit is there', async () => {
  const none = { code: 'NOT_FOUND' }
  await expect(bench().ask('a2', user)).rejects.toMatchObject(none)
  await expect(bench().ask('a1', { ...user, unitId: id('u2') })).rejects.toMatchObject(none)
  await expect(bench().ask('a1', { login: '20007' } as SessionUser)).rejects.toMatchObject(none)
  await expect(bench('arrived').ask('a1', user)).rejects.toMatchObject(none)
  const { ask, wait, recall } = bench()
  wait.until = async () => recall()
  await expect(ask('a1', user)).rejects.toMatchObject(none)
})

test('a refused record withholds it; a place that is not known is said', async () => {
  const { ask, wait } = bench()
  wait.until = () => Promise.reject(new Error('the disk is full'))
  await expect(ask('a1', user)).rejects.toThrow('the disk is full')
  const { ask: nowhere } = bench('enRoute', null as never)
  await expect(nowhere('a1', user)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
})

test('reckoned once in three seconds however often its phones ask, each asking on record, and forgotten with that', async () => {
  const { ask, reads, recall, clock, reckoned } = bench()
  for (let n = 0; n < 50; n++) expect(await ask('a1', user)).toEqual(WAY)
  expect([reckoned(), reads.length]).toEqual([1, 50])
  await clock.advance(3_000)
  expect(clock.pending).toBe(0)
  await ask('a1', user)
  expect(reckoned()).toBe(2)
  recall()
  await expect(ask('a1', user)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
