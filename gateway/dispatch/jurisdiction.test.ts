/** Whose cell holds a place, which cells touch it, and what that is worth in the ranking: first within the bound, not beyond it. */
import { describe, expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { GridCellRow, UnitRow } from '../core/unit.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { sampleIncident } from '../testing/samples.ts'
import { candidates, type Later, type Preferences } from './candidates.ts'
import { createJurisdiction, NOWHERE } from './jurisdiction.ts'
import { createUnits } from './units.ts'

const square = (name: string, level: 1 | 2 | 3, west: number, size: number, unitId?: string): GridCellRow => ({
  ...{ id: id(name), name, level },
  ring: [
    ...([
      [west, 27],
      [west + size, 27],
      [west + size, 27.01],
      [west, 27.01],
      [west, 27]
    ] as const)
  ],
  ...(unitId ? { unitId: id(unitId) } : {})
})
/** One town of two villages side by side, a third one a kilometre off; the first village has two small cells. */
const CELLS = [
  square('town', 1, 119.6, 0.04, 'chief'),
  square('v1', 2, 119.6, 0.01),
  square('v2', 2, 119.61, 0.01),
  square('v3', 2, 119.63, 0.01),
  square('c1', 3, 119.6, 0.005),
  square('c2', 3, 119.6051, 0.0049)
]
const at = (lon: number): GeoPoint => ({ lat: 27.005, lon, datum: 'wgs84' })

test('the cells that hold a place, those beside the smallest of them, and anew when the grid was changed', () => {
  let cells: readonly GridCellRow[] = CELLS
  const areaOf = createJurisdiction(() => cells)
  const names = (lon: number) => {
    const { own, beside, ownUnits } = areaOf(at(lon))
    return [[...own], [...beside], [...ownUnits]]
  }
  expect(names(119.602)).toEqual([['town', 'v1', 'c1'], ['c2'], ['chief']])
  expect(names(119.615)).toEqual([['town', 'v2'], ['v1'], ['chief']])
  expect(names(119.635)).toEqual([['town', 'v3'], [], ['chief']])
  expect([areaOf(at(120)), areaOf(undefined)]).toEqual([NOWHERE, NOWHERE])
  cells = CELLS.slice(1)
  expect(names(119.635)).toEqual([['v3'], [], []])
})

describe('ranking', () => {
  const later: Later = { ownS: 90, neighbourS: 45, skillS: 60, perOrderS: 20 }
  const area = createJurisdiction(() => CELLS)(at(119.602))
  const row = (name: string, change: Partial<UnitRow> = {}): UnitRow => ({
    ...{ id: id(name), name, unitClass: 'patrol', memberCount: 2, vehicle: 'car', speedKmh: 36 },
    ...change
  })
  /** 36 km/h and straight × 1.4: so many seconds of way east of the place. */
  const away = (seconds: number): GeoPoint =>
    at(119.602 + (seconds * 10) / 1.4 / 111_195 / Math.cos((27.005 * Math.PI) / 180))
  const ranking = (rows: readonly (readonly [UnitRow, number, ageMs?: number])[], more: Preferences = {}) => {
    const clock = createFakeClock(1_000_000)
    const units = createUnits(
      clock,
      rows.map(([each]) => each),
      new Map()
    )
    for (const [each, seconds, ageMs = 0] of rows) {
      units.setDuty(each.id, { sinceMs: 0, members: [] })
      units.setPosition(each.id, { point: away(seconds), atMs: clock.now() - ageMs })
    }
    const incident = sampleIncident({ position: at(119.602), nature: 'medical' })
    return candidates(incident, units.all(), undefined, clock.now(), { area, later, ...more }).map(c => [
      c.name,
      c.etaS,
      c.reasons.join(' ')
    ])
  }

  test('its own cell goes first within the bound, a neighbour within the smaller one, nobody beyond', () => {
    const own = row('own', { gridCellId: id('c1') })
    const next = row('next', { gridCellId: id('c2') })
    expect(
      ranking([
        [row('far'), 60],
        [own, 149],
        [next, 104]
      ])
    ).toEqual([
      ['own', 149, 'ownCell'],
      ['next', 104, 'neighbourCell'],
      ['far', 60, 'nearest']
    ])
    expect(
      ranking([
        [row('far'), 60],
        [own, 151],
        [next, 106]
      ]).map(([name]) => name)
    ).toEqual(['far', 'own', 'next'])
    expect(
      ranking([
        [row('chief'), 120],
        [row('far'), 60]
      ])[0]
    ).toEqual(['chief', 120, 'ownCell'])
  })

  test('a skill that the nature asks for, orders of late and an old position count, each within its bound', () => {
    const skilled = row('medic', { skills: ['mediation', 'firstAid'] })
    expect(
      ranking([
        [row('a'), 60],
        [skilled, 119]
      ])[0]
    ).toEqual(['medic', 119, 'skilled'])
    expect(
      ranking([
        [row('a'), 60],
        [skilled, 121]
      ])[0]?.[0]
    ).toBe('a')
    expect(
      ranking([
        [row('a'), 60],
        [row('b', { skills: ['fire'] }), 70]
      ])[0]?.[0]
    ).toBe('a')
    const tired = { ordersOf: (unitId: string) => (unitId === 'a' ? 9 : 0) }
    expect(
      ranking(
        [
          [row('a'), 60],
          [row('b'), 119]
        ],
        tired
      )
    ).toEqual([
      ['b', 119, ''],
      ['a', 60, 'nearest busyLately']
    ])
    expect(
      ranking(
        [
          [row('a'), 60],
          [row('b'), 121]
        ],
        tired
      )[0]?.[0]
    ).toBe('a')
    expect(
      ranking([
        [row('a'), 60, 110_000],
        [row('b'), 99]
      ])[0]?.[0]
    ).toBe('b')
    expect(
      ranking([
        [row('a'), 60, 110_000],
        [row('b'), 101]
      ])[0]?.[0]
    ).toBe('a')
  })

  test('orders count for two hours from when they were taken', async () => {
    const clock = createFakeClock(0)
    const units = createUnits(clock, [row('a')], new Map())
    const base = {
      incidentId: id<never>('i'),
      unitName: 'a',
      offeredAtMs: 0,
      expiresAtMs: 0,
      offeredBy: 'system'
    } as const
    const order = (n: number, acceptedAtMs?: number) => ({
      ...base,
      ...{ id: id<never>(`a${n}`), unitId: id<never>('a'), state: acceptedAtMs === undefined ? 'declined' : 'cleared' },
      ...(acceptedAtMs === undefined ? {} : { acceptedAtMs })
    })
    units.incidentChanged(sampleIncident({ assignments: [order(1), order(2, 0), order(3, 60_000)] as never }))
    expect(units.ordersOf(id('a'))).toBe(2)
    await clock.advance(2 * 3_600_000 + 1)
    expect(units.ordersOf(id('a'))).toBe(1)
  })
})
