/** What the renderer draws: flat convex faces, each with a normal and a painter that knows the colour of every point on it. */
import type { Vec } from './view.ts'

/** Linear colour; 1 is what a white card reflects under a street lamp, about. */
export type Rgb = readonly [number, number, number]

/** Written by a painter: reflected part (r, g, b) and own light (er, eg, eb). */
export interface Paint {
  r: number
  g: number
  b: number
  er: number
  eg: number
  eb: number
}

/** `far` is the distance to the camera in metres: fine detail ends where it would only flicker. */
export type Painter = (paint: Paint, x: number, y: number, z: number, far: number) => void

export interface Face {
  readonly points: readonly Vec[]
  readonly normal: Vec
  readonly paint: Painter
  /** Seen from both sides, as leaves are. */
  readonly twoSided?: boolean
}

export function setPaint(paint: Paint, color: Rgb, factor = 1): void {
  paint.r = color[0] * factor
  paint.g = color[1] * factor
  paint.b = color[2] * factor
}

export function setGlow(paint: Paint, color: Rgb, factor = 1): void {
  paint.er = color[0] * factor
  paint.eg = color[1] * factor
  paint.eb = color[2] * factor
}

export const plain =
  (color: Rgb): Painter =>
  paint =>
    setPaint(paint, color)

export const glowing =
  (color: Rgb, factor: number): Painter =>
  paint => {
    setPaint(paint, [0.05, 0.05, 0.05])
    setGlow(paint, color, factor)
  }

/** A level rectangle at height `z`. */
export interface Level {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
  readonly z: number
}

export interface FrustumPaints {
  readonly side: Painter
  readonly top?: Painter
  /** Towards greater x. */
  readonly front?: Painter
  /** Towards smaller x. */
  readonly back?: Painter
}

/** The body between two level rectangles: box, wedge or stump. It has no floor: nobody sees one. */
export function frustum(low: Level, high: Level, paints: FrustumPaints): Face[] {
  const ring = ({ x0, y0, x1, y1, z }: Level): readonly [Vec, Vec, Vec, Vec] => [
    [x0, y0, z],
    [x1, y0, z],
    [x1, y1, z],
    [x0, y1, z]
  ]
  const [a, b, c, d] = ring(low)
  const [e, f, g, h] = ring(high)
  const { side, top = side, front = side, back = side } = paints
  return [
    face([a, b, f, e], side),
    face([b, c, g, f], front),
    face([c, d, h, g], side),
    face([d, a, e, h], back),
    face([e, f, g, h], top)
  ]
}

/** An upright box. */
export function box(x0: number, y0: number, x1: number, y1: number, z0: number, z1: number, side: Painter, top = side) {
  return frustum({ x0, y0, x1, y1, z: z0 }, { x0, y0, x1, y1, z: z1 }, { side, top })
}

/** A face whose normal follows from its first three points: seen from outside they go clockwise on the map, with z up. */
export function face(points: readonly Vec[], paint: Painter, twoSided = false): Face {
  const [a = [0, 0, 0], b = [0, 0, 0], , d] = points
  const c = d ?? points[2] ?? [0, 0, 0]
  const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]]
  const [vx, vy, vz] = [c[0] - a[0], c[1] - a[1], c[2] - a[2]]
  const n: Vec = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx]
  const length = Math.hypot(...n) || 1
  return { points, paint, normal: [n[0] / length, n[1] / length, n[2] / length], twoSided }
}
