/** The line of a unit on its way: by the road with its bends, in few points; straight where no road leads; none to a vehicle. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { Incident } from '../core/incident.ts'
import type { Unit } from '../core/unit.ts'
import { sampleIncident } from '../testing/samples.ts'
import { MOST_POINTS, thinned, waysOf, wayTo } from './ways.ts'

const at = (lon: number, lat: number): GeoPoint => ({ lon, lat, datum: 'wgs84' })
const unit = (more: Partial<Unit> = {}): Unit => ({
  ...{ id: id('u1'), name: '07 车', unitClass: 'patrol', memberCount: 2, vehicle: 'car', speedKmh: 30 },
  ...{ state: 'enRoute', members: [], position: { point: at(119.6, 27), atMs: 0 } },
  ...more
})
const incident = sampleIncident({ position: at(119.61, 27.01) })
const ROAD = [
  [119.6, 27],
  [119.605, 27],
  [119.61, 27],
  [119.61, 27.01]
] as const
const ways = (units: readonly Unit[], to: Incident | undefined = incident, path = true) =>
  waysOf(
    units,
    () => to,
    () => (path ? { distanceM: 1, path: ROAD } : undefined)
  )

test('by the road, without the points that bend nothing; straight where no road leads', () => {
  const [start, , bend, end] = ROAD
  expect(ways([unit()])).toEqual([{ unitId: 'u1', by: 'road', path: [start, bend, end] }])
  expect(ways([unit()], incident, false)).toEqual([{ unitId: 'u1', by: 'straight', path: [start, end] }])
})

test('for the phone of the unit itself with metres and seconds: along the road, or the straight line and what it takes on', () => {
  const to = incident.position
  const [start, , bend, end] = ROAD
  const road = wayTo(unit(), to, () => ({ distanceM: 1_500, path: ROAD }))
  expect(road).toEqual({ by: 'road', path: [start, bend, end], distanceM: 1_500, etaS: 180 })
  const straight = wayTo(unit(), to, () => undefined)
  expect(straight).toMatchObject({ by: 'straight', path: [start, end] })
  expect(straight?.distanceM).toBeGreaterThan(1.35 * 1_480)
  expect([wayTo(unit({ position: undefined as never }), to, undefined), wayTo(unit(), undefined, undefined)]).toEqual([
    undefined,
    undefined
  ])
})

test('of nobody who is not on his way, nor to a vehicle, which drives on', () => {
  const car = { ...incident, subject: { ...incident.subject, kind: 'vehicle' as const } }
  expect(ways([unit({ state: 'onScene' }), unit({ position: undefined as never })])).toEqual([])
  expect(ways([unit()], car)).toEqual([])
  expect(ways([unit()], { ...incident, position: undefined as never })).toEqual([])
})

test('a long way keeps its ends and has few points; of a large force fifty are told', () => {
  const long = Array.from({ length: 5_000 }, (_, n) => [119.6 + n * 0.0001, 27 + Math.sin(n) * 0.001] as const)
  const thin = thinned(long)
  expect(thin.length).toBeLessThanOrEqual(MOST_POINTS)
  expect([thin[0], thin.at(-1)]).toEqual([long[0], long.at(-1)])
  expect(ways(Array.from({ length: 60 }, () => unit()))).toHaveLength(50)
})
