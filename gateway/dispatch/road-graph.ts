/** Ways along the streets given as GeoJSON lines: what a unit on the other bank really has to drive (domain: travel time). */
import { distanceM, type GeoPoint } from '../core/geo.ts'
import { createSnap, type Flat, flatDistance, type Piece, type Snap } from './road-snap.ts'

/** [lon, lat], WGS-84. */
export type LonLat = readonly [number, number]

export interface RoadRoute {
  /** Metres along the roads, the ways from and to the nearest road included. */
  readonly distanceM: number
  /** Metres as the crow flies. */
  readonly straightM: number
  /** From the first place over the roads to the second. */
  readonly path: readonly LonLat[]
}

/** A road out of a junction, as a driver sees it. */
export interface RoadWay {
  readonly to: number
  readonly lengthM: number
  /** From this junction to the other one. */
  readonly path: readonly LonLat[]
}

export interface RoadGraph {
  readonly junctions: number
  /** Undefined when a place is more than 3 km from any road, or no road leads there. */
  route(from: GeoPoint, to: GeoPoint): RoadRoute | undefined
  /** The ways out of a junction; an empty list for numbers that are no junction. */
  ways(junction: number): readonly RoadWay[]
}

interface Edge {
  readonly ends: readonly [number, number]
  readonly line: readonly Flat[]
  readonly lengthM: number
}

const METRES_PER_DEGREE = (6_371_008.8 * Math.PI) / 180

/**
 * Junctions are the ends of lines and every vertex that two lines share, so lines need not be split at crossings.
 * Anything in the collection that is no line is left out; broken coordinates throw a TypeError at start.
 */
export function createRoadGraph(collection: unknown): RoadGraph {
  const lines = linesOf(collection)
  const plane = planeAround(lines)
  const { edges, exits, junctions } = edgesOf(lines, plane.flat)
  const nearest = createSnap(edges.flatMap(piecesOf))
  const snap = (place: GeoPoint) => nearest(plane.flat([place.lon, place.lat]))
  /** All units of a ranking go to the same place. */
  let last: { readonly place: GeoPoint; readonly snap: Snap | undefined } | undefined
  const goalOf = (place: GeoPoint) => {
    if (last?.place !== place) last = { place, snap: snap(place) }
    return last.snap
  }
  return {
    junctions,
    route(from, to) {
      const [start, goal] = [snap(from), goalOf(to)]
      const way = start && goal && shortest(edges, exits, start, goal)
      if (!way) return undefined
      const path: LonLat[] = [[from.lon, from.lat], ...way.line.map(plane.lonLat), [to.lon, to.lat]]
      return { distanceM: start.awayM + way.lengthM + goal.awayM, straightM: distanceM(from, to), path }
    },
    ways: junction =>
      (exits[junction] ?? []).map(index => {
        const { to, line, lengthM } = leaving(edges, index, junction)
        return { to, lengthM, path: line.map(plane.lonLat) }
      })
  }
}

/** Finds lines in a FeatureCollection, a Feature or a bare geometry. */
function linesOf(value: unknown): LonLat[][] {
  const node = value as { type?: string; features?: unknown[]; geometry?: unknown; coordinates?: unknown }
  if (node?.type === 'FeatureCollection') return (node.features ?? []).flatMap(linesOf)
  if (node?.type === 'Feature') return linesOf(node.geometry)
  if (node?.type === 'MultiLineString') return node.coordinates as LonLat[][]
  return node?.type === 'LineString' ? [node.coordinates as LonLat[]] : []
}

/** Metres on a plane that touches the earth in the middle of the lines: exact to a few in a million over a county. */
export function planeAround(lines: readonly (readonly LonLat[])[]) {
  const [lon0, lat0] = lines[0]?.[0] ?? [0, 0]
  const perLon = METRES_PER_DEGREE * Math.cos((lat0 * Math.PI) / 180)
  return {
    flat: ([lon, lat]: LonLat): Flat => [(lon - lon0) * perLon, (lat - lat0) * METRES_PER_DEGREE],
    lonLat: ([x, y]: Flat): LonLat => [lon0 + x / perLon, lat0 + y / METRES_PER_DEGREE]
  }
}

function edgesOf(lines: readonly (readonly LonLat[])[], flat: (point: LonLat) => Flat) {
  const uses = new Map<string, number>()
  const keyOf = ([lon, lat]: LonLat) => `${lon.toFixed(7)},${lat.toFixed(7)}`
  for (const line of lines)
    line.forEach((point, index) => {
      const end = index === 0 || index === line.length - 1
      uses.set(keyOf(point), (uses.get(keyOf(point)) ?? 0) + (end ? 2 : 1))
    })
  const numbers = new Map<string, number>()
  const edges: Edge[] = []
  const exits: number[][] = []
  const junctionOf = (point: LonLat) => {
    const key = keyOf(point)
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    exits[number] ??= []
    return number
  }
  for (const line of lines) {
    let from = 0
    for (let to = 1; to < line.length; to++) {
      if ((uses.get(keyOf(line[to] as LonLat)) ?? 0) < 2) continue
      const points = line.slice(from, to + 1).map(flat)
      const ends = [junctionOf(line[from] as LonLat), junctionOf(line[to] as LonLat)] as const
      for (const end of new Set(ends)) exits[end]?.push(edges.length)
      edges.push({ ends, line: points, lengthM: lengthOf(points) })
      from = to
    }
  }
  return { edges, exits, junctions: numbers.size }
}

