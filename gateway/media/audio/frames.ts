/** Whole frames of sound on a file's time line: G.711 encoded as FLAC, AAC passed on; both can be silent for a while. */
import type { AudioRun } from '../fmp4/audio-run.ts'
import { FlacEncoder } from './flac.ts'
import type { AudioFormat } from './format.ts'
import { lawOf, WASTED_BITS } from './g711.ts'

/** Gathers frames until `run` gives them out. Times are ticks of the sound. */
export interface FrameMaker {
  /** Where the next sample goes. */
  readonly end: number
  /** No frame may end later. */
  limit(ticks: number): void
  /** A unit whose first sample belongs at `at`: what is missing before it becomes silence, what is there already is left out. False: too late for now. */
  add(at: number, unit: Buffer): boolean
  /** Whole frames of silence up to `until`, as far as the limit. */
  silence(until: number): void
  /** Goes on at `at` or shortly after, leaving a hole; false while frames wait to be given out. */
  jump(at: number): boolean
  run(): AudioRun | undefined
}

export function frameMakerOf(format: AudioFormat): FrameMaker {
  return format.encoding === 'aac' ? new AacFrames(format) : new FlacFrames(format)
}

abstract class Frames {
  protected readonly block: number
  protected limitTicks = 0
  /** Where the next frame begins. */
  protected position = 0
  #frames: Buffer[] = []
  #startTicks = 0

  constructor({ blockTicks }: AudioFormat) {
    this.block = blockTicks
  }

  limit(ticks: number): void {
    this.limitTicks = ticks
  }

  run(): AudioRun | undefined {
    if (this.#frames.length === 0) return undefined
    const run = { baseTicks: this.#startTicks, blockTicks: this.block, frames: this.#frames }
    this.#frames = []
    return run
  }

  protected get hasRoom(): boolean {
    return this.position + this.block <= this.limitTicks
  }

  protected get isEmpty(): boolean {
    return this.#frames.length === 0
  }

  protected push(frame: Buffer): void {
    if (this.isEmpty) this.#startTicks = this.position
    this.#frames.push(frame)
    this.position += this.block
  }
}

/** Samples are placed to the sample; frames lie on a grid of their length, so that each knows its number. */
class FlacFrames extends Frames implements FrameMaker {
  readonly #law: Int16Array
  readonly #channels: number
  readonly #encoder: FlacEncoder
  readonly #pcm: Int16Array
  /** Samples per channel that wait in `#pcm`. */
  #filled = 0

  constructor(format: AudioFormat) {
    super(format)
    const { encoding, rate, channels, blockTicks } = format
    this.#law = lawOf(encoding)
    this.#channels = channels
    this.#encoder = new FlacEncoder(rate, channels, blockTicks, WASTED_BITS[encoding === 'pcmu' ? 'pcmu' : 'pcma'])
    this.#pcm = new Int16Array(blockTicks * channels)
  }

  get end(): number {
    return this.position + this.#filled
  }

  add(at: number, unit: Buffer): boolean {
    if (!this.#fill(at)) return false
    const ticks = unit.length / this.#channels
    // A unit that was begun in the fragment before goes on where it was left.
    let used = Math.max(0, this.end - at)
    while (used < ticks) {
      if (!this.hasRoom) return false
      const count = Math.min(ticks - used, this.block - this.#filled)
      for (let i = 0; i < count * this.#channels; i++)
        this.#pcm[this.#filled * this.#channels + i] = this.#law[unit[used * this.#channels + i] ?? 0] ?? 0
      used += count
      this.#forward(count)
    }
    return true
  }

  silence(until: number): void {
    this.#fill(Math.floor(until / this.block) * this.block)
  }

  jump(at: number): boolean {
    if (!this.isEmpty) return false
    this.position = Math.ceil(at / this.block) * this.block
    this.#filled = 0
    return true
  }

  #fill(until: number): boolean {
    while (this.end < until) {
      if (!this.hasRoom) return false
      const count = Math.min(until - this.end, this.block - this.#filled)
      this.#pcm.fill(0, this.#filled * this.#channels, (this.#filled + count) * this.#channels)
      this.#forward(count)
    }
    return true
  }

  #forward(count: number): void {
    this.#filled += count
    if (this.#filled < this.block) return
    this.#filled = 0
    this.push(this.#encoder.encode(this.#pcm, (this.position / this.block) % 2 ** 31))
  }
}

/** One access unit each that decodes to silence, mono and stereo of AAC-LC. */
const SILENT_AAC: readonly Buffer[] = ['00c800802380', '210049900219002380'].map(hex => Buffer.from(hex, 'hex'))

/** Access units follow one another without a hole: one that is missing is replaced, one that is too many left out. */
class AacFrames extends Frames implements FrameMaker {
  readonly #silent: Buffer

  constructor(format: AudioFormat) {
    super(format)
    this.#silent = SILENT_AAC[format.channels - 1] ?? Buffer.alloc(0)
  }

  get end(): number {
    return this.position
  }

  add(at: number, unit: Buffer): boolean {
    if (at <= this.position - this.block / 2) return true
    this.silence(at - this.block / 2)
    if (!this.hasRoom) return false
    this.push(Buffer.from(unit))
    return true
  }

  silence(until: number): void {
    while (this.position < until && this.hasRoom) this.push(this.#silent)
  }

  jump(at: number): boolean {
    if (!this.isEmpty) return false
    this.position = Math.round(at)
    return true
  }
}
