/** Where a camera stands and how it maps the town's metres to samples of its picture: a pinhole without distortion. */
import type { PlannedCamera } from '../plan.ts'

/** East, south, up: metres from the town's north-west corner and from the ground. */
export type Vec = readonly [number, number, number]

export interface View {
  readonly eye: Vec
  readonly forward: Vec
  readonly right: Vec
  readonly up: Vec
  /** Samples for a slope of one. */
  readonly focal: number
  readonly width: number
  readonly height: number
}

/** `width` × `height` in samples; the field of view is the horizontal one, as in the registry. */
export function viewOf(camera: PlannedCamera, width: number, height: number): View {
  const yaw = (camera.yawDeg * Math.PI) / 180
  const pitch = (camera.pitchDeg * Math.PI) / 180
  const [sy, cy, sp, cp] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)]
  return {
    eye: [camera.x, camera.y, camera.heightM],
    forward: [sy * cp, -cy * cp, sp],
    right: [cy, sy, 0],
    up: [-sp * sy, sp * cy, cp],
    focal: width / 2 / Math.tan((camera.fovDeg * Math.PI) / 360),
    width,
    height
  }
}

export const dot = (a: Vec, b: Vec): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]

/** To the camera's own axes: right, up, depth. */
export function toCamera({ eye, right, up, forward }: View, point: Vec): Vec {
  const rel: Vec = [point[0] - eye[0], point[1] - eye[1], point[2] - eye[2]]
  return [dot(rel, right), dot(rel, up), dot(rel, forward)]
}

/** Column, row and depth (m) of a point; undefined behind the camera. */
export function project(view: View, point: Vec): Vec | undefined {
  const [x, y, depth] = toCamera(view, point)
  if (depth < 0.2) return undefined
  return [view.width / 2 + (x / depth) * view.focal, view.height / 2 - (y / depth) * view.focal, depth]
}

/** The way of the light through a sample, of depth one (not of length one). */
export function ray({ forward, right, up, focal, width, height }: View, column: number, row: number): Vec {
  const [a, b] = [(column - width / 2) / focal, (height / 2 - row) / focal]
  return [
    forward[0] + right[0] * a + up[0] * b,
    forward[1] + right[1] * a + up[1] * b,
    forward[2] + right[2] * a + up[2] * b
  ]
}
