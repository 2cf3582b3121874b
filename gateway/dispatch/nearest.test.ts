/** The nearest of a large force, against a plain sort of everybody. */
import { describe, expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import { distanceM, type GeoPoint } from '../core/geo.ts'
import type { UnitRow } from '../core/unit.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { candidates, STALE_POSITION_MS } from './candidates.ts'
import { createPlaces } from './nearest.ts'
import { createUnits } from './units.ts'

const NOW = 1_000_000
const TO: GeoPoint = { lat: 27.03, lon: 119.61, datum: 'wgs84' }

/** The same numbers in every run. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

function force(count: number) {
  const next = sequence(7)
  const rows = Array.from({ length: count }, (_, n): UnitRow => {
    const vehicle = (['car', 'motorcycle', 'foot'] as const)[n % 3] ?? 'car'
    const unitClass = n % 11 === 0 ? 'volunteer' : 'patrol'
    const speedKmh = { car: 30, motorcycle: 25, foot: 5 }[vehicle]
    return { id: id(`u${n}`), name: `u${n}`, unitClass, memberCount: 2, vehicle, speedKmh }
  })
  const units = createUnits(createFakeClock(NOW), rows, new Map())
  for (const [n, row] of rows.entries()) {
    if (n % 13 === 0) continue
    units.setDuty(row.id, { sinceMs: 0, members: [] })
    const point: GeoPoint = { lat: 26.9 + next() * 0.26, lon: 119.4 + next() * 0.4, datum: 'wgs84' }
    units.setPosition(row.id, { point, atMs: n % 7 === 0 ? NOW - STALE_POSITION_MS - 1 : NOW })
  }
  return units
}

describe('of 5,000', () => {
  const units = force(5_000)
  const incident = sampleIncident({ position: TO })
  const everybody = candidates(incident, units.all(), undefined, NOW)
  const near = candidates(incident, units.near(TO), undefined, NOW)

  test('the first 24 are those of a ranking of everybody', () => {
    const ranked = near.filter(each => each.ranked)
    expect(ranked).toHaveLength(24)
    expect(ranked).toEqual(everybody.filter(each => each.ranked).slice(0, 24))
  })

  test('some whom only an operator may send, and some of whom nobody knows where they are now, are listed below', () => {
    const rest = near.filter(each => !each.ranked)
    expect(rest).toHaveLength(12)
    expect(rest.some(each => each.reasons.includes('outsideRule'))).toBe(true)
    expect(rest.some(each => each.reasons.includes('stalePosition'))).toBe(true)
  })

  test('who gets an order is out, who is free again is in', () => {
    const first = near[0]?.unitId
    if (!first) throw new Error('nobody')
    const order = (state: 'offered' | 'cleared') =>
      sampleIncident({
        id: incident.id,
        assignments: [
          {
            id: id('a'),
            incidentId: incident.id,
            unitId: first,
            unitName: first,
            state,
            offeredAtMs: 0,
            expiresAtMs: 0,
            offeredBy: 'system'
          }
        ]
      })
    const listed = () => units.near(TO).some(unit => unit.id === first)
    units.incidentChanged(order('offered'))
    expect(listed()).toBe(false)
    units.incidentChanged(order('cleared'))
    expect(listed()).toBe(true)
    const duty = units.dutyOf(first)
    units.setDuty(first, undefined)
    expect(listed()).toBe(false)
    units.setDuty(first, duty)
    expect(listed(), 'on duty again, but nobody knows where').toBe(false)
    units.setPosition(first, { point: TO, atMs: NOW })
    expect(listed()).toBe(true)
  })

  test('where many single ones are nearer, the first pairs are found behind them; who said no gives the place to the next', () => {
    const rows = Array.from({ length: 300 }, (_, n): UnitRow => {
      const memberCount = n === 280 ? 2 : 1
      return { id: id(`s${n}`), name: `s${n}`, unitClass: 'patrol', memberCount, vehicle: 'foot', speedKmh: 5 }
    })
    const many = createUnits(createFakeClock(NOW), rows, new Map())
    for (const [n, row] of rows.entries()) {
      many.setDuty(row.id, { sinceMs: 0, members: [] })
      many.setPosition(row.id, { point: { ...TO, lat: TO.lat + n * 0.0001 }, atMs: NOW })
    }
    const names = (sent?: (row: UnitRow) => boolean) => many.near(TO, sent).map(unit => unit.name)
    expect(names()).toContain('s280')
    expect(names()).not.toContain('s24')
    const first = new Set(names().slice(0, 24))
    const next = names(row => !first.has(row.name))
    expect(next).toEqual(expect.arrayContaining(['s24', 's47', 's280', 's0']))
  })

  test('after a restart nobody has told a place: free ones are listed all the same, and make room for who tells one', () => {
    const rows = Array.from({ length: 300 }, (_, n): UnitRow => {
      return { id: id(`r${n}`), name: `r${n}`, unitClass: 'patrol', memberCount: 2, vehicle: 'foot', speedKmh: 5 }
    })
    const many = createUnits(createFakeClock(NOW), rows, new Map())
    for (const row of rows.slice(100)) many.setDuty(row.id, { sinceMs: 0, members: [] })
    const names = (place: GeoPoint | undefined) => many.near(place, row => row.id !== 'r100').map(unit => unit.name)
    expect(names(TO)).toHaveLength(24)
    expect(names(TO)).toEqual(names(undefined))
    expect(names(TO)).not.toContain('r100')
    many.setPosition(id('r299'), { point: TO, atMs: NOW })
    expect([names(TO)[0], names(TO).length]).toEqual(['r299', 24])
  })

  test('without a place, those who were heard last', () => {
    const list = units.near(undefined)
    expect(list).toHaveLength(24)
    expect(list.every(unit => unit.position?.atMs === NOW)).toBe(true)
  })
})

test('quicker by time, not by way', () => {
  const places = createPlaces(3)
  const north = (metres: number): GeoPoint => ({ ...TO, lat: TO.lat + metres / 111_195 })
  places.put(0, { point: north(500), atMs: 0, speedKmh: 5 })
  places.put(1, { point: north(1_500), atMs: 0, speedKmh: 30 })
  expect(distanceM(TO, north(1_500))).toBeCloseTo(1_500, 0)
  expect(places.quickest(TO, 3, 0, () => true)).toEqual([1, 0])
  expect(places.quickest(TO, 1, 0, () => true)).toEqual([1])
  expect(places.quickest(TO, 3, 1, () => true)).toEqual([])
  places.put(1, undefined)
  expect(places.quickest(TO, 3, 0, () => true)).toEqual([0])
})

test('a small force is listed whole', () => {
  const units = force(200)
  expect(units.near(TO)).toEqual(units.all())
})
