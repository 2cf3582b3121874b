/** From linear light to the bytes of a picture: exposure, a film's soft shoulder, the lens' dark corners, and the grain of the sensor. */
import { hash } from './random.ts'

const STEPS = 8192
const RANGE = 3
const EXPOSURE = 3.6
const GRAIN = 2.6

const CURVE = Float32Array.from({ length: STEPS + 1 }, (_, i) => {
  const seen = 1 - Math.exp(-((i / STEPS) * RANGE) * EXPOSURE)
  return 255 * seen ** (1 / 2.2)
})

/**
 * Corners and grain of one camera. The grain stands still: an encoder would spend most of a stream on grain that moves, and drop it.
 */
export class Tone {
  readonly #width: number
  readonly #height: number
  readonly #grain: Int8Array
  readonly #corners: Float32Array

  constructor(width: number, height: number, seed: number, infrared: boolean) {
    this.#width = width
    this.#height = height
    const strength = infrared ? GRAIN * 1.5 : GRAIN
    this.#grain = Int8Array.from({ length: width * height }, (_, i) => {
      const chance = hash(i, seed, 91) + hash(i, seed, 92) + hash(i, seed, 93) - 1.5
      return Math.round(chance * 2 * strength)
    })
    this.#corners = Float32Array.from({ length: width * height }, (_, i) => {
      const [u, v] = [(i % width) / width - 0.5, Math.floor(i / width) / height - 0.5]
      return 1 - (u * u + v * v) * (infrared ? 1.1 : 0.7)
    })
  }

  /** Writes RGB24 for the columns `from` … `to` of a row. */
  row(pixels: Buffer, light: Float32Array, row: number, from: number, to: number): void {
    if (row >= this.#height) return
    for (let i = row * this.#width + from, last = row * this.#width + to; i <= last; i++) {
      const corner = ((this.#corners[i] ?? 1) * STEPS) / RANGE
      const grain = this.#grain[i] ?? 0
      for (let c = i * 3; c < i * 3 + 3; c++) {
        const level = (CURVE[Math.min(STEPS, Math.round((light[c] ?? 0) * corner))] ?? 255) + grain
        pixels[c] = Math.max(0, Math.min(255, level))
      }
    }
  }
}
