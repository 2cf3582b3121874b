/** The river at night: the far bank mirrored, the lamps drawn out to long streaks by the ripples. */
import { facade, type Wall } from './facade.ts'
import type { Painter } from './face.ts'
import { WATER_M } from './ground.ts'
import type { House } from './houses.ts'
import type { Sum } from './light.ts'
import { noise } from './random.ts'
import type { Scene } from './scene.ts'
import { clearPaint, newPaint, type Shader } from './shade.ts'
import type { Vec } from './view.ts'

/** How far ripples throw a lamp's image aside and up, radians. */
const [ASIDE, ALONG] = [0.014, 0.11]
const STREAK_M = 260

interface Mirrored {
  readonly house: House
  readonly painters: { readonly x: Painter; readonly y: Painter }
}

export class Water {
  readonly #shader: Shader
  readonly #eye: Vec
  readonly #houses: readonly Mirrored[]
  readonly #lamps: readonly Vec[]
  readonly #paint = newPaint()

  constructor(scene: Scene, shader: Shader) {
    this.#shader = shader
    this.#eye = scene.view.eye
    const { yNorth, ySouth } = scene.plan.river
    const bank = ({ y0, y1 }: House): boolean => y1 > yNorth - 170 && y0 < ySouth + 170
    this.#houses = scene.houses.filter(bank).map(house => ({ house, painters: paintersOf(house) }))
    this.#lamps = scene.lamps
      .map(({ head }) => head)
      .filter(([x, y]) => y > yNorth - 60 && y < ySouth + 60 && Math.abs(x - this.#eye[0]) < STREAK_M)
  }

  light(out: Sum, x: number, y: number): void {
    const [dx, dy, dz] = [x - this.#eye[0], y - this.#eye[1], WATER_M - this.#eye[2]]
    const distance = Math.hypot(dx, dy, dz)
    const ripple = noise(x * 0.9, y * 1.6, 81) + 0.5 * noise(x * 2.4, y * 4, 82) - 0.75
    const tilt = ripple * 0.05
    const way: Vec = [dx / distance, dy / distance, Math.max(0.004, -dz / distance + tilt)]
    const mirror = 0.08 + 0.72 * (1 - way[2]) ** 4
    this.#shader.sky(out, way)
    this.#bank(out, x, y, way)
    const glow = this.#streaks(x, y, -dz / distance, Math.atan2(dy, dx))
    const lively = glow * (0.62 + 0.7 * noise(x * 1.2, y * 2.6, 83))
    out.r = out.r * mirror + 0.0022 + lively
    out.g = out.g * mirror + 0.0026 + lively * 0.74
    out.b = out.b * mirror + 0.003 + lively * 0.42
  }

  #bank(out: Sum, x: number, y: number, way: Vec): void {
    let nearest = Number.POSITIVE_INFINITY
    let hit: Mirrored | undefined
    let axis: 'x' | 'y' = 'x'
    for (const one of this.#houses) {
      const { x0, y0, x1, y1, heightM } = one.house
      const [tx, ty] = [((way[0] > 0 ? x0 : x1) - x) / way[0], ((way[1] > 0 ? y0 : y1) - y) / way[1]]
      const enter = Math.max(tx, ty)
      if (enter < 0 || enter > nearest) continue
      const [hx, hy, hz] = [x + way[0] * enter, y + way[1] * enter, WATER_M + way[2] * enter]
      if (hx < x0 - 0.01 || hx > x1 + 0.01 || hy < y0 - 0.01 || hy > y1 + 0.01 || hz > heightM) continue
      nearest = enter
      hit = one
      axis = ty >= tx ? 'x' : 'y'
    }
    if (!hit) return
    const at: Vec = [x + way[0] * nearest, y + way[1] * nearest, WATER_M + way[2] * nearest]
    clearPaint(this.#paint)
    hit.painters[axis](this.#paint, at[0], at[1], Math.max(0, at[2]), 200)
    this.#shader.light(out, this.#paint, at[0], at[1], at[2], [0, 0, 1], nearest)
  }

  #streaks(x: number, y: number, rise: number, heading: number): number {
    let sum = 0
    for (const [lx, ly, lz] of this.#lamps) {
      const [dx, dy] = [lx - x, ly - y]
      const flat = Math.hypot(dx, dy)
      let aside = Math.atan2(dy, dx) - heading
      if (aside > Math.PI) aside -= 2 * Math.PI
      if (aside < -Math.PI) aside += 2 * Math.PI
      const up = Math.atan2(lz - WATER_M, flat) - Math.asin(rise)
      const exponent = (aside / ASIDE) ** 2 + (up / ALONG) ** 2
      if (exponent < 8) sum += (0.34 * Math.exp(-exponent)) / (1 + flat / 60)
    }
    return sum
  }
}

function paintersOf(house: House): { readonly x: Painter; readonly y: Painter } {
  const { number, x0, x1, y0, y1, heightM } = house
  const wall: Wall = { house: number, side: 0, axis: 'x', from: x0, length: x1 - x0, heightM, shops: false }
  return { x: facade(wall), y: facade({ ...wall, side: 1, axis: 'y', from: y0, length: y1 - y0 }) }
}
