/** The pictures of one camera: the still, what stands in it for good, and what moves, one RGB24 picture after another. */
import { MovingLayer } from './moving.ts'
import type { Scene } from './scene.ts'
import { Spans } from './spans.ts'
import type { Still } from './still.ts'
import { haloThing, type Thing } from './thing.ts'
import { Tone } from './tone.ts'

export class Film {
  readonly #still: Still
  readonly #tone: Tone
  readonly #pixels: Buffer
  readonly #light: Float32Array
  readonly #near: Float32Array
  readonly #face: Int32Array
  readonly #changed: Spans
  readonly #before: Spans
  readonly #layer: MovingLayer

  /** `standing` is drawn once, into the still. */
  constructor(scene: Scene, still: Still, standing: readonly Thing[], seed: number) {
    const { width, height, samples, light } = still
    this.#still = still
    this.#tone = new Tone(width, height, seed, scene.camera.infrared)
    new MovingLayer(still, samples, light).draw([...standing, ...halos(scene)], new Spans(width, height))
    this.#pixels = Buffer.alloc(width * height * 3)
    this.#light = light.slice()
    this.#near = samples.near.slice()
    this.#face = samples.face.slice()
    this.#changed = new Spans(width, height)
    this.#before = new Spans(width, height)
    this.#before.add(0, 0, width - 1, height - 1)
    this.#layer = new MovingLayer(still, { near: this.#near, face: this.#face }, this.#light)
  }

  /** The picture with these things in it; the buffer is used again by the next call. */
  picture(things: readonly Thing[]): Buffer {
    this.#changed.clear()
    this.#layer.draw(things, this.#changed)
    const both = this.#before
    this.#changed.each((row, from, to) => both.add(from, row, to, row))
    both.each((row, from, to) => this.#tone.row(this.#pixels, this.#light, row, from, to))
    this.#restore()
    both.clear()
    this.#changed.each((row, from, to) => both.add(from, row, to, row))
    return this.#pixels
  }

  #restore(): void {
    const { width, light, samples } = this.#still
    this.#changed.each((row, from, to) => {
      const [a, b] = [(row * width + from) * 3, (row * width + to + 1) * 3]
      this.#light.set(light.subarray(a, b), a)
      for (const half of [0, 1]) {
        const [c, d] = [((row * 2 + half) * width + from) * 2, ((row * 2 + half) * width + to + 1) * 2]
        this.#near.set(samples.near.subarray(c, d), c)
        this.#face.set(samples.face.subarray(c, d), c)
      }
    })
  }
}

function halos({ lamps, view }: Scene): Thing[] {
  const [x, y] = view.eye
  return lamps
    .filter(({ head }) => Math.hypot(head[0] - x, head[1] - y) < 200)
    .map(({ head, strong }) => haloThing(head, [0.55, 0.4, 0.22], strong ? 1.5 : 1.1))
}
