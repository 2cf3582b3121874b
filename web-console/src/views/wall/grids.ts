/** The pages a wall can show: how many tiles each has and how they stand. Pure. */
import type { WallGrid, WallTile } from '../../../../gateway/core/wall.ts'

export const GRIDS: readonly WallGrid[] = ['alarm16', '1', '4', '6', '9', '16', '25', '36']

const TILES: Readonly<Record<WallGrid, number>> = {
  alarm16: 16,
  '1': 1,
  '4': 4,
  '6': 6,
  '9': 9,
  '16': 16,
  '25': 25,
  '36': 36
}

export function tilesOf(grid: WallGrid): number {
  return TILES[grid]
}

/** A tile that fills a screen, or most of it, is worth the main stream. */
export function streamOf(grid: WallGrid, slot: number): 'main' | 'sub' {
  return grid === '1' || (grid === '6' && slot === 0) ? 'main' : 'sub'
}

/** Cuts or fills every page to the grid's tiles; a wall without pages has one empty page. */
export function fitted(pages: readonly (readonly WallTile[])[], grid: WallGrid): readonly (readonly WallTile[])[] {
  const count = tilesOf(grid)
  const padded = (page: readonly WallTile[]) => Array.from({ length: count }, (_, slot) => page[slot] ?? null)
  return pages.length === 0 ? [padded([])] : pages.map(padded)
}

/** The same tiles in the same order on pages of another size; free tiles at the end go. */
export function dealt(
  pages: readonly (readonly WallTile[])[],
  grid: WallGrid,
  maxPages: number
): readonly (readonly WallTile[])[] {
  const all = pages.flat()
  while (all.length > 0 && all.at(-1) === null) all.pop()
  const count = tilesOf(grid)
  const needed = Math.min(maxPages, Math.max(1, Math.ceil(all.length / count)))
  return fitted(
    Array.from({ length: needed }, (_, page) => all.slice(page * count, (page + 1) * count)),
    grid
  )
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export type Direction = 'left' | 'right' | 'up' | 'down'

/** The nearest tile in a direction, as the eye sees it; undefined at the edge. */
export function neighbour(boxes: readonly Box[], from: number, direction: Direction): number | undefined {
  const here = boxes[from]
  if (!here) return boxes.length > 0 ? 0 : undefined
  const middle = (box: Box) => [box.left + box.width / 2, box.top + box.height / 2] as const
  const [x, y] = middle(here)
  let best: { readonly index: number; readonly cost: number } | undefined
  for (const [index, box] of boxes.entries()) {
    const [bx, by] = middle(box)
    const [dx, dy] = [bx - x, by - y]
    const along = { left: -dx, right: dx, up: -dy, down: dy }[direction]
    const across = direction === 'left' || direction === 'right' ? Math.abs(dy) : Math.abs(dx)
    // Straight on goes before near: a step to the right stays in its row.
    const cost = along + across * 3
    if (index !== from && along > 4 && (!best || cost < best.cost)) best = { index, cost }
  }
  return best?.index
}
