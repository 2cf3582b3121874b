/** What of many things is drawn in a view: each by itself while they are few, else those of one square as a cluster. Pure. */
import type { Columns } from './columns.ts'

/** A view of the map that lies flat, north up. */
export interface View {
  /** Mercator of the left top corner. */
  readonly left: number
  readonly top: number
  /** Pixels of the whole world. */
  readonly scale: number
  readonly width: number
  readonly height: number
}

export interface Cluster {
  /** Pixels in the view: the middle of its members. */
  readonly x: number
  readonly y: number
  readonly count: number
  /** Its members of whom `marked` says so: cameras without a picture, alarms of priority 1. */
  readonly marked: number
}

export interface Gathered {
  /** Positions in the columns. */
  readonly singles: readonly number[]
  readonly clusters: readonly Cluster[]
}

export interface GatherOptions {
  wanted(index: number): boolean
  /** Never in a cluster: those that an operator is looking for. */
  alone?(index: number): boolean
  marked?(index: number): boolean
  /** So many are drawn one by one. */
  readonly mostSingles: number
  /** Squares in a view, and with them clusters, at most. */
  readonly mostSquares: number
}

const SQUARE_PX = 64
/** The world at zoom 0. */
const WORLD_PX = 512
/** A symbol whose middle is this far outside still shows its edge. */
const EDGE_PX = 40
/** More squares than the world can have in a row, so that two numbers make one. */
const COLUMNS = 1 << 24

interface Sum {
  count: number
  marked: number
  x: number
  y: number
  readonly first: number
}

export function gather(columns: Columns<unknown>, view: View, options: GatherOptions): Gathered {
  const square = squareOf(view, options.mostSquares)
  // A square that is half in view is counted whole, else its cluster would wander as the map is moved.
  const margin = Math.max(EDGE_PX, square * view.scale)
  const inside = indexesIn(columns, view, margin, options.wanted)
  const { alone } = options
  const singles: number[] = []
  const rest: number[] = alone ? [] : inside
  if (alone) for (const index of inside) (alone(index) ? singles : rest).push(index)
  if (rest.length <= options.mostSingles) return { singles: [...singles, ...rest], clusters: [] }
  const clusters: Cluster[] = []
  for (const sum of squaresOf(columns, rest, square, options.marked)) {
    const x = (sum.x / sum.count - view.left) * view.scale
    const y = (sum.y / sum.count - view.top) * view.scale
    if (x < -EDGE_PX || y < -EDGE_PX || x > view.width + EDGE_PX || y > view.height + EDGE_PX) continue
    if (sum.count === 1) singles.push(sum.first)
    else clusters.push({ x, y, count: sum.count, marked: sum.marked })
  }
  return { singles, clusters }
}

/** Side of a square in the world: fixed to the ground and to whole zooms, so that clusters stand still as the map is moved. */
function squareOf({ scale, width, height }: View, mostSquares: number): number {
  const whole = WORLD_PX * 2 ** Math.floor(Math.log2(scale / WORLD_PX))
  // One more in each direction is half in view.
  const enough = Math.sqrt((width * height) / mostSquares) * 1.15
  return Math.max(SQUARE_PX, enough) / whole
}

function indexesIn(
  columns: Columns<unknown>,
  view: View,
  margin: number,
  wanted: (index: number) => boolean
): number[] {
  const { x, y, items } = columns
  const west = view.left - margin / view.scale
  const north = view.top - margin / view.scale
  const east = view.left + (view.width + margin) / view.scale
  const south = view.top + (view.height + margin) / view.scale
  const inside: number[] = []
  for (let index = 0; index < items.length; index++) {
    const [ax, ay] = [x[index] as number, y[index] as number]
    if (ax >= west && ax <= east && ay >= north && ay <= south && wanted(index)) inside.push(index)
  }
  return inside
}

function squaresOf(
  columns: Columns<unknown>,
  indexes: readonly number[],
  square: number,
  marked?: (index: number) => boolean
): Iterable<Sum> {
  const sums = new Map<number, Sum>()
  for (const index of indexes) {
    const [x, y] = [columns.x[index] as number, columns.y[index] as number]
    const key = Math.floor(x / square) * COLUMNS + Math.floor(y / square)
    const sum = sums.get(key)
    const mark = Number(marked?.(index) ?? false)
    if (!sum) sums.set(key, { count: 1, marked: mark, x, y, first: index })
    else {
      sum.count += 1
      sum.marked += mark
      sum.x += x
      sum.y += y
    }
  }
  return sums.values()
}
