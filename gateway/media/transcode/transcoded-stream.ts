/** An H.265 stream as H.264: what hubs follow like a camera's own stream, with the wall clock of every frame kept. */
import type { StreamHealth } from '../../core/media.ts'
import type { Clock, Log } from '../../core/ports.ts'
import { annexB } from '../clip/annex-b.ts'
import { VIDEO_CODECS } from '../codec/codecs.ts'
import type { CodecConfig } from '../codec/config.ts'
import { retryDelayMs } from '../ingest/backoff.ts'
import type { Stream, UnitListener } from '../ingest/stream.ts'
import type { LiveSource } from '../live/source.ts'
import { Ring } from '../ring/ring.ts'
import { Encoder } from './encoder.ts'
import { FlvReader, parameterSetsOf } from './flv.ts'
import { PICTURE_END, Stamps } from './stamp.ts'

export interface TranscodeOptions {
  readonly ffmpegPath: string
  readonly clock: Clock
  readonly log: Log
}

const MAX_RING_BYTES = 16 * 1024 * 1024
const SEI = 6
const DEFAULT_FPS = 25
/** Beyond what was there at the start, so much may be inside ffmpeg, ms of pictures: late pictures are worth nothing on a watch floor. */
const MAX_INSIDE_MS = 1000

/** Runs from its making to `close`; an ffmpeg that ends is started again, later each time. */
export class TranscodedStream implements LiveSource {
  readonly ring = new Ring({ preRollMs: 0, maxBytes: MAX_RING_BYTES })
  lastFrameAtMs: number | undefined
  readonly #source: Stream
  readonly #options: TranscodeOptions
  readonly #listeners = new Set<UnitListener>()
  readonly #forget: () => void
  readonly #stamps = new Stamps()
  readonly #sets = VIDEO_CODECS.h264.createSets()
  #encoder: Encoder | undefined
  /** The source's parameters that the running ffmpeg was started for. */
  #from: CodecConfig | undefined
  #config: CodecConfig | undefined
  #waitKey = true
  #closed = false
  #failures = 0
  /** The newest frame given to ffmpeg and the newest that it gave back, UTC ms of the frames. */
  #givenMs = 0
  #madeMs = 0
  #allowanceMs = 0
  #ticks = 0
  #wallMs = 0
  #cancelRetry: (() => void) | undefined

  constructor(source: Stream, options: TranscodeOptions) {
    this.#source = source
    this.#options = options
    this.#forget = source.onUnit(seq => this.#unit(seq))
    const start = source.ring.lastKey() ?? source.ring.index.next
    for (let seq = start; seq < source.ring.index.next; seq++) this.#unit(seq)
  }

  get isOpen(): boolean {
    return !this.#closed && this.#source.isOpen
  }

  /** Of the running ffmpeg. */
  get pid(): number | undefined {
    return this.#encoder?.pid
  }

