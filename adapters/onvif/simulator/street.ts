/** Draws the street that a simulated camera looks at: sky, houses or water, a road, box-cars and a walker, seamless over one loop. */

type Rgb = readonly [number, number, number]

/** What the picture depends on; the same numbers give the same picture. */
export interface StreetView {
  readonly seed: number
  readonly infrared: boolean
  /** Water instead of houses on both sides of the road: a bridge or an embankment. */
  readonly water: boolean
}

interface Car {
  /** Lane centre in road widths from the middle, negative comes towards the camera. */
  readonly lane: number
  readonly offset: number
  readonly color: Rgb
  readonly long: boolean
}

const SKY_TOP: Rgb = [16, 22, 38]
const SKY_LOW: Rgb = [52, 62, 84]
const GROUND: Rgb = [38, 43, 48]
const WATER: Rgb = [24, 40, 58]
const ROAD: Rgb = [54, 57, 64]
const PAVEMENT: Rgb = [74, 77, 82]
const LINE: Rgb = [168, 170, 164]
const WINDOW_LIT: Rgb = [196, 164, 96]
const WINDOW_DARK: Rgb = [38, 46, 60]
const PAINTS: readonly Rgb[] = [
  [150, 44, 44],
  [44, 84, 140],
  [176, 178, 180],
  [58, 110, 84],
  [190, 150, 50],
  [86, 88, 96]
]
const FAR_Z = 14
const NEAR_Z = 0.55

/** Pictures of one camera; `frame(phase)` draws phase 0 ≤ p < 1 of the loop into a reused RGB24 buffer. */
export class Street {
  readonly #width: number
  readonly #height: number
  readonly #pixels: Buffer
  readonly #background: Buffer
  readonly #horizon: number
  readonly #vanishX: number
  readonly #view: StreetView
  readonly #cars: readonly Car[]
  readonly #random: () => number

  constructor(width: number, height: number, view: StreetView) {
    this.#width = width
    this.#height = height
    this.#view = view
    this.#random = lehmer(view.seed)
    this.#pixels = Buffer.alloc(width * height * 3)
    this.#horizon = Math.round(height * (0.34 + this.#random() * 0.1))
    this.#vanishX = Math.round(width * (0.38 + this.#random() * 0.24))
    this.#drawScene()
    this.#cars = this.#chooseCars()
    this.#background = Buffer.from(this.#pixels)
  }

  frame(phase: number): Buffer {
    this.#background.copy(this.#pixels)
    const cars = this.#cars.map(car => ({ car, z: depth(car, phase) })).sort((a, b) => b.z - a.z)
    for (const { car, z } of cars) this.#drawCar(car, z)
    this.#drawWalker(phase)
    if (this.#view.infrared) greyLamp(this.#pixels, this.#width, this.#height)
    return this.#pixels
  }

  #chooseCars(): Car[] {
    const count = this.#view.infrared ? 2 : 4
    return Array.from({ length: count }, (_, i) => ({
      lane: i % 2 === 0 ? -0.24 : 0.24,
      offset: i / count + this.#random() * 0.12,
      color: PAINTS[Math.floor(this.#random() * PAINTS.length)] ?? LINE,
      long: this.#random() < 0.25
    }))
  }

  #drawScene(): void {
    const height = this.#height
    for (let y = 0; y < this.#horizon; y++) {
      this.#rect(0, y, this.#width, y + 1, mix(SKY_TOP, SKY_LOW, y / this.#horizon))
    }
    this.#rect(0, this.#horizon, this.#width, height, this.#view.water ? WATER : GROUND)
    if (this.#view.water) this.#drawFarBank()
    else this.#drawHouses()
    this.#strip(-0.72, 0.72, PAVEMENT)
    this.#strip(-0.5, 0.5, ROAD)
    this.#strip(-0.475, -0.46, LINE)
    this.#strip(0.46, 0.475, LINE)
    for (let z = NEAR_Z; z < FAR_Z; z += 0.9) this.#strip(-0.012, 0.012, LINE, z, z + 0.45)
    for (const side of [-0.66, 0.66]) for (let z = 1.2; z < 9; z *= 1.7) this.#drawLamp(side, z)
  }

  #drawHouses(): void {
    let x = -40
    while (x < this.#width) {
      const w = 70 + this.#random() * 120
      const top = this.#horizon - 30 - this.#random() * this.#horizon * 0.62
      const tone = 30 + this.#random() * 26
      this.#rect(x, top, x + w, this.#horizon + 14, [tone, tone + 5, tone + 14])
      for (let wy = top + 12; wy < this.#horizon - 10; wy += 24) {
        for (let wx = x + 10; wx < x + w - 16; wx += 22) {
          this.#rect(wx, wy, wx + 10, wy + 12, this.#random() < 0.24 ? WINDOW_LIT : WINDOW_DARK)
        }
      }
      x += w + this.#random() * 24
    }
  }

  #drawFarBank(): void {
    this.#rect(0, this.#horizon - 10, this.#width, this.#horizon + 6, [30, 40, 38])
    for (let x = 20; x < this.#width; x += 60 + this.#random() * 80) {
      const h = 16 + this.#random() * 60
      this.#rect(x, this.#horizon - h, x + 46, this.#horizon - 8, [30, 36, 48])
      this.#rect(x + 12, this.#horizon + 10, x + 16, this.#horizon + 10 + h, mix(WATER, WINDOW_LIT, 0.35))
    }
  }

