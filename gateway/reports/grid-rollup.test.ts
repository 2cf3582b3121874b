/** Roll-up worked out by hand: each level, an area alone, cells of before, and parents that are missing or run in a circle. */
import { expect, it } from 'vitest'
import type { GridCellRow } from '../core/unit.ts'
import { sampleIncident } from '../testing/samples.ts'
import { type Fact, factOf } from './facts.ts'
import { pathOf, rolled, rollupOf } from './grid-rollup.ts'

const cell = (id: string, level: 1 | 2 | 3, parentId?: string): GridCellRow =>
  ({ id, name: `名 ${id}`, level, ring: [], ...(parentId === undefined ? {} : { parentId }) }) as unknown as GridCellRow

const CELLS = [
  cell('A', 1),
  cell('A1', 2, 'A'),
  cell('A2', 2, 'A'),
  cell('A1a', 3, 'A1'),
  cell('A1b', 3, 'A1'),
  cell('A2a', 3, 'A2'),
  cell('B', 1),
  cell('alone', 3, 'gone')
]
const fact = (gridId: string): Fact => ({ ...factOf(sampleIncident(), ''), gridId, gridName: `then ${gridId}` })
const FACTS = ['A1a', 'A1a', 'A1b', 'A2a', 'A', 'B', 'alone', 'of before', ''].map(fact)
const counted = (area: Parameters<typeof rollupOf>[1]) => {
  const groups = Map.groupBy(rolled(FACTS, rollupOf(CELLS, area)), ({ gridId }) => gridId)
  return Object.fromEntries([...groups].map(([id, some]) => [id, some.length]))
}

it('counts under the level that is asked for; what has none above it stands for itself', () => {
  expect(counted({ level: 1 })).toEqual({ A: 5, B: 1, alone: 1, 'of before': 1, '': 1 })
  expect(counted({ level: 2 })).toEqual({ A1: 3, A2: 1, A: 1, B: 1, alone: 1, 'of before': 1, '': 1 })
  expect(counted({})).toMatchObject({ A1a: 2, A1b: 1, A2a: 1 })
  expect(rollupOf(CELLS, { level: 2 }).parents).toEqual(['A1', 'A2'])
  expect(rolled([fact('A1a')], rollupOf(CELLS, { level: 1 }))[0]).toMatchObject({ gridId: 'A', gridName: '名 A' })
})

it('counts one area alone, with the way to it', () => {
  expect(counted({ level: 2, under: 'A' })).toEqual({ A1: 3, A2: 1, A: 1 })
  expect(counted({ level: 3, under: 'A1' })).toEqual({ A1a: 2, A1b: 1 })
  expect(pathOf(CELLS, 'A1b')?.map(({ id, level }) => [id, level])).toEqual([
    ['A', 1],
    ['A1', 2],
    ['A1b', 3]
  ])
  expect(pathOf(CELLS, 'nowhere')).toBeUndefined()
})

it('ends where parents run in a circle', () => {
  const circle = [cell('x', 2, 'y'), cell('y', 2, 'x')]
  expect(rollupOf(circle, { level: 1 }).cells).toMatchObject({ x: { id: 'x' }, y: { id: 'y' } })
})
