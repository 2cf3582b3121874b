/** The nearest piece of road to a place, by a grid of squares over all pieces. */

/** Metres east and north of the graph's own origin. */
export type Flat = readonly [x: number, y: number]

/** A straight piece of an edge; `startM` is how far along the edge it begins. */
export interface Piece {
  readonly edge: number
  readonly from: Flat
  readonly to: Flat
  readonly startM: number
  /** Index of the vertex at its beginning. */
  readonly vertex: number
}

export interface Snap {
  readonly piece: Piece
  readonly at: Flat
  /** Metres from the place to the road. */
  readonly awayM: number
  /** Metres along the edge. */
  readonly alongM: number
}

const SQUARE_M = 150
/** Further from any road than this is not on the map of this graph. */
const FARTHEST_SQUARES = 20

/** Squares by one number: a county has far fewer than this many in a row. */
const ROW = 1 << 20

/**
 * Finds the nearest piece within `farthestM` (3 km at most) and perhaps one a little farther, looking at ever wider rings of squares until no
 * nearer one can be in the next.
 */
export function createSnap(
  pieces: readonly Piece[],
  farthestM = FARTHEST_SQUARES * SQUARE_M
): (place: Flat) => Snap | undefined {
  const rings = RINGS.slice(0, Math.ceil(farthestM / SQUARE_M) + 1)
  const squares = new Map<number, Piece[]>()
  const keyOf = (column: number, row: number) => column * ROW + row
  const square = (value: number) => Math.floor(value / SQUARE_M)
  for (const piece of pieces) {
    const [x0, x1] = [piece.from[0], piece.to[0]].map(square).sort((a, b) => a - b) as [number, number]
    const [y0, y1] = [piece.from[1], piece.to[1]].map(square).sort((a, b) => a - b) as [number, number]
    for (let column = x0; column <= x1; column++)
      for (let row = y0; row <= y1; row++) {
        const key = keyOf(column, row)
        const list = squares.get(key)
        if (list) list.push(piece)
        else squares.set(key, [piece])
      }
  }
  return place => {
    const [column, row] = [square(place[0]), square(place[1])]
    let best: Piece | undefined
    let bestSquared = Number.POSITIVE_INFINITY
    for (const [ring, offsets] of rings.entries()) {
      const beyond = (ring - 1) * SQUARE_M
      if (best && ring > 0 && bestSquared < beyond * beyond) break
      for (const [dx, dy] of offsets)
        for (const piece of squares.get(keyOf(column + dx, row + dy)) ?? []) {
          const squared = squaredTo(place, piece)
          if (squared >= bestSquared) continue
          best = piece
          bestSquared = squared
        }
    }
    return best && project(place, best)
  }
}

const RINGS = Array.from({ length: FARTHEST_SQUARES + 1 }, (_, ring) => ringOffsets(ring))

function ringOffsets(ring: number): [number, number][] {
  if (ring === 0) return [[0, 0]]
  const out: [number, number][] = []
  for (let d = -ring; d <= ring; d++) out.push([d, -ring], [d, ring])
  for (let d = 1 - ring; d < ring; d++) out.push([-ring, d], [ring, d])
  return out
}

/** How far along the piece (0 to 1) its point nearest to the place is. */
function shareAlong(place: Flat, { from, to }: Piece): number {
  const dx = to[0] - from[0]
  const dy = to[1] - from[1]
  const squared = dx * dx + dy * dy
  const share = squared === 0 ? 0 : ((place[0] - from[0]) * dx + (place[1] - from[1]) * dy) / squared
  return Math.min(1, Math.max(0, share))
}

/** Square of the way from the place to the piece: most pieces looked at are turned away by it, so it makes no object. */
function squaredTo(place: Flat, piece: Piece): number {
  const { from, to } = piece
  const t = shareAlong(place, piece)
  const x = from[0] + t * (to[0] - from[0]) - place[0]
  const y = from[1] + t * (to[1] - from[1]) - place[1]
  return x * x + y * y
}

/** The point of the piece that is nearest to the place. */
function project(place: Flat, piece: Piece): Snap {
  const { from, to } = piece
  const t = shareAlong(place, piece)
  const at: Flat = [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]
  return { piece, at, awayM: flatDistance(place, at), alongM: piece.startM + t * flatDistance(from, to) }
}

export function flatDistance(a: Flat, b: Flat): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}
