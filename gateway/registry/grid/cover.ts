/** How the cells of a grid cover the ground: overlaps of one level, what a parent's cells leave open, what lies outside of it; pure. */
import {
  Clipper,
  ClipType,
  FillRule,
  type Path64,
  type Paths64,
  PointInPolygonResult,
  type PolyPath64,
  PolyTree64
} from 'clipper2-ts'
import { type GridFault, type GridRing, GRID_LIMITS as LIMITS } from '../../core/grid-wire.ts'
import type { GridCellRow } from '../../core/unit.ts'

/** Whole centimetres on a plane: products of two of them stay exact over hundreds of kilometres. */
const PER_M = 100
const M_PER_DEGREE = 111_320
const RAD = Math.PI / 180

interface Flat {
  readonly cell: GridCellRow
  readonly path: Path64
  readonly west: number
  readonly east: number
  readonly south: number
  readonly north: number
}

interface Piece {
  readonly areaM2: number
  readonly at: readonly [number, number]
  readonly shape: readonly GridRing[]
}

export interface Covered {
  /** With the parent that the file names or that the cell lies in. */
  readonly cells: readonly GridCellRow[]
  readonly doubts: readonly GridFault[]
}

/** All cells are of simple rings. `wanted` bounds how many are drawn; all are counted. */
export function coverOf(cells: readonly GridCellRow[], wanted: number = LIMITS.faultsShown): Covered {
  const plane = planeOf(cells)
  const flat = cells.map(cell => plane.flat(cell))
  const parents = parentsOf(flat)
  const doubts: GridFault[] = []
  const doubt = (code: GridFault['code'], about: readonly Flat[], { areaM2, at, shape }: Piece) => {
    const drawn =
      doubts.length < wanted
        ? { shape, around: about.map(({ cell }) => ({ code: cell.id, ring: thin(cell.ring) })) }
        : {}
    doubts.push({ code, cells: about.slice(0, 2).map(({ cell }) => cell.id), areaM2, at, ...drawn })
  }
  for (const level of [1, 2, 3] as const) {
    const row = flat.filter(({ cell }) => cell.level === level)
    for (const [one, other] of neighbours(row)) {
      const pieces = plane.pieces(ClipType.Intersection, [one.path], [other.path])
      if (pieces.length > 0) doubt('overlap', [one, other], together(pieces))
    }
  }
  const children = Map.groupBy(
    flat.filter(each => parents.has(each)),
    each => parents.get(each) as Flat
  )
  for (const [parent, own] of children) {
    for (const child of own) {
      const pieces = plane.pieces(ClipType.Difference, [child.path], [parent.path])
      if (pieces.length > 0) doubt('outside', [child, parent], together(pieces))
    }
    const paths = own.map(({ path }) => path)
    for (const piece of plane.pieces(ClipType.Difference, [parent.path], paths)) {
      const near = own.filter(each => plane.touches(each, piece)).slice(0, 8)
      doubt('gap', [parent, ...near], piece)
    }
  }
  const above = new Set(cells.map(({ level }) => level))
  for (const each of flat) {
    if (parents.has(each) || each.cell.level === 1 || !above.has((each.cell.level - 1) as 1 | 2)) continue
    doubt('alone', [each], plane.piece(each.path))
  }
  const placed = flat.map(each => {
    const parent = parents.get(each)
    return parent ? { ...each.cell, parentId: parent.cell.id } : each.cell
  })
  // Of a gap only the cell that has it is named; its neighbours are only drawn.
  return {
    cells: placed,
    doubts: doubts.map(each => (each.code === 'gap' ? { ...each, cells: each.cells.slice(0, 1) } : each))
  }
}

/** Two of a level whose boxes overlap by more than drawing. */
function* neighbours(row: readonly Flat[]): Generator<readonly [Flat, Flat]> {
  const sorted = [...row].sort((a, b) => a.west - b.west)
  for (const [at, one] of sorted.entries()) {
    for (let next = at + 1; next < sorted.length; next += 1) {
      const other = sorted[next] as Flat
      if (other.west >= one.east) break
      if (other.south < one.north && other.north > one.south) yield [one, other]
    }
  }
}

/** The one that the file names, else the one of the level above that holds most corners. */
function parentsOf(flat: readonly Flat[]): ReadonlyMap<Flat, Flat> {
  const byId = new Map(flat.map(each => [each.cell.id, each]))
  const found = new Map<Flat, Flat>()
  for (const each of flat) {
    const named = each.cell.parentId === undefined ? undefined : byId.get(each.cell.parentId)
    const parent = named ?? (each.cell.level === 1 ? undefined : holderOf(each, flat))
    if (parent) found.set(each, parent)
  }
  return found
}

function holderOf(cell: Flat, flat: readonly Flat[]): Flat | undefined {
  let best: { readonly of: Flat; readonly corners: number } | undefined
  for (const each of flat) {
    if (each.cell.level !== cell.cell.level - 1) continue
    if (each.west >= cell.east || each.east <= cell.west || each.south >= cell.north || each.north <= cell.south)
      continue
    const middles = cell.path.map((point, n) => between(point, cell.path[(n + 1) % cell.path.length] ?? point))
    const corners = [...cell.path, ...middles].filter(
      point => Clipper.pointInPolygon(point, each.path) !== PointInPolygonResult.IsOutside
    ).length
    if (corners > (best?.corners ?? 0)) best = { of: each, corners }
  }
  return best && best.corners > cell.path.length ? best.of : undefined
}

