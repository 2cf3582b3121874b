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

/** What of the same things was added up before, by squares of one size: moving the map adds up nothing, and a thing that moves only itself. */
export interface Added {
  /** Those that are never in a cluster. */
  alone?: readonly number[] | undefined
  /** By their side; those of a few zooms, the one that was asked for first first. */
  squares?: Map<number, Map<number, Sum>> | undefined
}

/** One thing as it is added up. */
export interface Part {
  readonly index: number
  readonly x: number
  readonly y: number
  readonly marked: boolean
}

const SQUARE_PX = 64
/** The world at zoom 0. */
const WORLD_PX = 512
/** A symbol whose middle is this far outside still shows its edge. */
const EDGE_PX = 40
/** More squares than the world can have in a row, so that two numbers make one. */
const COLUMNS = 1 << 24
/** Nearer, further away and nearer again adds up nothing anew. */
const ZOOMS_KEPT = 4
/** Fewer in a view are added up sooner than all there are. */
const MANY = 2_000

interface Sum {
  count: number
  marked: number
  x: number
  y: number
  /** Sum of its members' positions in the columns: of one alone its position. */
  index: number
}

/** `added` is kept by whoever asks, and is another one when anything but the view is. */
export function gather(columns: Columns<unknown>, view: View, options: GatherOptions, added: Added = {}): Gathered {
  const side = squareOf(view, options.mostSquares)
  // A square that is half in view is counted whole, else its cluster would wander as the map is moved.
  const near = boundsOf(view, Math.max(EDGE_PX, side * view.scale))
  const { alone, wanted } = options
  const { x, y, items } = columns
  added.alone ??= alone ? indexesOf(items, index => wanted(index) && alone(index)) : []
  const singles = added.alone.filter(index => isIn(near, x[index] as number, y[index] as number))
  const rest: number[] = []
  // One more than are added up by themselves is answer enough.
  for (let index = 0; index < items.length && rest.length <= MANY; index++)
    if (isIn(near, x[index] as number, y[index] as number) && wanted(index) && !alone?.(index)) rest.push(index)
  if (rest.length <= options.mostSingles) return { singles: [...singles, ...rest], clusters: [] }
  const clusters: Cluster[] = []
  const seen = boundsOf(view, EDGE_PX)
  const sums =
    rest.length <= MANY ? addUp(columns, rest, side, options).values() : addedIn(seen, columns, side, options, added)
  for (const sum of sums) {
    const [ax, ay] = [sum.x / sum.count, sum.y / sum.count]
    if (!isIn(seen, ax, ay)) continue
    if (sum.count === 1) singles.push(sum.index)
    else {
      const [px, py] = [(ax - view.left) * view.scale, (ay - view.top) * view.scale]
      clusters.push({ x: px, y: py, count: sum.count, marked: sum.marked })
    }
  }
  return { singles, clusters }
}

function indexesOf(items: readonly unknown[], are: (index: number) => boolean): number[] {
  const indexes: number[] = []
  for (let index = 0; index < items.length; index++) if (are(index)) indexes.push(index)
  return indexes
}

/** A piece of the plane. */
interface Bounds {
  readonly west: number
  readonly north: number
  readonly east: number
  readonly south: number
}

function boundsOf({ left, top, scale, width, height }: View, marginPx: number): Bounds {
  const margin = marginPx / scale
  return {
    west: left - margin,
    north: top - margin,
    east: left + width / scale + margin,
    south: top + height / scale + margin
  }
}

const isIn = ({ west, north, east, south }: Bounds, x: number, y: number): boolean =>
  x >= west && x <= east && y >= north && y <= south

/** Side of a square in the world: fixed to the ground and to whole zooms, so that clusters stand still as the map is moved. */
function squareOf({ scale, width, height }: View, mostSquares: number): number {
  const whole = WORLD_PX * 2 ** Math.floor(Math.log2(scale / WORLD_PX))
  // One more in each direction is half in view.
  const enough = Math.sqrt((width * height) / mostSquares) * 1.15
  return Math.max(SQUARE_PX, enough) / whole
}

/** The squares of all there is that touch these bounds. */
function* addedIn(
  { west, north, east, south }: Bounds,
  columns: Columns<unknown>,
  side: number,
  options: GatherOptions,
  added: Added
): Iterable<Sum> {
  added.squares ??= new Map()
  let sums = added.squares.get(side)
  if (!sums) {
    const { wanted, alone } = options
    const all = indexesOf(columns.items, index => wanted(index) && !alone?.(index))
    sums = addUp(columns, all, side, options)
    added.squares.set(side, sums)
    const [first] = added.squares.keys()
    if (added.squares.size > ZOOMS_KEPT && first !== undefined) added.squares.delete(first)
  }
  for (let column = Math.floor(west / side); column <= east / side; column++)
    for (let row = Math.floor(north / side); row <= south / side; row++) {
      const sum = sums.get(column * COLUMNS + row)
      if (sum) yield sum
    }
}

function addUp(
  { x, y }: Columns<unknown>,
  indexes: readonly number[],
  side: number,
  { marked }: GatherOptions
): Map<number, Sum> {
  const sums = new Map<number, Sum>()
  for (const index of indexes)
    add(sums, side, x[index] as number, y[index] as number, index, Number(marked?.(index) ?? false), 1)
  return sums
}

/** What has changed of the things that were added up: `from` as it was, `to` as it is, where it was and is among them. */
export function change({ squares }: Added, from: Part | undefined, to: Part | undefined): void {
  for (const [side, sums] of squares ?? []) {
    if (from) add(sums, side, from.x, from.y, -from.index, -Number(from.marked), -1)
    if (to) add(sums, side, to.x, to.y, to.index, Number(to.marked), 1)
  }
}

function add(
  sums: Map<number, Sum>,
  side: number,
  x: number,
  y: number,
  index: number,
  marked: number,
  sign: 1 | -1
): void {
  // What has no place is in no square.
  if (Number.isNaN(x)) return
  const key = Math.floor(x / side) * COLUMNS + Math.floor(y / side)
  const sum = sums.get(key)
  if (!sum) {
    sums.set(key, { count: 1, marked, x, y, index })
    return
  }
  sum.count += sign
  if (sum.count === 0) {
    sums.delete(key)
    return
  }
  sum.marked += marked
  sum.x += sign * x
  sum.y += sign * y
  sum.index += index
}
