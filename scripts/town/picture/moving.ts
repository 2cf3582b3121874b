/** Draws what moves over the still: shadows, beams and glows of lamps, then the bodies, in linear light. */
import type { Face } from './face.ts'
import { type Lit, passes, type Sum, shareOf } from './light.ts'
import { type Box, rasterise, type Samples } from './raster.ts'
import { SUPER } from './scene.ts'
import { clearPaint, nearInfrared, newPaint } from './shade.ts'
import type { Spans } from './spans.ts'
import { BODY, GROUND, SKY, type Still, WATER } from './still.ts'
import type { Beam, Glow, Thing } from './thing.ts'
import { project, ray, toCamera, type Vec } from './view.ts'

const BEAM_M = 34
/** Farther shadows and beams are smaller than a pixel, or nearly. */
const [SHADOWS_M, BEAMS_M] = [75, 120]
const UP: Vec = [0, 0, 1]

interface Bodies {
  /** Number of the first face. */
  readonly first: number
  readonly faces: readonly Face[]
  /** Filled as faces turn out to be seen. */
  readonly colors: (Vec | undefined)[]
}

export class MovingLayer {
  readonly #still: Still
  readonly #samples: Samples
  readonly #light: Float32Array
  readonly #paint = newPaint()
  readonly #out: Sum = { r: 0, g: 0, b: 0 }

  /** `samples` and `light` begin as copies of the still's and are drawn on. */
  constructor(still: Still, samples: Samples, light: Float32Array) {
    this.#still = still
    this.#samples = samples
    this.#light = light
  }

  draw(things: readonly Thing[], spans: Spans): void {
    const seen = things.filter(thing => this.#inView(thing))
    for (const thing of seen) if (thing.faces.length > 0 && this.#within(thing.at, SHADOWS_M)) this.#shade(thing, spans)
    for (const thing of things)
      for (const beam of thing.beams) if (this.#within(beam.at, BEAMS_M)) this.#beam(beam, spans)
    this.#bodies(seen, spans)
    for (const thing of seen) for (const glow of thing.glows) this.#glow(glow, spans)
  }

  #within([x, y]: Vec, limit: number): boolean {
    const { eye } = this.#still.scene.view
    return Math.hypot(x - eye[0], y - eye[1]) < limit
  }

  #inView({ at, radiusM }: Thing): boolean {
    const { view } = this.#still.scene
    const [x, y, depth] = toCamera(view, at)
    const reach = radiusM * 2 + 1
    const [wide, tall] = [view.width / 2 / view.focal, view.height / 2 / view.focal]
    return depth > -radiusM && Math.abs(x) < depth * wide + reach && Math.abs(y) < depth * tall + reach
  }

  /** Pixels around some map points; undefined when none is before the lens. */
  #around(points: readonly Vec[], spans: Spans): Box | undefined {
    const { scene, width, height } = this.#still
    const seen = points.map(point => project(scene.view, point))
    // A point behind the lens may reach to any edge.
    if (seen.every(one => one === undefined)) return undefined
    const behind = seen.some(one => one === undefined)
    const columns = seen.flatMap(one => (one ? [one[0] / SUPER] : []))
    const rows = seen.flatMap(one => (one ? [one[1] / SUPER] : []))
    const box: Box = {
      x0: behind ? 0 : Math.max(0, Math.floor(Math.min(...columns))),
      x1: behind ? width - 1 : Math.min(width - 1, Math.ceil(Math.max(...columns))),
      y0: Math.max(0, Math.floor(Math.min(...rows))),
      y1: behind ? height - 1 : Math.min(height - 1, Math.ceil(Math.max(...rows)))
    }
    if (box.x0 > box.x1 || box.y0 > box.y1) return undefined
    spans.add(box.x0, box.y0, box.x1, box.y1)
    return box
  }

