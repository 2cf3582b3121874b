/** Availability by grid cell, added up by hand. */
import { expect, it } from 'vitest'
import type { GridCellRow } from '../core/unit.ts'
import type { CameraSums } from './camera-days.ts'
import { cameraLinesOf } from './cameras.ts'
import { rollupOf } from './grid-rollup.ts'

const CELLS = [
  { id: 'street', level: 1, name: '杏花街道' },
  { id: 'a', level: 3, name: '杏花巷', parentId: 'street' },
  { id: 'b', level: 3, name: '西街' }
].map(cell => ({ polygon: [], ...cell })) as unknown as readonly GridCellRow[]
const NOWHERE = { id: '', name: '' }
const cellOf = (cameraId: string) =>
  cameraId === 'gone' ? undefined : (CELLS.find(cell => cell.id === cameraId.slice(0, 1)) ?? NOWHERE)

const sums: Pick<CameraSums, 'cameras'> = {
  cameras: [
    ['a1', 80_090, 6_410, 300],
    ['a2', 86_400, 0, 0],
    ['x1', 50, 50, 0],
    ['b1', 0, 0, 0],
    ['gone', 10, 10, 10]
  ]
}

it('adds up cell by cell, the worst first; who was not watched or is gone counts nowhere', () => {
  expect(cameraLinesOf(sums, cellOf)).toEqual([
    { gridId: '', gridName: '', cameras: 1, liveS: 50, downS: 50, plannedS: 0 },
    { gridId: 'a', gridName: '杏花巷', cameras: 2, liveS: 166_490, downS: 6_410, plannedS: 300 }
  ])
})

it('is counted under the cells of the report, and only in its area', () => {
  const named = (area: Parameters<typeof rollupOf>[1]) =>
    cameraLinesOf(sums, cellOf, rollupOf(CELLS, area)).map(({ gridName, cameras }) => [gridName, cameras])
  expect(named({ level: 1 })).toEqual([
    ['', 1],
    ['杏花街道', 2]
  ])
  expect(named({ under: 'street' })).toEqual([['杏花巷', 2]])
  expect(named({ under: 'b' })).toEqual([])
})
