/** Where the names on the map stand: beside what they name, none over another, over a symbol or a pin. Pure. */

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Boxes that are taken, found again by the cells of a grid they lie in: a name is compared with the few around it. */
export interface Taken {
  take(box: Box): void
  isFree(box: Box): boolean
}

/** A name of this size wants to stand beside the symbol at `x`, `y`, whose edge is `reach` from its middle. */
export interface Wanted {
  readonly x: number
  readonly y: number
  readonly reach: number
  readonly width: number
  readonly height: number
}

const CELL_PX = 64
/** More cells than a view has in a row, so that two numbers make one. */
const COLUMNS = 1 << 16
const GAP_PX = 2

export function boxAround(x: number, y: number, width: number, height: number): Box {
  return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 }
}

export function createTaken(): Taken {
  const cells = new Map<number, Box[]>()
  const meets = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
  const cellOf = (px: number) => Math.floor(px / CELL_PX)
  return {
    take(box) {
      for (let row = cellOf(box.top); row <= cellOf(box.bottom); row++)
        for (let column = cellOf(box.left); column <= cellOf(box.right); column++) {
          const key = row * COLUMNS + column
          const there = cells.get(key)
          if (there) there.push(box)
          else cells.set(key, [box])
        }
    },
    isFree(box) {
      for (let row = cellOf(box.top); row <= cellOf(box.bottom); row++)
        for (let column = cellOf(box.left); column <= cellOf(box.right); column++)
          if (cells.get(row * COLUMNS + column)?.some(other => meets(other, box))) return false
      return true
    }
  }
}

/**
 * The middle of the name: at the right of its symbol, else at the left, below or above; nothing where all four are taken. Compared are boxes, not
 * cells, so that a map that is only moved leaves every name on its side.
 */
export function placeName(
  { x, y, reach, width, height }: Wanted,
  taken: Taken
): readonly [x: number, y: number] | undefined {
  const [aside, away] = [reach + GAP_PX + width / 2, reach + height / 2]
  const sides = [
    [x + aside, y],
    [x - aside, y],
    [x, y + away],
    [x, y - away]
  ] as const
  for (const [middleX, middleY] of sides) {
    const box = boxAround(middleX, middleY, width, height)
    if (!taken.isFree(box)) continue
    taken.take(box)
    return [middleX, middleY]
  }
  return undefined
}