  onUnit(listener: UnitListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Before its first picture it is as young as a camera that is just being connected. */
  health(): Pick<StreamHealth, 'state'> {
    const young = this.lastFrameAtMs === undefined && this.#failures === 0
    return young ? { state: 'connecting' } : this.#source.health()
  }

  /** Once a second. */
  tick(): void {
    this.#encoder?.tick()
  }

  close(): void {
    this.#closed = true
    this.#forget()
    this.#cancelRetry?.()
    this.#encoder?.kill('nobody looks')
  }

  #unit(seq: number): void {
    const { ring } = this.#source
    const { index } = ring
    if (this.#closed || this.#cancelRetry) return
    const config = index.config(seq)
    if (index.isKey(seq) && config && config !== this.#from) this.#begin(config, seq)
    if (!this.#encoder || this.#isLate(index.isKey(seq))) return
    const times = { ticks: index.dts(seq) + index.cts(seq), wallMs: index.wallMs(seq) }
    const [sets = PICTURE_END, unit = PICTURE_END] = annexB(ring, [seq])
    const parts = [...(index.isKey(seq) ? [sets] : []), this.#stamps.write(times), unit, PICTURE_END]
    this.#waitKey = !this.#encoder.write(parts)
    this.#givenMs = Math.max(this.#givenMs, times.wallMs)
  }

  /** On a machine that does not keep up, pictures are left out up to a keyframe instead of piling up. */
  #isLate(key: boolean): boolean {
    const insideMs = this.#givenMs - this.#madeMs
    if (insideMs > this.#allowanceMs + MAX_INSIDE_MS) this.#waitKey = true
    else if (key && insideMs < MAX_INSIDE_MS / 2) this.#waitKey = false
    return this.#waitKey
  }

  /** A camera that changed to H.264 needs nobody to transcode it: its viewers come back and get it as it is. */
  #begin(config: CodecConfig, seq: number): void {
    this.#from = config
    const before = this.#encoder
    this.#encoder = undefined
    before?.kill('other parameters')
    if (config.kind !== 'h265') {
      this.close()
      return
    }
    const { ffmpegPath: path, clock } = this.#options
    const reader = new FlvReader({
      config: avcC => {
        for (const set of parameterSetsOf(avcC)) this.#sets.offer(set, 0, set.length)
      },
      unit: (data, key) => this.#made(data, key)
    })
    this.#encoder = new Encoder({
      path,
      fps: this.#fps(seq),
      clock,
      output: chunk => this.#read(reader, chunk),
      ended: reason => this.#ended(config, reason)
    })
    this.#waitKey = true
    const { index } = this.#source.ring
    this.#givenMs = index.wallMs(seq)
    this.#madeMs = this.#givenMs
    this.#allowanceMs = index.wallMs(index.next - 1) - this.#givenMs
  }

  #fps(seq: number): number {
    const { index } = this.#source.ring
    const step = index.holds(seq - 1) ? index.dts(seq) - index.dts(seq - 1) : 0
    return step > 0 ? Math.min(60, Math.max(1, 90_000 / step)) : DEFAULT_FPS
  }

  #read(reader: FlvReader, chunk: Buffer): void {
    try {
      reader.push(chunk)
    } catch (error) {
      this.#encoder?.kill(String(error))
    }
  }

  #made(data: Buffer, key: boolean): void {
    if (key) this.#config = this.#sets.take()
    if (!this.#config || !this.#copy(data)) return
    const seq = this.ring.commit(this.#ticks, 0, this.#wallMs, false, key, this.#config)
    this.lastFrameAtMs = this.#options.clock.now()
    this.#failures = 0
    for (const listener of this.#listeners) listener(seq)
  }

  /** Into the ring without the stamp, whose times are kept. A frame without one follows the frame before closely. */
  #copy(data: Buffer): boolean {
    let ticks = this.#ticks + 1
    for (let at = 0; at + 5 <= data.length; ) {
      const end = at + 4 + data.readUInt32BE(at)
      const nal = data.subarray(at + 4, end)
      at = end
      const header = nal[0] ?? 0
      const times = (header & 31) === SEI ? this.#stamps.read(nal) : undefined
      if (times) {
        ticks = Math.max(ticks, times.ticks)
        this.#wallMs = Math.max(this.#wallMs, times.wallMs)
        this.#madeMs = Math.max(this.#madeMs, times.wallMs)
        this.#allowanceMs = Math.min(this.#allowanceMs, Math.max(0, this.#givenMs - this.#madeMs))
      }
      if (!this.ring.beginNal(header) || !this.ring.append(nal, 1, nal.length)) {
        this.ring.abortUnit()
        return false
      }
      this.ring.endNal()
    }
    this.#ticks = ticks
    return true
  }

  #ended(config: CodecConfig, reason: string): void {
    // One that was replaced or is no longer wanted.
    if (this.#closed || config !== this.#from) return
    this.#encoder = undefined
    this.#from = undefined
    this.#failures++
    const delayMs = retryDelayMs(this.#failures, { kind: 'protocol', hints: {} })
    this.#options.log.warn({ reason, delayMs }, 'transcoding ended; it is started again')
    this.#cancelRetry = this.#options.clock.after(delayMs, () => {
      this.#cancelRetry = undefined
    })
  }
}
