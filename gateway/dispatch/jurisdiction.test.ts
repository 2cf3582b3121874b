/** Whose cell holds a place, which cells touch it, and what that is worth in the ranking: first within the bound, not beyond it. */
import { describe, expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { Incident } from '../core/incident.ts'
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
  const later: Later = { ownS: 90, urgentOwnS: 15, neighbourS: 45, skillS: 60, perOrderS: 20 }
  const area = createJurisdiction(() => CELLS)(at(119.602))
  const row = (name: string, change: Partial<UnitRow> = {}): UnitRow => ({
    ...{ id: id(name), name, unitClass: 'patrol', memberCount: 2, vehicle: 'car', speedKmh: 36 },
    ...change
  })
  /** 36 km/h and straight × 1.4: so many seconds of way east of the place. */
  const away = (seconds: number): GeoPoint =>
    at(119.602 + (seconds * 10) / 1.4 / 111_195 / Math.cos((27.005 * Math.PI) / 180))
  const ranking = (
    rows: readonly (readonly [UnitRow, number, ageMs?: number])[],
    { what = { priority: 2, nature: 'medical' }, ...more }: Preferences & { what?: Partial<Incident> } = {}
  ) => {
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
    const incident = sampleIncident({ position: at(119.602), ...what })
    return candidates(incident, units.all(), undefined, clock.now(), { area, later, ...more }).map(c => [
      c.name,
      c.etaS,
      c.reasons.join(' '),
      ...(c.laterS === undefined ? [] : [c.laterS])
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
      ['own', 149, 'ownCell', 89],
      ['next', 104, 'neighbourCell', 44],
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
    ).toEqual(['chief', 120, 'ownCell', 60])
  })

  test('where seconds count the own cell decides within its small bound; neither the cell beside it nor rest does', () => {
    const own = row('own', { gridCellId: id('c1') })
    const next = row('next', { gridCellId: id('c2') })
    const first = (ownS: number, more: Preferences & { what: Partial<Incident> }) =>
      ranking(
        [
          [row('far'), 39],
          [own, ownS],
          [next, 41]
        ],
        more
      ).map(([name]) => name)
    for (const what of [{ priority: 1 }, { priority: 2, duress: true }] as const) {
      expect(first(53, { what })).toEqual(['own', 'far', 'next'])
      expect(first(55, { what })).toEqual(['far', 'own', 'next'])
      expect(first(104, { what, ordersOf: unitId => (unitId === 'far' ? 3 : 0) })).toEqual(['far', 'next', 'own'])
    }
    expect(first(104, { what: { priority: 2 } })).toEqual(['next', 'own', 'far'])
    // Nobody who counts the own cell for less elsewhere counts it for more here.
    expect(first(53, { what: { priority: 1 }, later: { ...later, ownS: 5 } })).toEqual(['far', 'next', 'own'])
  })

  test('two go before a nearer one who is alone where violence may be, and each says why it stands there', () => {
    const lone = row('lone', { memberCount: 1, gridCellId: id('c1') })
    const list = (what: Partial<Incident>, twoS = 104) =>
      ranking(
        [
          [lone, 39],
          [row('two'), twoS],
          [row('six'), 500]
        ],
        { what }
      )
    const dangerous: readonly Partial<Incident>[] = [
      { priority: 1, nature: 'violence' },
      { priority: 2, duress: true },
      { priority: 2, alarmClass: 'intrusion' },
      { priority: 1, alarmClass: 'panic', sourceKind: 'taxi' }
    ]
    for (const what of dangerous)
      expect(list(what)).toEqual([
        ['two', 104, 'twoFirst', 65],
        ['lone', 39, 'nearest ownCell alone'],
        ['six', 500, '']
      ])
    expect(list({ priority: 1, nature: 'medical' })[0]?.[0]).toBe('lone')
    expect(list({ priority: 1, alarmClass: 'panic', sourceKind: 'taxi', nature: 'traffic' })[0]?.[0]).toBe('lone')
    expect(list({ priority: 1, duress: true }, 340)[0]?.[0]).toBe('lone')
  })

  test('a skill that the nature asks for, orders of late and an old position count, each within its bound', () => {
    const skilled = row('medic', { skills: ['mediation', 'firstAid'] })
    expect(
      ranking([
        [row('a'), 60],
        [skilled, 119]
      ])[0]
    ).toEqual(['medic', 119, 'skilled', 59])
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
      ['b', 119, '', 59],
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
