/** The sound that belongs to a file's or a viewer's pictures: taken from the ring, put onto their time line, in whole frames. */
import type { AudioRun } from '../fmp4/audio-run.ts'
import { audioSampleEntry } from '../fmp4/audio-track.ts'
import { TIMESCALE } from '../fmp4/init.ts'
import type { AudioFormat } from './format.ts'
import { type FrameMaker, frameMakerOf } from './frames.ts'
import type { AudioRing } from './ring.ts'

/** Sound that is further off its pictures on average is moved. */
const MAX_ERROR_MS = 80
const ERROR_SHARE = 1 / 16
/** One unit so far off is a new beginning. */
const JUMP_MS = 1000
/** Sound later than this is not waited for: a player stands still where one of two tracks has a hole. */
const OVERDUE_MS = 1000
/** A longer pause, which the pictures have too, is a hole in the time line. */
const MAX_SILENCE_MS = 2000
/** However long the pictures of a fragment last, no more than this much sound goes into it. */
const MAX_RUN_MS = 10_000

/** Where the pictures of a fragment lie. */
export interface PicturePlace {
  /** Presentation time of the first one on the file's time line, and where the last one ends: 90 kHz ticks. */
  readonly startTicks: number
  readonly endTicks: number
  /** Wall clock of the first one, UTC ms. */
  readonly wallMs: number
}

/** Whose sound: a stream; its ring changes where the camera changes its sound. */
export interface SoundSource {
  readonly sound?: AudioRing | undefined
}

/**
 * One per file or live stream, made when its init segment is. Every fragment is anchored on its first picture, so that the sound follows the picture's
 * clock. What is missing is silence, of the true length. Nothing is encoded before `take` asks for it.
 */
export class AudioFeed {
  readonly format: AudioFormat
  readonly #source: SoundSource
  readonly #frames: FrameMaker
  readonly #ticksPerMs: number
  #ring: AudioRing | undefined
  #seq = 0
  /** Time on the file's time line less the unit's pts, ticks of the sound; undefined: the next unit sets it by its wall clock. */
  #shift: number | undefined
  #error = 0
  #started = false

  constructor(source: SoundSource, format: AudioFormat) {
    this.format = format
    this.#source = source
    this.#frames = frameMakerOf(format)
    this.#ticksPerMs = format.rate / 1000
  }

  /** The frames up to the end of these pictures that were not given yet; undefined when there are none. */
  take(place: PicturePlace): AudioRun | undefined {
    const { rate } = this.format
    const start = (place.startTicks * rate) / TIMESCALE
    const end = Math.floor((place.endTicks * rate) / TIMESCALE)
    const frames = this.#frames
    if (!this.#started) frames.jump(Math.max(0, Math.ceil(start)))
    this.#started = true
    frames.limit(Math.min(end, frames.end + MAX_RUN_MS * this.#ticksPerMs))
    this.#follow(place.wallMs)
    const ring = this.#ring
    while (ring && this.#seq < ring.next) if (!this.#unit(ring, start, place.wallMs)) break
    this.#overdue(end - OVERDUE_MS * this.#ticksPerMs)
    return frames.run()
  }

  /** The ring goes on, or another one begins with the first unit of these pictures. */
  #follow(wallMs: number): void {
    const ring = this.#source.sound
    if (ring !== this.#ring) {
      this.#ring = ring
      this.#shift = undefined
      if (ring) this.#seq = ring.atOrBefore(wallMs)
    }
    if (!ring || this.#seq >= ring.first) return
    this.#seq = ring.first
    this.#shift = undefined
  }

  /** False when the unit belongs to later pictures. */
  #unit(ring: AudioRing, start: number, wallMs: number): boolean {
    const seq = this.#seq
    const wanted = start + (ring.wallMs(seq) - wallMs) * this.#ticksPerMs
    if (ring.afterGap(seq)) this.#shift = this.#near(wanted - ring.pts(seq))
    this.#shift ??= Math.round(wanted - ring.pts(seq))
    const error = wanted - ring.pts(seq) - this.#shift
    const mean = this.#error + (error - this.#error) * ERROR_SHARE
    if (Math.abs(mean) > MAX_ERROR_MS * this.#ticksPerMs || Math.abs(error) > JUMP_MS * this.#ticksPerMs) {
      this.#shift = Math.round(wanted - ring.pts(seq))
      this.#error = 0
    }
    const at = ring.pts(seq) + this.#shift
    const missing = at - this.#frames.end
    if (missing > MAX_SILENCE_MS * this.#ticksPerMs && !this.#frames.jump(at)) return false
    if (!this.#frames.add(at, ring.read(seq))) return false
    if (mean !== this.#error && Math.abs(mean) <= MAX_ERROR_MS * this.#ticksPerMs) this.#error = mean
    this.#seq++
    return true
  }

  /** After a loss the time stamps still tell the true distance, unless they began anew. */
  #near(shift: number): number | undefined {
    const old = this.#shift
    return old !== undefined && Math.abs(shift - old) <= MAX_ERROR_MS * this.#ticksPerMs ? old : undefined
  }

  #overdue(until: number): void {
    const frames = this.#frames
    if (until <= frames.end) return
    if (until - frames.end > MAX_SILENCE_MS * this.#ticksPerMs && !frames.jump(until)) return
    frames.silence(until)
  }
}

/** A feed for a new file; undefined where the stream has no sound. */
export function feedOf(source: SoundSource): AudioFeed | undefined {
  const { sound } = source
  return sound && new AudioFeed(source, sound.format)
}

/** A feed that continues a file with this init segment; undefined where that has no sound, or another. */
export function feedFor(source: SoundSource, init: Buffer | undefined): AudioFeed | undefined {
  const feed = feedOf(source)
  return feed && init?.includes(audioSampleEntry(feed.format)) ? feed : undefined
}