function between(a: Path64[number], b: Path64[number]): Path64[number] {
  return { x: Math.round((a.x + b.x) / 2), y: Math.round((a.y + b.y) / 2) }
}

function planeOf(cells: readonly GridCellRow[]) {
  const first = cells[0]?.ring[0] ?? [0, 0]
  const perLon = M_PER_DEGREE * Math.cos(first[1] * RAD) * PER_M
  const perLat = M_PER_DEGREE * PER_M
  const back = ({ x, y }: Path64[number]) => [first[0] + x / perLon, first[1] + y / perLat] as const
  const ringOf = (path: Path64): GridRing => {
    const ring = path.map(back)
    return thin(ring[0] ? [...ring, ring[0]] : ring)
  }
  const flat = (cell: GridCellRow): Flat => {
    const path = cell.ring.slice(1).map(([lon, lat]) => {
      return { x: Math.round((lon - first[0]) * perLon), y: Math.round((lat - first[1]) * perLat) }
    })
    const box = Clipper.getBounds(path)
    return { cell, path, west: box.left, east: box.right, south: box.top, north: box.bottom }
  }
  const piece = (path: Path64, holes: Paths64 = []): Piece => {
    const areaM2 = (Math.abs(Clipper.area(path)) - Math.abs(Clipper.areaPaths(holes))) / PER_M ** 2
    return { areaM2: Math.round(areaM2 * 10) / 10, at: back(innerOf(path)), shape: [path, ...holes].map(ringOf) }
  }
  return {
    flat,
    piece,
    /** Those that are more than drawing. */
    pieces(how: ClipType, subject: Paths64, clip: Paths64): readonly Piece[] {
      const tree = new PolyTree64()
      Clipper.booleanOpWithPolyTree(how, subject, clip, tree, FillRule.NonZero)
      return outers(tree).flatMap(({ path, holes }) => {
        const made = piece(path, holes)
        const width = (2 * made.areaM2) / [path, ...holes].reduce((sum, each) => sum + lengthM(each), 0)
        return made.areaM2 >= LIMITS.leastM2 && width >= LIMITS.leastWidthM ? [made] : []
      })
    },
    touches({ west, east, south, north }: Flat, { shape }: Piece): boolean {
      return (shape[0] ?? []).some(([lon, lat]) => {
        const [x, y] = [(lon - first[0]) * perLon, (lat - first[1]) * perLat]
        return x >= west - PER_M && x <= east + PER_M && y >= south - PER_M && y <= north + PER_M
      })
    }
  }
}

/** Pieces with their holes; an island in a hole is a piece of its own. */
function outers(node: PolyPath64): readonly { readonly path: Path64; readonly holes: Paths64 }[] {
  const all: { path: Path64; holes: Paths64 }[] = []
  for (let n = 0; n < node.count; n += 1) {
    const outer = node.child(n)
    const holes = Array.from({ length: outer.count }, (_, at) => outer.child(at))
    all.push({ path: outer.poly ?? [], holes: holes.map(each => each.poly ?? []) })
    for (const hole of holes) all.push(...outers(hole).map(each => ({ path: each.path, holes: [...each.holes] })))
  }
  return all
}

function together(pieces: readonly Piece[]): Piece {
  const largest = pieces.reduce((best, each) => (each.areaM2 > best.areaM2 ? each : best))
  const areaM2 = Math.round(pieces.reduce((sum, each) => sum + each.areaM2, 0) * 10) / 10
  return { areaM2, at: largest.at, shape: pieces.flatMap(each => each.shape) }
}

function lengthM(path: Path64): number {
  return path.reduce((sum, a, n) => {
    const b = path[(n + 1) % path.length] ?? a
    return sum + Math.hypot(b.x - a.x, b.y - a.y) / PER_M
  }, 0)
}

/** The middle, where it lies inside; else a corner. */
function innerOf(path: Path64): Path64[number] {
  const from = path[0] ?? { x: 0, y: 0 }
  let [cross, x, y] = [0, 0, 0]
  for (const [n, a] of path.entries()) {
    const b = path[(n + 1) % path.length] ?? a
    const twice = (a.x - from.x) * (b.y - from.y) - (b.x - from.x) * (a.y - from.y)
    cross += twice
    x += (a.x + b.x - 2 * from.x) * twice
    y += (a.y + b.y - 2 * from.y) * twice
  }
  const middle = { x: from.x + Math.round(x / (3 * cross)), y: from.y + Math.round(y / (3 * cross)) }
  const inside = Number.isFinite(middle.x) && Clipper.pointInPolygon(middle, path) === PointInPolygonResult.IsInside
  return inside ? middle : from
}

const DRAWN_POINTS = 60

function thin(ring: GridRing): GridRing {
  const step = Math.ceil(ring.length / DRAWN_POINTS)
  return step <= 1 ? ring : ring.filter((_, n) => n % step === 0 || n === ring.length - 1)
}