  #drawLamp(side: number, z: number): void {
    const [x, y, scale] = this.#project(side, z)
    this.#rect(x - 3 * scale, y - 300 * scale, x + 3 * scale, y, [92, 96, 102])
    this.#rect(x - 26 * scale, y - 306 * scale, x + 26 * scale, y - 296 * scale, WINDOW_LIT)
  }

  #drawCar(car: Car, z: number): void {
    const [x, y, scale] = this.#project(car.lane, z)
    const w = (car.long ? 125 : 105) * scale
    const h = (car.long ? 175 : 82) * scale
    const towards = car.lane < 0
    this.#rect(x - w * 1.05, y - 6 * scale, x + w * 1.05, y + 8 * scale, [30, 32, 36])
    this.#rect(x - w, y - h, x + w, y, car.color)
    this.#rect(x - w * 0.78, y - h * 1.62, x + w * 0.78, y - h, mix(car.color, [0, 0, 0], 0.25))
    this.#rect(x - w * 0.68, y - h * 1.52, x + w * 0.68, y - h * 1.04, [44, 56, 72])
    const light: Rgb = towards ? [246, 238, 204] : [206, 40, 34]
    for (const s of [-1, 1]) {
      this.#rect(x + s * w * 0.78 - 17 * scale, y - h * 0.72, x + s * w * 0.78 + 17 * scale, y - h * 0.42, light)
    }
  }

  /** Crosses the road and returns within one loop, so that the seam is not seen. */
  #drawWalker(phase: number): void {
    const across = Math.cos(phase * 2 * Math.PI)
    const [x, y, scale] = this.#project(across * 0.62, 2.6)
    const step = Math.abs(Math.sin(phase * 24 * Math.PI)) * 16 * scale
    this.#rect(x - 15 * scale, y - 112 * scale, x + 15 * scale, y - 44 * scale, [156, 116, 66])
    this.#rect(x - 12 * scale - step, y - 44 * scale, x - 2 * scale - step, y, [40, 42, 52])
    this.#rect(x + 2 * scale + step, y - 44 * scale, x + 12 * scale + step, y, [40, 42, 52])
    this.#rect(x - 11 * scale, y - 138 * scale, x + 11 * scale, y - 112 * scale, [190, 156, 132])
  }

  /** Road coordinates → pixel and scale; z = 1 lies on the lower edge of the picture. */
  #project(across: number, z: number): [number, number, number] {
    const scale = 1 / z
    return [
      this.#vanishX + (across * this.#width * 0.95 + this.#width / 2 - this.#vanishX) * scale,
      this.#horizon + (this.#height - this.#horizon) * scale,
      scale
    ]
  }

  #strip(left: number, right: number, color: Rgb, zNear = NEAR_Z, zFar = 60): void {
    const depthPx = this.#height - this.#horizon
    for (let y = this.#horizon + 1; y < this.#height; y++) {
      const z = depthPx / (y - this.#horizon)
      if (z < zNear || z > zFar) continue
      this.#rect(this.#project(left, z)[0], y, this.#project(right, z)[0], y + 1, color)
    }
  }

  #rect(x0: number, y0: number, x1: number, y1: number, color: Rgb): void {
    const left = clamp(Math.round(x0), this.#width)
    const right = clamp(Math.round(x1), this.#width)
    const bottom = clamp(Math.round(y1), this.#height)
    for (let y = clamp(Math.round(y0), this.#height); y < bottom; y++) {
      for (let x = left, at = (y * this.#width + left) * 3; x < right; x++, at += 3) {
        this.#pixels[at] = color[0]
        this.#pixels[at + 1] = color[1]
        this.#pixels[at + 2] = color[2]
      }
    }
  }
}

function depth(car: Car, phase: number): number {
  const way = (phase + car.offset) % 1
  const along = car.lane < 0 ? 1 - way : way
  return NEAR_Z + (FAR_Z - NEAR_Z) * along ** 1.6
}

/** An infrared camera: grey, brightest in the middle where its own lamp reaches. */
function greyLamp(pixels: Buffer, width: number, height: number): void {
  for (let y = 0, at = 0; y < height; y++) {
    const dy = (y / height - 0.6) ** 2
    for (let x = 0; x < width; x++, at += 3) {
      const lamp = 1.35 - 2.2 * ((x / width - 0.5) ** 2 + dy)
      const grey = (pixels[at] ?? 0) * 0.3 + (pixels[at + 1] ?? 0) * 0.59 + (pixels[at + 2] ?? 0) * 0.11
      pixels.fill(Math.max(0, Math.min(255, grey * lamp + 14)), at, at + 3)
    }
  }
}

const clamp = (value: number, limit: number): number => Math.max(0, Math.min(limit, value))
const mix = (a: Rgb, b: Rgb, t: number): Rgb => [
  Math.round(a[0] + (b[0] - a[0]) * t),
  Math.round(a[1] + (b[1] - a[1]) * t),
  Math.round(a[2] + (b[2] - a[2]) * t)
]

/** Park and Miller's generator: the same street from the same seed on every machine. */
function lehmer(seed: number): () => number {
  let state = (seed * 7919) % 2147483647 || 1
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}
