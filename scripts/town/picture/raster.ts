/** The z-buffer: which face is seen in which sample, and how near. */
import type { Face } from './face.ts'
import { dot, toCamera, type Vec, type View } from './view.ts'

/** One entry per sample: 1 / depth (0: nothing) and the number of the face (−1: nothing). */
export interface Samples {
  readonly near: Float32Array
  readonly face: Int32Array
}

/** Columns and rows, the last ones included. */
export interface Box {
  x0: number
  y0: number
  x1: number
  y1: number
}

const NEAR_M = 0.25

export function emptySamples({ width, height }: View): Samples {
  return { near: new Float32Array(width * height), face: new Int32Array(width * height).fill(-1) }
}

/** Draws faces numbered from `first` on; `touched` grows by what was painted. */
export function rasterise(samples: Samples, view: View, faces: readonly Face[], first: number, touched?: Box): void {
  for (const [index, face] of faces.entries()) {
    if (!face.twoSided && facesAway(view, face)) continue
    const points = clip(face.points.map(point => toCamera(view, point)))
    for (let i = 2; i < points.length; i++) {
      const [a, b, c] = [points[0], points[i - 1], points[i]]
      if (a && b && c) triangle(samples, view, [a, b, c], first + index, touched)
    }
  }
}

function facesAway({ eye }: View, { points, normal }: Face): boolean {
  const [p = eye] = points
  return dot(normal, [eye[0] - p[0], eye[1] - p[1], eye[2] - p[2]]) <= 0
}

/** Cuts off what is behind the lens. */
function clip(points: readonly Vec[]): Vec[] {
  const out: Vec[] = []
  for (const [i, a] of points.entries()) {
    const b = points[(i + 1) % points.length] ?? a
    if (a[2] >= NEAR_M) out.push(a)
    if (a[2] >= NEAR_M !== b[2] >= NEAR_M) {
      const t = (NEAR_M - a[2]) / (b[2] - a[2])
      out.push([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, NEAR_M])
    }
  }
  return out
}

function triangle(
  samples: Samples,
  view: View,
  corners: readonly [Vec, Vec, Vec],
  id: number,
  touched: Box | undefined
): void {
  const { width, height, focal } = view
  const [a, b, c] = corners.map(([x, y, depth]): Vec => {
    return [width / 2 + (x / depth) * focal, height / 2 - (y / depth) * focal, 1 / depth]
  }) as [Vec, Vec, Vec]
  const area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
  if (Math.abs(area) < 1e-9) return
  const x0 = Math.max(0, Math.floor(Math.min(a[0], b[0], c[0])))
  const x1 = Math.min(width - 1, Math.ceil(Math.max(a[0], b[0], c[0])))
  const y0 = Math.max(0, Math.floor(Math.min(a[1], b[1], c[1])))
  const y1 = Math.min(height - 1, Math.ceil(Math.max(a[1], b[1], c[1])))
  if (x0 > x1 || y0 > y1) return
  if (touched) grow(touched, x0, y0, x1, y1)
  // Weights of b and c and 1 / depth are linear over the picture.
  const [wbx, wby] = [(c[1] - a[1]) / area, -(c[0] - a[0]) / area]
  const [wcx, wcy] = [-(b[1] - a[1]) / area, (b[0] - a[0]) / area]
  const [db, dc] = [b[2] - a[2], c[2] - a[2]]
  const { near, face } = samples
  for (let y = y0; y <= y1; y++) {
    const [px, py] = [x0 + 0.5 - a[0], y + 0.5 - a[1]]
    let wb = px * wbx + py * wby
    let wc = px * wcx + py * wcy
    for (let x = x0, at = y * width + x0; x <= x1; x++, at++, wb += wbx, wc += wcx) {
      if (wb < 0 || wc < 0 || wb + wc > 1) continue
      const nearness = a[2] + wb * db + wc * dc
      if (nearness <= (near[at] ?? 0)) continue
      near[at] = nearness
      face[at] = id
    }
  }
}

function grow(box: Box, x0: number, y0: number, x1: number, y1: number): void {
  box.x0 = Math.min(box.x0, x0)
  box.y0 = Math.min(box.y0, y0)
  box.x1 = Math.max(box.x1, x1)
  box.y1 = Math.max(box.y1, y1)
}