function lengthOf(line: readonly Flat[]): number {
  return line.slice(1).reduce((sum, point, index) => sum + flatDistance(line[index] as Flat, point), 0)
}

function piecesOf(edge: Edge, index: number): Piece[] {
  let startM = 0
  return edge.line.slice(1).map((to, vertex) => {
    const from = edge.line[vertex] as Flat
    const piece = { edge: index, from, to, startM, vertex }
    startM += flatDistance(from, to)
    return piece
  })
}

function leaving(edges: readonly Edge[], index: number, junction: number) {
  const { ends, line, lengthM } = edges[index] as Edge
  return ends[0] === junction ? { to: ends[1], line, lengthM } : { to: ends[0], line: line.toReversed(), lengthM }
}

/** From a snapped place to one end of its edge. */
function toEnd(
  edge: Edge,
  { piece, at, alongM }: Snap,
  end: 0 | 1
): { readonly lengthM: number; readonly line: Flat[] } {
  return end === 0
    ? { lengthM: alongM, line: [at, ...edge.line.slice(0, piece.vertex + 1).toReversed()] }
    : { lengthM: edge.lengthM - alongM, line: [at, ...edge.line.slice(piece.vertex + 1)] }
}

interface Way {
  readonly lengthM: number
  readonly line: readonly Flat[]
}

/** A* from edge to edge; the straight line to the goal never overestimates, so the first way that nothing can beat is the shortest. */
function shortest(edges: readonly Edge[], exits: readonly number[][], start: Snap, goal: Snap): Way | undefined {
  const [first, last] = [edges[start.piece.edge] as Edge, edges[goal.piece.edge] as Edge]
  let best = start.piece.edge === goal.piece.edge ? along(first, start, goal) : undefined
  const costs = new Map<number, number>()
  const cameBy = new Map<number, { readonly line: readonly Flat[]; readonly before?: number }>()
  const open = new Heap()
  const reach = (junction: number, cost: number, place: Flat, line: readonly Flat[], before?: number) => {
    if (cost >= (costs.get(junction) ?? Number.POSITIVE_INFINITY)) return
    costs.set(junction, cost)
    cameBy.set(junction, { line, before })
    open.push(junction, cost + flatDistance(place, goal.at), cost)
  }
  for (const end of [0, 1] as const) {
    const { lengthM, line } = toEnd(first, start, end)
    reach(first.ends[end], lengthM, line.at(-1) as Flat, line)
  }
  for (let next = open.pop(); next && next.estimate < (best?.lengthM ?? Number.POSITIVE_INFINITY); next = open.pop()) {
    const { junction, cost } = next
    if (cost > (costs.get(junction) ?? 0)) continue
    for (const end of [0, 1] as const) {
      if (last.ends[end] !== junction) continue
      const tail = toEnd(last, goal, end)
      if (cost + tail.lengthM >= (best?.lengthM ?? Number.POSITIVE_INFINITY)) continue
      best = { lengthM: cost + tail.lengthM, line: [...unwind(cameBy, junction), ...tail.line.toReversed()] }
    }
    for (const index of exits[junction] ?? []) {
      const { to, line, lengthM } = leaving(edges, index, junction)
      reach(to, cost + lengthM, line.at(-1) as Flat, line, junction)
    }
  }
  return best
}

/** Both places on one edge: straight along it. */
function along(edge: Edge, start: Snap, goal: Snap): Way {
  const [a, b] = [start.piece.vertex, goal.piece.vertex]
  const between = a <= b ? edge.line.slice(a + 1, b + 1) : edge.line.slice(b + 1, a + 1).toReversed()
  return { lengthM: Math.abs(start.alongM - goal.alongM), line: [start.at, ...between, goal.at] }
}

function unwind(cameBy: ReadonlyMap<number, { readonly line: readonly Flat[]; readonly before?: number }>, to: number) {
  const parts: (readonly Flat[])[] = []
  for (let at: number | undefined = to; at !== undefined; ) {
    const step = cameBy.get(at)
    parts.push(step?.line ?? [])
    at = step?.before
  }
  return parts.toReversed().flatMap((line, index) => (index === 0 ? line : line.slice(1)))
}

interface Entry {
  readonly junction: number
  readonly estimate: number
  readonly cost: number
}

/** A binary heap, smallest estimate first. */
class Heap {
  private readonly items: Entry[] = []

  push(junction: number, estimate: number, cost: number): void {
    const { items } = this
    let at = items.push({ junction, estimate, cost }) - 1
    for (let up = (at - 1) >> 1; at > 0 && this.less(at, up); up = (at - 1) >> 1) {
      this.swap(at, up)
      at = up
    }
  }

  pop(): Entry | undefined {
    const { items } = this
    if (items.length < 2) return items.pop()
    this.swap(0, items.length - 1)
    const top = items.pop()
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      const child = right < items.length && this.less(right, left) ? right : left
      if (child >= items.length || !this.less(child, at)) return top
      this.swap(at, child)
      at = child
    }
  }

  private less(a: number, b: number): boolean {
    return (this.items[a] as Entry).estimate < (this.items[b] as Entry).estimate
  }

  private swap(a: number, b: number): void {
    const { items } = this
    const kept = items[a] as Entry
    items[a] = items[b] as Entry
    items[b] = kept
  }
}
