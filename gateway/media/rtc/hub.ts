/** One source for all who look at it by WebRTC: each picture is packetised once and handed to the thread. */
import type { Clock } from '../../core/ports.ts'
import type { CodecConfig } from '../codec/config.ts'
import { Freshness } from '../live/freshness.ts'
import { Hubs } from '../live/hubs.ts'
import type { LiveSource } from '../live/source.ts'
import { payloadsOf } from './frames.ts'
import type { RtcLink } from './link.ts'
import type { RtcViewer } from './viewer.ts'

/** Exists while its source has viewers. */
export class RtcHub {
  readonly #source: LiveSource
  readonly #number: number
  readonly #link: Pick<RtcLink, 'post' | 'frame'>
  readonly #freshness: Freshness
  readonly #viewers = new Set<RtcViewer>()
  readonly #forget: () => void
  #config: CodecConfig | undefined

  constructor(source: LiveSource, number: number, link: Pick<RtcLink, 'post' | 'frame'>, clock: Clock) {
    this.#source = source
    this.#number = number
    this.#link = link
    this.#freshness = new Freshness(source, clock)
    const start = source.ring.lastKey() ?? source.ring.index.next
    for (let seq = start; seq < source.ring.index.next; seq++) this.#unit(seq)
    this.#forget = source.onUnit(seq => this.#unit(seq))
  }

  get guests(): number {
    return this.#viewers.size
  }

  add(viewer: RtcViewer): void {
    this.tick()
    this.#viewers.add(viewer)
    this.#link.post({ kind: 'watch', peer: viewer.peer, source: this.#number })
    if (this.#config) this.#tell(viewer, this.#config)
    // What it was given cannot be played, and it has left already.
    if (this.#freshness.stale && this.#viewers.has(viewer)) viewer.say(this.#freshness.staleMessage())
  }

  remove(viewer: RtcViewer): void {
    this.#viewers.delete(viewer)
  }

  /** Once a second. */
  tick(): void {
    if (!this.#source.isOpen) {
      for (const viewer of this.#viewers) viewer.sendAway()
      return
    }
    const change = this.#freshness.change()
    if (change !== undefined) for (const viewer of this.#viewers) viewer.say(change)
  }

  close(): void {
    this.#forget()
    this.#viewers.clear()
    this.#link.post({ kind: 'forget', source: this.#number })
  }

  #unit(seq: number): void {
    const { ring } = this.#source
    const key = ring.index.isKey(seq)
    const config = ring.index.config(seq)
    if (this.#freshness.stale) this.tick()
    if (key && config && config !== this.#config) {
      this.#config = config
      for (const viewer of [...this.#viewers]) this.#tell(viewer, config)
    }
    if (!this.#config || !isPlayable(this.#config)) return
    const { bytes, ends } = payloadsOf(ring.read(seq), key ? this.#config.inBand : undefined)
    if (ends.length === 0) return
    const ticks = ring.index.dts(seq) + ring.index.cts(seq)
    this.#link.frame(this.#number, { key, ticks, wallMs: ring.index.wallMs(seq), bytes, ends })
  }

  #tell(viewer: RtcViewer, config: CodecConfig): void {
    const { codec, width, height } = config
    if (isPlayable(config)) viewer.begin(JSON.stringify({ type: 'init', codec, width, height }))
    else viewer.unplayable()
  }
}

/** RTP has no order but that of decoding, and browsers show WebRTC pictures as they come: none that are shown in another order. */
function isPlayable({ kind, reorderFrames = 0 }: CodecConfig): boolean {
  return kind === 'h264' && reorderFrames === 0
}

/** One for each source that somebody looks at by WebRTC. */
export class RtcHubs extends Hubs<LiveSource, RtcViewer, RtcHub> {
  /** Once a second. */
  tick(): void {
    for (const hub of this.hubs.values()) hub.tick()
  }
}
