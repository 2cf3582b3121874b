/** Incidents of finer grid cells counted under the cells above them 社区, 街道, and only those of one area. Pure. */
import type { ReportArea, ReportStep } from '../core/report.ts'
import type { GridCellRow } from '../core/unit.ts'
import type { Fact } from './facts.ts'

/** A cell as it is counted. */
interface Rolled {
  readonly id: string
  readonly name: string
}

export interface Rollup {
  /** Of each cell that counts, by its id. */
  readonly cells: Readonly<Record<string, Rolled>>
  /** Whether what lies outside of them counts, too. */
  readonly all: boolean
  /** Counted cells that have finer ones below them. */
  readonly parents: readonly string[]
}

/** Three levels, and one more against a circle. */
const DEEPEST = 4

/** From the cell upward; a parent that is not there ends it. */
function chainOf(cell: GridCellRow, byId: ReadonlyMap<string, GridCellRow>): readonly GridCellRow[] {
  const chain: GridCellRow[] = []
  for (let at: GridCellRow | undefined = cell; at && chain.length < DEEPEST; at = byId.get(at.parentId ?? ''))
    chain.push(at)
  return chain
}

/** Of the area the steps that lead to it, coarsest first; undefined when there is no such cell. */
export function pathOf(cells: readonly GridCellRow[], under: string): readonly ReportStep[] | undefined {
  const byId = new Map<string, GridCellRow>(cells.map(cell => [cell.id, cell]))
  const cell = byId.get(under)
  return (
    cell &&
    chainOf(cell, byId)
      .toReversed()
      .map(({ id, name, level }) => ({ id, name, level }))
  )
}

export function rollupOf(cells: readonly GridCellRow[], { level = 3, under }: ReportArea): Rollup {
  const byId = new Map<string, GridCellRow>(cells.map(cell => [cell.id, cell]))
  const parents = new Set<string>()
  const rolled: Record<string, Rolled> = {}
  for (const cell of cells) {
    const chain = chainOf(cell, byId)
    if (under !== undefined && !chain.some(({ id }) => id === under)) continue
    // What lies in a coarser cell alone, or in one without that level above it, stands for itself.
    const { id, name } = chain.find(each => each.level === level) ?? cell
    rolled[cell.id] = { id, name }
    if (id !== cell.id) parents.add(id)
  }
  return { cells: rolled, all: under === undefined, parents: [...parents] }
}

export function rolled(facts: readonly Fact[], { cells, all }: Rollup): readonly Fact[] {
  return facts.flatMap(fact => {
    const cell = Object.hasOwn(cells, fact.gridId) ? cells[fact.gridId] : undefined
    if (!cell) return all ? [fact] : []
    return cell.id === fact.gridId ? [fact] : [{ ...fact, gridId: cell.id, gridName: cell.name }]
  })
}
