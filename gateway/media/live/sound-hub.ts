/** One stream's live sound: ten fragments a second, each built once and shared by all who listen. */
import type { Clock } from '../../core/ports.ts'
import { type AudioFeed, feedOf } from '../audio/feed.ts'
import { sameFormat } from '../audio/format.ts'
import { audioFragment } from '../fmp4/audio-run.ts'
import { audioInitSegment, TIMESCALE } from '../fmp4/init.ts'
import type { Stream } from '../ingest/stream.ts'
import type { Listener, SoundPrologue } from './listener.ts'

export const SOUND_STEP_MS = 100
/** Listeners begin with so much sound that is there already: a player needs some before it can play. */
const BACK_MS = 300
/** A longer step is a worker that stood still, or a clock that was set. */
const MAX_STEP_MS = 2000
/** A camera without sound for so long is said to have none. */
const SILENT_MS = 3000
/** Said again, so that a client knows a silent camera from a dead line. */
const SAY_AGAIN_MS = 20_000
/** Sound is given out so much later than the camera's usual delay, at most. */
const SLACK_MS = 100
/** The usual delay of a camera is the smallest one seen, and follows a longer one slowly. */
const DELAY_SHARE = 1 / 64
/** Sound that claims to be so old, or to come out of the future, is told in a clock that has just been set. */
const MAX_DELAY_MS = 5000
const MAX_AHEAD_MS = 500
const FIRST_MS = BACK_MS + MAX_DELAY_MS
const TICKS_PER_MS = TIMESCALE / 1000
const NO_SOUND = '{"type":"noSound"}'

export type SoundStream = Pick<Stream, 'sound' | 'isOpen'>

/**
 * Exists while its stream has listeners; nothing is encoded otherwise. The time line is the worker's own time, not the pictures': a camera of
 * one picture a second has sound all the same. Pictures go by another socket, so nothing here can hold them up.
 */
export class SoundHub {
  readonly #stream: SoundStream
  readonly #clock: Clock
  readonly #listeners = new Set<Listener>()
  readonly #cancel: () => void
  #feed: AudioFeed | undefined
  #prologue: SoundPrologue | undefined
  /** The newest fragments, for who joins. */
  #recent: Buffer[] = []
  #sequence = 1
  /** Now, on the time line, which begins before anything that a camera may still send. */
  #atMs = FIRST_MS
  #steppedAtMs: number
  /** The number of the unit to come, and where on the time line it was last seen to rise. */
  #next = -1
  #heardAtMs = FIRST_MS
  #silent = false
  #saidAtMs = 0
  /** From the microphone to here; undefined: not known, or the clocks are at odds just now. */
  #delayMs: number | undefined

  constructor(stream: SoundStream, clock: Clock) {
    this.#stream = stream
    this.#clock = clock
    this.#steppedAtMs = clock.now()
    this.#cancel = clock.every(SOUND_STEP_MS, () => this.#step())
    this.#make()
  }

  get guests(): number {
    return this.#listeners.size
  }

  add(listener: Listener): void {
    this.#listeners.add(listener)
    if (this.#silent) listener.say(NO_SOUND)
    if (!this.#prologue) return
    listener.begin(this.#prologue)
    for (const fragment of this.#recent) listener.sound(fragment)
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener)
  }

  close(): void {
    this.#cancel()
    this.#listeners.clear()
  }

  #step(): void {
    if (!this.#stream.isOpen) {
      for (const listener of this.#listeners) listener.sendAway()
      return
    }
    const now = this.#clock.now()
    const step = now - this.#steppedAtMs
    this.#steppedAtMs = now
    this.#atMs += step > 0 && step <= MAX_STEP_MS ? step : SOUND_STEP_MS
    this.#make()
  }

  #make(): void {
    this.#listen()
    const fragment = this.#silent ? undefined : this.#fragment()
    if (!fragment) return
    this.#recent.push(fragment)
    if (this.#recent.length * SOUND_STEP_MS > BACK_MS) this.#recent.shift()
    for (const listener of this.#listeners) listener.sound(fragment)
  }

  /** What the camera sends: nothing for a while, sound again, another format. */
  #listen(): void {
    const ring = this.#stream.sound
    if (ring && ring.next !== this.#next) {
      this.#next = ring.next
      this.#heardAtMs = this.#atMs
      this.#silent = false
      this.#delay(this.#steppedAtMs - ring.wallMs(ring.next - 1))
    } else if (this.#atMs - this.#heardAtMs >= SILENT_MS) this.#hush()
    if (!ring || (this.#feed && sameFormat(this.#feed.format, ring.format))) return
    const { format } = ring
    this.#feed = feedOf(this.#stream)
    this.#recent = []
    const { codec, rate, channels } = format
    this.#prologue = {
      description: JSON.stringify({ type: 'init', codec, rate, channels }),
      init: audioInitSegment(format)
    }
    for (const listener of this.#listeners) listener.begin(this.#prologue)
  }

  #hush(): void {
    if (this.#silent && this.#atMs - this.#saidAtMs < SAY_AGAIN_MS) return
    this.#silent = true
    this.#saidAtMs = this.#atMs
    this.#recent = []
    for (const listener of this.#listeners) listener.say(NO_SOUND)
  }

  #delay(seenMs: number): void {
    const delay = this.#delayMs
    if (seenMs > MAX_DELAY_MS || seenMs < -MAX_AHEAD_MS) this.#delayMs = undefined
    else this.#delayMs = delay === undefined || seenMs < delay ? seenMs : delay + (seenMs - delay) * DELAY_SHARE
  }

  #fragment(): Buffer | undefined {
    if (this.#delayMs === undefined) return undefined
    const backMs = BACK_MS + this.#delayMs
    const startTicks = (this.#atMs - backMs) * TICKS_PER_MS
    const endTicks = startTicks + (BACK_MS + SLACK_MS) * TICKS_PER_MS
    const run = this.#feed?.take({ startTicks, endTicks, wallMs: this.#steppedAtMs - backMs })
    return run && audioFragment(this.#sequence++, run)
  }
}
