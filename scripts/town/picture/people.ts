/** The little figures of the drawn town: coat, trousers, a head without a face; they walk in their own axes, forward along x. */
import { type Face, frustum, type Level, plain, type Rgb } from './face.ts'
import type { BallBlocker, BoxBlocker } from './light.ts'
import type { Vec } from './view.ts'

export interface PersonLook {
  readonly coat: Rgb
  readonly trousers: Rgb
  /** Metres, default 1.7. */
  readonly tall?: number
}

const HIP_M = 0.86
const SHOULDER_M = 1.42
const STRIDE_M = 0.34

/** `step`: 0 … 1 is one pair of steps; 0 stands still. */
export function personFaces({ coat, trousers, tall = 1.7 }: PersonLook, step: number): Face[] {
  const swing = Math.sin(step * 2 * Math.PI) * STRIDE_M
  const [dark, cloth] = [plain(trousers), plain(coat)]
  const hair = plain([0.03, 0.028, 0.026])
  const skin = plain([0.3, 0.22, 0.17])
  const level = (x: number, y: number, half: number, wide: number, z: number): Level => ({
    x0: x - half,
    x1: x + half,
    y0: y - wide,
    y1: y + wide,
    z
  })
  const faces = [
    ...[1, -1].flatMap(side => {
      const foot = level(side * swing, side * 0.1, 0.09, 0.065, 0)
      return [
        ...frustum(foot, level(0, side * 0.09, 0.1, 0.09, HIP_M), { side: dark }),
        ...frustum({ ...foot, x1: foot.x1 + 0.1 }, { ...foot, x1: foot.x1 + 0.06, z: 0.09 }, { side: hair })
      ]
    }),
    ...frustum(level(0, 0, 0.12, 0.19, HIP_M - 0.12), level(0, 0, 0.13, 0.22, SHOULDER_M - 0.12), { side: cloth }),
    ...frustum(level(0, 0, 0.13, 0.22, SHOULDER_M - 0.12), level(0, 0, 0.08, 0.13, SHOULDER_M + 0.04), { side: cloth }),
    ...[1, -1].flatMap(side =>
      frustum(
        level(-side * swing * 0.7, side * 0.25, 0.05, 0.045, 0.78),
        level(0, side * 0.23, 0.065, 0.06, SHOULDER_M - 0.04),
        {
          side: cloth
        }
      )
    ),
    ...frustum(level(0.02, 0, 0.07, 0.06, SHOULDER_M + 0.04), level(0.03, 0, 0.1, 0.085, SHOULDER_M + 0.18), {
      side: skin
    }),
    ...frustum(level(0.01, 0, 0.11, 0.095, SHOULDER_M + 0.18), level(0, 0, 0.07, 0.06, SHOULDER_M + 0.3), {
      side: hair
    })
  ]
  const scale = tall / 1.72
  return faces.map(one => ({ ...one, points: one.points.map(([x, y, z]): Vec => [x * scale, y * scale, z * scale]) }))
}

export function personBoxes(step: number): BoxBlocker[] {
  const swing = Math.sin(step * 2 * Math.PI) * STRIDE_M * 0.6
  return [
    [-0.14, -0.24, HIP_M - 0.1, 0.14, 0.24, SHOULDER_M],
    [swing - 0.09, 0.03, 0, swing + 0.09, 0.17, HIP_M],
    [-swing - 0.09, -0.17, 0, -swing + 0.09, -0.03, HIP_M]
  ]
}

export const HEAD: BallBlocker = [0, 0, SHOULDER_M + 0.17, 0.13, 1]
