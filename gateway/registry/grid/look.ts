/** A grid file looked at as a whole: what it holds, what is wrong with it, what is doubtful; pure. */
import { type GridReport, GRID_LIMITS as LIMITS } from '../../core/grid-wire.ts'
import type { GridCellRow } from '../../core/unit.ts'
import { coverOf } from './cover.ts'
import { type ReadOptions, readGrid } from './read.ts'

export interface Looked {
  /** What depends on the grid that is true now is filled in by whoever has it. */
  readonly report: Omit<GridReport, 'added' | 'kept' | 'removed' | 'unplaced' | 'tookMs'>
  /** None while something is wrong. */
  readonly cells: readonly GridCellRow[]
}

export function lookAt(text: string, options: ReadOptions): Looked {
  const { cells: read, faults } = readGrid(text, options)
  // Only of rings that are sound can it be said how they lie; a missing one would show as a gap.
  const { cells, doubts } = faults.length > 0 ? { cells: read, doubts: [] } : coverOf(read)
  const report = {
    levels: [1, 2, 3].map(level => cells.filter(each => each.level === level).length) as [number, number, number],
    points: cells.reduce((sum, { ring }) => sum + ring.length, 0),
    wrong: faults.slice(0, LIMITS.faultsShown),
    wrongCount: faults.length,
    doubts: [...doubts].sort((a, b) => (b.areaM2 ?? 0) - (a.areaM2 ?? 0)).slice(0, LIMITS.faultsShown),
    doubtCount: doubts.length
  }
  return { report, cells: faults.length > 0 ? [] : cells }
}
