/** Coverage worked out by hand: who is free with a fresh position, by class and speed; volunteers close no gap; a county holds nobody up. */
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import type { GridCellRow, Unit, UnitClass } from '../core/unit.ts'
import { coverageOf } from './coverage.ts'

const NOW = 1_000_000
const M = 1 / 111_195

/** A square of 100 m, so many metres north of the equator. */
function cell(name: string, north: number, level: 1 | 2 | 3 = 3, east = 0): GridCellRow {
  const [low, high] = [(north - 50) * M, (north + 50) * M]
  const ring = [
    [(east - 50) * M, low],
    [(east + 50) * M, low],
    [(east + 50) * M, high],
    [(east - 50) * M, high],
    [(east - 50) * M, low]
  ] as const
  return { id: id(name), name, level, ring }
}

function unit(north: number, over: Partial<Unit> = {}, ageMs = 0, east = 0): Unit {
  const position = { point: { lat: north * M, lon: east * M, datum: 'wgs84' }, atMs: NOW - ageMs }
  const row = { id: id('u'), name: '巡防', unitClass: 'patrol', memberCount: 2, vehicle: 'car', speedKmh: 36 }
  return { ...row, state: 'available', members: [], position, ...over } as Unit
}

it('says which cells nobody free reaches within five minutes, the slowest first', async () => {
  // 36 km/h on a way 1.4 times the straight line: 5 min are 2,143 m, 10 min 4,286 m.
  const cells = [cell('near', 2_100), cell('far', 2_200), cell('none', 4_400), cell('coarse', 9_000, 2)]
  expect(await coverageOf(cells, [unit(0)], NOW)).toMatchObject({
    ...{ cells: 3, near: 1, far: 2, gapsAll: 2 },
    gaps: [
      { id: 'none', name: 'none' },
      { id: 'far', name: 'far', etaS: 308 }
    ]
  })
})

it('counts only who is free and tells where he is, and lets no volunteer close a gap', async () => {
  const cells = [cell('a', 0)]
  const near = async (...units: readonly Unit[]) => (await coverageOf(cells, units, NOW)).near
  expect(await near(unit(0))).toBe(1)
  expect(await near(unit(0, { state: 'enRoute' }), unit(0, { state: 'offDuty' }), unit(0, {}, 120_001))).toBe(0)
  expect(await near({ ...unit(0), position: undefined } as unknown as Unit)).toBe(0)
  const { classes, gapsAll } = await coverageOf(cells, [unit(0, { unitClass: 'volunteer' })], NOW)
  expect(gapsAll).toBe(1)
  expect(classes.find(each => each.unitClass === 'volunteer')).toMatchObject({ free: 1, near: 1 })
  expect(classes.find(each => each.unitClass === 'police')).toMatchObject({ free: 0, near: 0 })
})

it('the quickest counts, not the nearest', async () => {
  const { gaps } = await coverageOf(
    [cell('a', 0)],
    [unit(1_500, { speedKmh: 5 }), unit(2_500, { speedKmh: 36, unitClass: 'police' })],
    NOW
  )
  expect(gaps[0]?.etaS).toBe(350)
})

it('a county of 7,236 cells and 33,000 units agrees with looking at every unit, and lets others have their turn', async () => {
  const classes: readonly UnitClass[] = ['police', 'patrol', 'volunteer']
  let seed = 5
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  const places = Array.from({ length: 7_236 }, () => [random() * 60_000, random() * 60_000] as const)
  const cells = places.map(([north, east], n) => cell(`c${n}`, north, 3, east))
  // Most of them in the town.
  const units = Array.from({ length: 33_000 }, (_, n) =>
    unit(
      random() ** 4 * 60_000,
      { unitClass: classes[n % 3] ?? 'patrol', speedKmh: 10 + (n % 40) },
      0,
      random() ** 4 * 60_000
    )
  )
  let [turns, counting] = [0, true]
  const others = (async () => {
    while (counting) {
      turns += 1
      await turn()
    }
  })()
  const { gaps, near } = await coverageOf(cells, units, NOW)
  counting = false
  await others
  // Others have had their turn all the while.
  expect(turns).toBeGreaterThan(50)
  for (const { id: cellId, etaS } of gaps) {
    const [north, east] = places[Number(cellId.slice(1))] ?? [0, 0]
    const byHand = units.reduce((least, { unitClass, position, speedKmh }) => {
      const { lat = 0, lon = 0 } = position?.point ?? {}
      const metres = Math.hypot(lat / M - north, lon / M - east)
      return unitClass === 'volunteer' ? least : Math.min(least, (metres * 1.4) / (speedKmh / 3.6))
    }, Number.POSITIVE_INFINITY)
    if (etaS === undefined) expect(byHand).toBeGreaterThan(570)
    else expect(Math.abs(byHand - etaS)).toBeLessThanOrEqual(30)
  }
  expect(near).toBeGreaterThan(0)
})
