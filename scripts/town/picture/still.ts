/** The town without what moves, drawn once: light per pixel, and per sample what stands there, for the moving things to come. */

import { WATER_M } from './ground.ts'
import type { Sum } from './light.ts'
import { emptySamples, rasterise, type Samples } from './raster.ts'
import { type Scene, SUPER } from './scene.ts'
import { clearPaint, newPaint, Shader } from './shade.ts'
import { ray, type Vec } from './view.ts'
import { Water } from './water.ts'

/** Face numbers that are no faces. */
export const [SKY, GROUND, WATER, BODY] = [-1, -2, -3, -4]
const UP: Vec = [0, 0, 1]
/** A single sample counts no more than this, or a far lamp would flicker. */
const BRIGHTEST = 2.2

export interface Still {
  readonly scene: Scene
  readonly shader: Shader
  readonly width: number
  readonly height: number
  readonly samples: Samples
  /** Linear light, three per pixel. */
  readonly light: Float32Array
  /** What a pixel reflects, three per pixel. */
  readonly reflects: Float32Array
}

export function drawStill(scene: Scene): Still {
  const { view } = scene
  const samples = emptySamples(view)
  rasterise(samples, view, scene.faces, 0)
  const [width, height] = [view.width / SUPER, view.height / SUPER]
  const still: Still = {
    scene,
    shader: new Shader(scene),
    width,
    height,
    samples,
    light: new Float32Array(width * height * 3),
    reflects: new Float32Array(width * height * 3)
  }
  const water = new Water(scene, still.shader)
  for (let row = 0; row < view.height; row++)
    for (let column = 0; column < view.width; column++) sample(still, water, column, row)
  return still
}

const paint = newPaint()
const out: Sum = { r: 0, g: 0, b: 0 }

function sample(still: Still, water: Water, column: number, row: number): void {
  const { scene, shader, samples, width } = still
  const { view, ground } = scene
  const at = row * view.width + column
  const way = ray(view, column + 0.5, row + 0.5)
  settle(still, at, way)
  const id = samples.face[at] ?? SKY
  const depth = 1 / (samples.near[at] || 1e-6)
  const [x, y, z] = [view.eye[0] + way[0] * depth, view.eye[1] + way[1] * depth, view.eye[2] + way[2] * depth]
  clearPaint(paint)
  if (id === SKY) shader.sky(out, way)
  else if (id === WATER) water.light(out, x, y)
  else {
    const face = scene.faces[id]
    if (face) face.paint(paint, x, y, z, depth)
    else ground.paint(paint, x, y, depth)
    shader.light(out, paint, x, y, z, face?.normal ?? UP, depth)
  }
  const pixel = ((row >> 1) * width + (column >> 1)) * 3
  gather(still.light, pixel, Math.min(BRIGHTEST, out.r), Math.min(BRIGHTEST, out.g), Math.min(BRIGHTEST, out.b))
  gather(still.reflects, pixel, paint.r, paint.g, paint.b)
}

function gather(into: Float32Array, at: number, r: number, g: number, b: number): void {
  const part = 1 / (SUPER * SUPER)
  into[at] = (into[at] ?? 0) + r * part
  into[at + 1] = (into[at + 1] ?? 0) + g * part
  into[at + 2] = (into[at + 2] ?? 0) + b * part
}

/** Puts ground and water where no face is nearer. */
function settle({ scene, samples }: Still, at: number, way: Vec): void {
  if (way[2] >= -1e-4) return
  const { eye } = scene.view
  let depth = -eye[2] / way[2]
  let id = GROUND
  if (scene.ground.isWater(eye[0] + way[0] * depth, eye[1] + way[1] * depth)) {
    depth = (WATER_M - eye[2]) / way[2]
    id = WATER
  }
  if (1 / depth <= (samples.near[at] ?? 0) * 1.0005 || depth > 1500) return
  samples.near[at] = 1 / depth
  samples.face[at] = id
}
