/** One stream's live picture: every frame becomes one fragment, built once and shared by all viewers. */
import type { Clock } from '../../core/ports.ts'
import type { CodecConfig } from '../codec/config.ts'
import { buildFragment } from '../fmp4/fragment.ts'
import { initSegment } from '../fmp4/init.ts'
import { Freshness } from './freshness.ts'
import { LiveTime } from './live-time.ts'
import type { LiveSource } from './source.ts'
import type { Prologue, Viewer } from './viewer.ts'

/** A keyframe that never comes back must not fill the memory: without one the replay is given up. */
const MAX_REPLAY_BYTES = 16 * 1024 * 1024

/**
 * Exists while its stream has viewers. Every fragment message is a `prft` box, which carries the wall clock of the frame
 * (NTP form; `readPrft` gives UTC ms) so that latency can be measured, then `moof` and `mdat`.
 */
export class LiveHub {
  readonly #stream: LiveSource
  readonly #viewers = new Set<Viewer>()
  readonly #forget: () => void
  #config: CodecConfig | undefined
  #prologue: Prologue | undefined
  /** The fragments since the last keyframe: what a new viewer needs first. */
  #replay: Buffer[] = []
  #replayBytes = 0
  #sequence = 1
  readonly #time = new LiveTime()
  readonly #freshness: Freshness

  constructor(stream: LiveSource, clock: Clock) {
    this.#stream = stream
    this.#freshness = new Freshness(stream, clock)
    const start = stream.ring.lastKey() ?? stream.ring.index.next
    for (let seq = start; seq < stream.ring.index.next; seq++) this.#unit(seq)
    this.#forget = stream.onUnit(seq => this.#unit(seq))
  }

  get guests(): number {
    return this.#viewers.size
  }

  add(viewer: Viewer): void {
    this.tick()
    this.#viewers.add(viewer)
    if (this.#prologue && this.#replay.length > 0) viewer.begin(this.#prologue, this.#replay)
    // What it was given cannot be played, and it has left already.
    if (this.#freshness.stale && this.#viewers.has(viewer)) viewer.say(this.#freshness.staleMessage())
  }

  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer)
  }

  /** Once a second: tells viewers when the picture stands still, and lets them go when the camera was changed or removed. */
  tick(): void {
    if (!this.#stream.isOpen) {
      for (const viewer of this.#viewers) viewer.sendAway()
      return
    }
    const change = this.#freshness.change()
    if (change !== undefined) for (const viewer of this.#viewers) viewer.say(change)
  }

  close(): void {
    this.#forget()
    this.#viewers.clear()
  }

  #unit(seq: number): void {
    const { index } = this.#stream.ring
    const key = index.isKey(seq)
    const config = index.config(seq)
    const fragment = this.#fragment(seq, key)
    if (this.#freshness.stale) this.tick()
    if (key) {
      this.#replay = []
      this.#replayBytes = 0
      if (config && config !== this.#config) this.#change(config)
    }
    const lost = this.#replayBytes > MAX_REPLAY_BYTES
    if (lost) this.#replay = []
    if (key || (this.#replay.length > 0 && !lost)) this.#replay.push(fragment)
    this.#replayBytes += fragment.length
    const prologue = this.#prologue
    if (!prologue) return
    for (const viewer of this.#viewers) viewer.frame(fragment, key, prologue)
  }

  #change(config: CodecConfig): void {
    const { kind, codec, width, height } = config
    this.#config = config
    this.#prologue = {
      kind,
      description: JSON.stringify({ type: 'init', codec, width, height }),
      init: initSegment(config)
    }
  }

  #fragment(seq: number, key: boolean): Buffer {
    const { ring } = this.#stream
    this.#time.place(ring.index.dts(seq), ring.index.cts(seq))
    const { baseTicks, duration, cts } = this.#time
    const head = { sequence: this.#sequence++, baseTicks, wallMs: ring.index.wallMs(seq) }
    return buildFragment(head, [{ data: ring.read(seq), duration, cts, key }])
  }
}
