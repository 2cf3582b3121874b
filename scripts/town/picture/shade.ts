/** From a painted point and the light there to the light that reaches the lens: night, fog, and the grey of an infrared camera. */
import type { Paint } from './face.ts'
import type { Sum } from './light.ts'
import { clamp01 } from './random.ts'
import type { Scene } from './scene.ts'
import type { Vec } from './view.ts'

const AMBIENT: Vec = [0.036, 0.035, 0.036]
const HORIZON: Vec = [0.0165, 0.0145, 0.0125]
const ZENITH: Vec = [0.0045, 0.0048, 0.0058]
const FOG_M = 420
/** An infrared lamp beside the lens: strength, and how far to the side it shines (radians). */
const [IR_POWER, IR_SPREAD] = [150, 0.4]
const IR_LAMPS = 0.1

export const newPaint = (): Paint => ({ r: 0, g: 0, b: 0, er: 0, eg: 0, eb: 0 })

export function clearPaint(paint: Paint): void {
  paint.r = paint.g = paint.b = paint.er = paint.eg = paint.eb = 0
}

export class Shader {
  readonly #scene: Scene
  readonly #sum: Sum = { r: 0, g: 0, b: 0 }

  constructor(scene: Scene) {
    this.#scene = scene
  }

  get infrared(): boolean {
    return this.#scene.camera.infrared
  }

  /** Turns `paint` into the light that leaves the point towards the lens, in `out`. */
  light(out: Sum, paint: Paint, x: number, y: number, z: number, normal: Vec, depth: number): void {
    const sum = this.#sum
    const sky = 0.65 + 0.35 * normal[2]
    sum.r = AMBIENT[0] * sky
    sum.g = AMBIENT[1] * sky
    sum.b = AMBIENT[2] * sky
    this.#scene.lights.add(sum, x, y, z, normal)
    const clear = Math.exp(-depth / FOG_M)
    if (this.infrared) {
      const received = (sum.r + sum.g + sum.b) * IR_LAMPS + this.#beam(x, y, z, normal)
      const grey = nearInfrared(paint) * received + (paint.er + paint.eg + paint.eb) * 0.1
      out.r = out.g = out.b = grey * clear + HORIZON[1] * 0.5 * (1 - clear)
      return
    }
    out.r = (paint.r * sum.r + paint.er) * clear + HORIZON[0] * (1 - clear)
    out.g = (paint.g * sum.g + paint.eg) * clear + HORIZON[1] * (1 - clear)
    out.b = (paint.b * sum.b + paint.eb) * clear + HORIZON[2] * (1 - clear)
  }

  #beam(x: number, y: number, z: number, normal: Vec): number {
    const { eye, forward } = this.#scene.view
    const [dx, dy, dz] = [eye[0] - x, eye[1] - y, eye[2] - z]
    const distance = Math.hypot(dx, dy, dz)
    const facing = Math.max(0.05, (normal[0] * dx + normal[1] * dy + normal[2] * dz) / distance)
    const off = Math.acos(Math.min(1, -(forward[0] * dx + forward[1] * dy + forward[2] * dz) / distance))
    return (IR_POWER * Math.sqrt(facing) * (0.08 + Math.exp(-((off / IR_SPREAD) ** 2)))) / (distance * distance + 60)
  }

  /** The sky in a direction, of any length. */
  sky(out: Sum, way: Vec): void {
    const t = clamp01((way[2] / Math.hypot(...way)) * 2.4) ** 0.6
    const dim = this.infrared ? 0.35 : 1
    out.r = (HORIZON[0] + (ZENITH[0] - HORIZON[0]) * t) * dim
    out.g = (HORIZON[1] + (ZENITH[1] - HORIZON[1]) * t) * dim
    out.b = (HORIZON[2] + (ZENITH[2] - HORIZON[2]) * t) * dim
    if (this.infrared) out.r = out.b = out.g
  }
}

/** Leaves are bright in the near infrared, and dyes count for little. */
export function nearInfrared({ r, g, b }: Paint): number {
  const grey = 0.34 * r + 0.36 * g + 0.3 * b
  return 0.1 + grey * 0.8 + Math.max(0, g - Math.max(r, b)) * 2.5
}