  /** Map point, normal and depth under a pixel's first sample; false for sky and water. */
  #under(column: number, row: number, visit: (p: Vec, normal: Vec, pixel: number, depth: number) => void): void {
    const { scene, samples, width } = this.#still
    const at = row * SUPER * scene.view.width + column * SUPER
    const id = samples.face[at] ?? SKY
    if (id === SKY || id === WATER) return
    const depth = 1 / (samples.near[at] || 1e-6)
    const way = ray(scene.view, column * SUPER + 0.5, row * SUPER + 0.5)
    const { eye } = scene.view
    const normal = id === GROUND ? UP : (scene.faces[id]?.normal ?? UP)
    const point: Vec = [eye[0] + way[0] * depth, eye[1] + way[1] * depth, eye[2] + way[2] * depth]
    visit(point, normal, (row * width + column) * 3, depth)
  }

  #shade(thing: Thing, spans: Spans): void {
    const { at, print, heading } = thing
    const lamps = this.#still.scene.lights
      .near(at[0], at[1])
      .filter(({ down }) => down)
      .map(lit => ({ lit, share: shareOf(lit, at[0], at[1], 0, UP) }))
      .sort((a, b) => b.share - a.share)
      .slice(0, 2)
      .filter(({ share }) => share > 2e-4)
      .map(({ lit }) => lit)
    const margin = 0.5
    const footprint = [-1, 1].flatMap(i =>
      [-1, 1].map((j): Vec => [at[0] + i * (print[0] + margin), at[1] + j * (print[0] + margin), 0])
    )
    const cast = lamps.flatMap(lit => shadowCorners(thing, lit))
    const box = this.#around([...footprint, ...cast], spans)
    if (!box) return
    for (let row = box.y0; row <= box.y1; row++)
      for (let column = box.x0; column <= box.x1; column++) {
        this.#under(column, row, (p, normal, pixel) => {
          if (normal[2] > 0.9 && p[2] < 0.3) this.#contact(p, thing, heading, pixel)
          for (const lit of lamps) this.#cast(p, normal, thing, lit, pixel)
        })
      }
  }

  /** The dark that a body leaves on the ground beneath it. */
  #contact([x, y]: Vec, { at, print }: Thing, [hx, hy]: readonly [number, number], pixel: number): void {
    const [dx, dy] = [x - at[0], y - at[1]]
    const out = Math.max(Math.abs(dx * hx + dy * hy) - print[0], Math.abs(dy * hx - dx * hy) - print[1], -0.35)
    const dark = 1 - 0.72 * Math.max(0, Math.min(1, (0.38 - out) / 0.7))
    if (dark < 1) for (let c = pixel; c < pixel + 3; c++) this.#light[c] = (this.#light[c] ?? 0) * dark
  }

  #cast(p: Vec, normal: Vec, thing: Thing, lit: Lit, pixel: number): void {
    const share = shareOf(lit, p[0], p[1], p[2], normal)
    if (share < 1e-4) return
    const [x, y, z] = [p[0] + normal[0] * 0.05, p[1] + normal[1] * 0.05, p[2] + normal[2] * 0.05]
    // Four points in a small square instead of one: the edge of the shadow is soft.
    if (missesAll(thing, x, y, z, lit.at)) return
    let covered = 0
    for (let i = 0; i < 4; i++) {
      const [ox, oy] = [((i % 2) - 0.5) * 0.06, ((i >> 1) - 0.5) * 0.06]
      covered += 1 - passes(thing.blockers, x + ox, y + oy, z, lit.at)
    }
    if (covered === 0) return
    const { reflects, shader } = this.#still
    const part = (covered / 4) * share * passes(lit.blockers, x, y, z, lit.at)
    const weaker = shader.infrared ? 0.1 : 1
    for (let c = 0; c < 3; c++) {
      const at = pixel + c
      const left = (this.#light[at] ?? 0) - (lit.color[c] ?? 0) * part * (reflects[at] ?? 0) * weaker
      this.#light[at] = Math.max((this.#light[at] ?? 0) * 0.12, left)
    }
  }

  #beam({ at, way: [wx, wy], power }: Beam, spans: Spans): void {
    const corner = (along: number, aside: number): Vec => [
      at[0] + wx * along - wy * aside,
      at[1] + wy * along + wx * aside,
      0
    ]
    const ends = [corner(0.4, -1), corner(0.4, 1), corner(8, -4), corner(8, 4), corner(24, -7), corner(24, 7)]
    const box = this.#around([...ends, [at[0] + wx * 12, at[1] + wy * 12, 1.2]], spans)
    if (!box) return
    const { infrared } = this.#still.shader
    const strength = infrared ? power * 0.35 : power
    const { reflects } = this.#still
    for (let row = box.y0; row <= box.y1; row++)
      for (let column = box.x0; column <= box.x1; column++) {
        this.#under(column, row, ([x, y, z], normal, pixel) => {
          const [dx, dy] = [x - at[0], y - at[1]]
          const along = dx * wx + dy * wy
          if (along < 0.3 || along > BEAM_M) return
          const aside = (dy * wx - dx * wy) / (along + 1.2)
          const lift = (z - at[2]) / along + 0.035
          const spread = Math.exp(-((aside / 0.3) ** 2) - (lift > 0 ? (lift / 0.05) ** 2 : (lift / 0.4) ** 2))
          const facing = 0.3 + 0.7 * Math.max(0, -(normal[0] * wx + normal[1] * wy))
          const given = (strength * spread * facing * (1 - along / BEAM_M)) / (along * along + 14)
          if (given < 2e-3) return
          this.#give(
            pixel,
            given * (reflects[pixel] ?? 0),
            given * 0.95 * (reflects[pixel + 1] ?? 0),
            given * 0.85 * (reflects[pixel + 2] ?? 0)
          )
        })
      }
  }

  #give(pixel: number, r: number, g: number, b: number): void {
    const light = this.#light
    light[pixel] = (light[pixel] ?? 0) + r
    light[pixel + 1] = (light[pixel + 1] ?? 0) + g
    light[pixel + 2] = (light[pixel + 2] ?? 0) + b
  }

  #bodies(things: readonly Thing[], spans: Spans): void {
    const { scene, width } = this.#still
    const first = scene.faces.length
    const faces: Face[] = []
    const boxes: Box[] = []
    for (const thing of things) {
      const own: Box = { x0: 1e9, y0: 1e9, x1: -1, y1: -1 }
      rasterise(this.#samples, scene.view, thing.faces, first + faces.length, own)
      faces.push(...thing.faces)
      if (own.x1 >= 0) boxes.push({ x0: own.x0 >> 1, y0: own.y0 >> 1, x1: own.x1 >> 1, y1: own.y1 >> 1 })
    }
    const colors = new Array<Vec | undefined>(faces.length)
    for (const { x0, y0, x1, y1 } of boxes) {
      spans.add(x0, y0, x1, y1)
      for (let row = y0; row <= y1; row++)
        for (let column = x0; column <= x1; column++)
          this.#resolve(column, row, (row * width + column) * 3, { first, faces, colors })
    }
  }

  /** One light for a whole face: they are small. */
  #colorOf(face: Face): Vec {
    const n = face.points.length
    const middle = face.points.reduce(([x, y, z], [px, py, pz]): Vec => [x + px / n, y + py / n, z + pz / n], [0, 0, 0])
    clearPaint(this.#paint)
    face.paint(this.#paint, middle[0], middle[1], middle[2], 30)
    const { shader, scene } = this.#still
    const { normal } = face
    shader.light(
      this.#out,
      this.#paint,
      middle[0],
      middle[1],
      middle[2],
      normal,
      Math.hypot(middle[0] - scene.view.eye[0], middle[1] - scene.view.eye[1])
    )
    return [this.#out.r, this.#out.g, this.#out.b]
  }

  /** Mixes the bodies' samples into a pixel, once: they are taken from the samples' numbers. */
  #resolve(column: number, row: number, pixel: number, { first, faces, colors }: Bodies): void {
    const { scene } = this.#still
    const numbers = this.#samples.face
    let [r, g, b, covered] = [0, 0, 0, 0]
    for (let i = 0; i < 4; i++) {
      const at = (row * SUPER + (i >> 1)) * scene.view.width + column * SUPER + (i & 1)
      const index = (numbers[at] ?? SKY) - first
      const face = faces[index]
      if (!face) continue
      // Where two bodies' boxes overlap the pixel must not be mixed a second time.
      numbers[at] = BODY
      const color = colors[index] ?? this.#colorOf(face)
      colors[index] = color
      covered++
      r += color[0]
      g += color[1]
      b += color[2]
    }
    if (covered === 0) return
    const keep = 1 - covered / 4
    const light = this.#light
    light[pixel] = (light[pixel] ?? 0) * keep + r / 4
    light[pixel + 1] = (light[pixel + 1] ?? 0) * keep + g / 4
    light[pixel + 2] = (light[pixel + 2] ?? 0) * keep + b / 4
  }

  #glow({ at, way, color, radiusM }: Glow, spans: Spans): void {
    const { scene, samples, shader } = this.#still
    const { view } = scene
    const seen = project(view, at)
    if (!seen) return
    const [dx, dy] = [view.eye[0] - at[0], view.eye[1] - at[1]]
    const facing = way ? (dx * way[0] + dy * way[1]) / (Math.hypot(dx, dy) || 1) : 1
    if (facing < 0.05) return
    const [column, row, depth] = seen
    const [i, j] = [Math.round(column), Math.round(row)]
    if (i < 0 || j < 0 || i >= view.width || j >= view.height) return
    if ((samples.near[j * view.width + i] ?? 0) > 1.02 / depth) return
    const radius = Math.max(2.2, (radiusM * view.focal) / depth / SUPER)
    const [cx, cy] = [column / SUPER, row / SUPER]
    const strength = facing ** 1.5 * Math.min(1, 26 / depth + 0.35)
    const box = {
      x0: Math.floor(cx - radius * 2.4),
      x1: Math.ceil(cx + radius * 2.4),
      y0: Math.floor(cy - radius * 2.4),
      y1: Math.ceil(cy + radius * 2.4)
    }
    spans.add(box.x0, box.y0, box.x1, box.y1)
    const grey = nearInfrared({ r: color[0], g: color[1], b: color[2], er: 0, eg: 0, eb: 0 })
    const [r, g, b] = shader.infrared ? [grey, grey, grey] : color
    for (let y = Math.max(0, box.y0); y <= Math.min(this.#still.height - 1, box.y1); y++)
      for (let x = Math.max(0, box.x0); x <= Math.min(this.#still.width - 1, box.x1); x++) {
        const off = ((x - cx) ** 2 + (y - cy) ** 2) / (radius * radius)
        const given = strength * (Math.exp(-off * 5) * 1.2 + Math.exp(-off * 1.1) * 0.16)
        this.#give((y * this.#still.width + x) * 3, r * given, g * given, b * given)
      }
  }
}

/** Quick answer for most points: the way to the lamp passes the thing by more than its radius. */
function missesAll({ at, radiusM }: Thing, x: number, y: number, z: number, to: Vec): boolean {
  const [dx, dy, dz] = [to[0] - x, to[1] - y, to[2] - z]
  const [cx, cy, cz] = [at[0] - x, at[1] - y, at[2] - z]
  const t = Math.min(1, Math.max(0, (cx * dx + cy * dy + cz * dz) / (dx * dx + dy * dy + dz * dz)))
  const [ox, oy, oz] = [cx - dx * t, cy - dy * t, cz - dz * t]
  return ox * ox + oy * oy + oz * oz > radiusM * radiusM
}

/** Where the corners of a thing's boxes throw their shadows on the ground. */
function shadowCorners({ blockers, at }: Thing, { at: lamp }: Lit): Vec[] {
  return blockers.boxes.flatMap(([x0, y0, z0, x1, y1, z1]) =>
    [x0, x1].flatMap(x =>
      [y0, y1].flatMap(y =>
        [z0, z1].map((z): Vec => {
          const t = Math.min(4, lamp[2] / Math.max(0.5, lamp[2] - z))
          const [sx, sy] = [lamp[0] + (x - lamp[0]) * t, lamp[1] + (y - lamp[1]) * t]
          const long = Math.hypot(sx - at[0], sy - at[1])
          const limit = Math.min(1, 9 / long)
          return [at[0] + (sx - at[0]) * limit, at[1] + (sy - at[1]) * limit, 0]
        })
      )
    )
  )
}
