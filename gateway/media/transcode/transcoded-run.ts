/** Recorded H.265 as H.264: one ffmpeg for pictures without a gap between them, each of which keeps its own times. */
import { unitAsAnnexB } from '../clip/annex-b.ts'
import { VIDEO_CODECS } from '../codec/codecs.ts'
import type { CodecConfig } from '../codec/config.ts'
import { Encoder } from './encoder.ts'
import { FlvReader, parameterSetsOf } from './flv.ts'
import { PICTURE_END, Stamps } from './stamp.ts'
import type { TranscodeOptions } from './transcoded-stream.ts'

interface PictureTimes {
  /** Time of showing and how long it is shown, 90 kHz. */
  readonly ticks: number
  readonly duration: number
  /** UTC ms. */
  readonly wallMs: number
}

export interface RunPicture extends PictureTimes {
  /** One access unit, NAL units behind four-byte lengths. */
  readonly data: Buffer
  readonly key: boolean
}

export interface RunOptions extends TranscodeOptions {
  /** The parameter sets of the recording, with start codes. */
  readonly sets: Buffer
  /** Of the recording: only the keyframe interval depends on it. */
  readonly fps: number
  /** H.264 in the order of showing, as it comes out of ffmpeg; the first one is a keyframe. */
  made(pictures: readonly RunPicture[], config: CodecConfig): void
}

const SEI = 6
const TICK_MS = 1000

/** `write` in decode order from a keyframe on, then `finish`; `kill` at any time, which nobody waits for. Rejects when ffmpeg fails or hangs. */
export class TranscodedRun {
  readonly #options: RunOptions
  readonly #encoder: Encoder
  readonly #stamps = new Stamps()
  readonly #made = VIDEO_CODECS.h264.createSets()
  /** What ffmpeg has been given and not given back, by time of showing. */
  readonly #inside = new Map<number, PictureTimes>()
  #config: CodecConfig | undefined
  #batch: RunPicture[] = []
  #lastTicks = 0
  #isFinished = false
  #isKilled = false
  #failure: string | undefined
  #over = (): void => undefined
  readonly #isOver = new Promise<void>(resolve => {
    this.#over = resolve
  })

  constructor(options: RunOptions) {
    this.#options = options
    const reader = new FlvReader({
      config: avcC => {
        for (const set of parameterSetsOf(avcC)) this.#made.offer(set, 0, set.length)
      },
      unit: (data, key) => this.#take(data, key)
    })
    this.#encoder = new Encoder({
      path: options.ffmpegPath,
      fps: options.fps,
      clock: options.clock,
      output: chunk => this.#read(reader, chunk),
      ended: reason => this.#ended(reason)
    })
  }

  /** Of the running ffmpeg. */
  get pid(): number | undefined {
    return this.#encoder.pid
  }

  /** Resolves when there is room for more. */
  async write(pictures: readonly RunPicture[]): Promise<void> {
    for (const { data, key, ...times } of pictures) {
      await this.#waitFor(this.#encoder.room())
      const ticks = Math.round(times.ticks)
      this.#inside.set(ticks, { ...times, ticks })
      const sets = key ? [this.#options.sets] : []
      const stamp = this.#stamps.write({ ticks, wallMs: times.wallMs })
      this.#encoder.write([...sets, stamp, unitAsAnnexB(data), PICTURE_END])
    }
  }

  /** Resolves when every picture has come out. */
  async finish(): Promise<void> {
    this.#isFinished = true
    this.#encoder.finish()
    await this.#waitFor(this.#isOver)
  }

  kill(): void {
    this.#isKilled = true
    this.#encoder.kill('not wanted any more')
  }

  async #waitFor(something: Promise<void>): Promise<void> {
    this.#encoder.expect()
    const cancel = this.#options.clock.every(TICK_MS, () => this.#encoder.tick())
    try {
      await something
    } finally {
      cancel()
    }
    if (this.#failure !== undefined) throw new Error(`transcoding ${this.#failure}`)
  }

  #read(reader: FlvReader, chunk: Buffer): void {
    try {
      reader.push(chunk)
    } catch (error) {
      this.#encoder.kill(String(error))
    }
    const batch = this.#batch
    this.#batch = []
    if (batch.length > 0 && this.#config) this.#options.made(batch, this.#config)
  }

  #take(unit: Buffer, key: boolean): void {
    if (key) this.#config = this.#made.take()
    const nals: Buffer[] = []
    let stamped: number | undefined
    for (let at = 0; at + 5 <= unit.length; ) {
      const end = at + 4 + unit.readUInt32BE(at)
      const isNote = ((unit[at + 4] ?? 0) & 31) === SEI
      if (isNote) stamped = this.#stamps.read(unit.subarray(at + 4, end))?.ticks ?? stamped
      else nals.push(unit.subarray(at, end))
      at = end
    }
    const source = this.#sourceOf(stamped ?? this.#lastTicks + 1)
    this.#batch.push({ ...source, data: Buffer.concat(nals), key })
  }

  /** What is shown before it has come out, or never will. A picture that has lost its stamp follows the one before it closely. */
  #sourceOf(ticks: number): PictureTimes {
    const { duration = 1, wallMs = 0 } = this.#inside.get(ticks) ?? {}
    for (const each of this.#inside.keys()) if (each <= ticks) this.#inside.delete(each)
    this.#lastTicks = ticks
    return { ticks, duration, wallMs }
  }

  #ended(reason: string): void {
    if (!this.#isKilled && !(this.#isFinished && /^ended with 0:/.test(reason))) this.#failure = reason
    this.#over()
  }
}
