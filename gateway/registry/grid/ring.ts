/** Whether a closed ring crosses itself, and where; pure. */
import type { GridRing } from '../../core/grid-wire.ts'

type Point = readonly [number, number]

interface Edge {
  readonly n: number
  readonly a: Point
  readonly b: Point
  readonly west: number
  readonly east: number
}

/** The first place where two edges cross, or where the ring comes back to a corner it has been at. */
export function crossingOf(ring: GridRing): Point | undefined {
  const seen = new Set<string>()
  for (const point of ring.slice(1)) {
    const key = `${point[0]} ${point[1]}`
    if (seen.has(key)) return point
    seen.add(key)
  }
  const edges = ring.slice(1).map((b, n): Edge => {
    const a = ring[n] as Point
    return { n, a, b, west: Math.min(a[0], b[0]), east: Math.max(a[0], b[0]) }
  })
  edges.sort((one, other) => one.west - other.west)
  for (const [at, one] of edges.entries()) {
    for (let next = at + 1; next < edges.length; next += 1) {
      const other = edges[next] as Edge
      // From west to east: what begins beyond this one's end meets none of it.
      if (other.west > one.east) break
      const crossing = meeting(one, other, edges.length)
      if (crossing) return crossing
    }
  }
  return undefined
}

function meeting(one: Edge, other: Edge, count: number): Point | undefined {
  const apart = Math.abs(one.n - other.n)
  if (apart === 1 || apart === count - 1) return undefined
  const { a, b } = one
  const { a: c, b: d } = other
  const [s1, s2] = [side(a, b, c), side(a, b, d)]
  const [s3, s4] = [side(c, d, a), side(c, d, b)]
  if (s1 * s2 >= 0 || s3 * s4 >= 0) return undefined
  const share = s1 / (s1 - s2)
  return [c[0] + (d[0] - c[0]) * share, c[1] + (d[1] - c[1]) * share]
}

/** Positive: to the left of the line from a to b. */
function side(a: Point, b: Point, p: Point): number {
  return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
}

const M_PER_DEGREE = 111_320

/** Of a closed ring, on a plane that is true at its first corner. */
export function areaM2(ring: GridRing): number {
  const [lon0, lat0] = ring[0] ?? [0, 0]
  let twice = 0
  for (const [n, a] of ring.entries()) {
    const b = ring[n + 1]
    if (b) twice += (a[0] - lon0) * (b[1] - lat0) - (b[0] - lon0) * (a[1] - lat0)
  }
  return (Math.abs(twice) / 2) * M_PER_DEGREE ** 2 * Math.cos((lat0 * Math.PI) / 180)
}
