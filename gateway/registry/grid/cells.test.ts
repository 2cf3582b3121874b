/** The cell of a place is found among those around it, the smallest first, and quickly among a city's. */
import { expect, it } from 'vitest'
import { type GridCellId, id } from '../../core/brand.ts'
import type { GridCellRow } from '../../core/unit.ts'
import { createCells } from './cells.ts'

const square = (name: string, level: 1 | 2 | 3, west: number, south: number, side: number) =>
  ({
    ...{ id: id<GridCellId>(name), name, level },
    ring: [
      ...[[west, south] as const, [west + side, south] as const, [west + side, south + side] as const],
      ...[[west, south + side] as const, [west, south] as const]
    ]
  }) as unknown as GridCellRow

const SIDE = 0.005
const small = Array.from({ length: 10_000 }, (_, n) =>
  square(`s${n}`, 3, 119 + (n % 100) * SIDE, 27 + Math.floor(n / 100) * SIDE, SIDE)
)
const cells = createCells([square('province', 1, 110, 20, 20), square('town', 2, 119, 27, 0.6), ...small])
const at = (lon: number, lat: number) => cells.at({ lat, lon, datum: 'wgs84' })?.name

it.each([
  [119.0025, 27.0025, 's0'],
  [119.4975, 27.0025, 's99'],
  [119.0025, 27.4975, 's9900'],
  [119.55, 27.55, 'town'],
  [119.7, 27.7, 'province'],
  [112, 22, 'province'],
  [100, 10, undefined]
])('%f, %f lies in %s', (lon, lat, name) => {
  expect(at(lon, lat)).toBe(name)
})

it('every small cell is found from its middle', () => {
  for (let n = 0; n < small.length; n++)
    expect(at(119 + ((n % 100) + 0.5) * SIDE, 27 + (Math.floor(n / 100) + 0.5) * SIDE)).toBe(`s${n}`)
})
