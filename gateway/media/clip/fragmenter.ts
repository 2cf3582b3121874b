/** Cuts ring units into file fragments on the recording's own time line, and measures what is missing. */
import type { ClipResult, MediaGap } from '../../core/media.ts'
import type { CodecConfig } from '../codec/config.ts'
import { buildFragment, type Sample } from '../fmp4/fragment.ts'
import { initSegment, TIMESCALE } from '../fmp4/init.ts'
import type { Ring } from '../ring/ring.ts'

const TICKS_PER_MS = TIMESCALE / 1000
/** Frame intervals vary; from three of them and 200 ms more on, frames are missing. */
const GAP_INTERVALS = 3
const GAP_EXTRA_TICKS = 200 * TICKS_PER_MS
const FIRST_INTERVAL_TICKS = 40 * TICKS_PER_MS
/** A camera that stutters all the time is told by the total. */
const MAX_GAPS = 200

/** Where an interrupted recording stopped; see part-file.ts. */
export interface Continuation {
  readonly firstWallMs: number
  readonly endWallMs: number
  readonly nextSequence: number
}

/**
 * The time line starts at 0 with the first unit and keeps true distances: a gap stays a gap, the picture stands still in it.
 * After a change of parameter sets every keyframe carries the new ones in-band, since a file has only one init segment.
 */
export class Fragmenter {
  actualFromMs: number | undefined
  actualToMs = 0
  gapMs = 0
  /** Where it is missing, the first MAX_GAPS. */
  readonly gaps: MediaGap[] = []
  init: Buffer | undefined
  readonly #resumed: boolean
  #config: CodecConfig | undefined
  #baseDts: number | undefined
  #startTicks = 0
  #lastDts: number | undefined
  #interval = FIRST_INTERVAL_TICKS
  #sequence = 1

  /** `gaps`: those of what came before. */
  constructor(continuation?: Continuation, gaps: readonly MediaGap[] = []) {
    this.#resumed = continuation !== undefined
    if (!continuation) return
    this.actualFromMs = continuation.firstWallMs
    this.actualToMs = continuation.endWallMs
    this.#sequence = continuation.nextSequence
    for (const gap of gaps) this.#missing(gap.fromMs, gap.toMs)
  }

  /** One fragment of the units `from … to - 1`, all of which the ring must hold; `last` says that no unit follows. */
  fragment(ring: Ring, from: number, to: number, last: boolean): Buffer {
    const { index } = ring
    if (this.#baseDts === undefined) this.#begin(ring, from)
    const samples: Sample[] = []
    for (let seq = from; seq < to; seq++) {
      const dts = index.dts(seq)
      this.#measure(dts, index.afterGap(seq), index.wallMs(seq))
      const duration = last && seq === to - 1 ? this.#interval : index.dts(seq + 1) - dts
      samples.push({
        data: ring.read(seq),
        duration: Math.max(1, Math.round(duration)),
        cts: index.cts(seq),
        key: index.isKey(seq),
        inBand: this.#inBand(ring, seq)
      })
    }
    this.actualToMs = index.wallMs(to - 1) + this.#interval / TICKS_PER_MS
    const baseTicks = Math.max(0, index.dts(from) - (this.#baseDts ?? 0) + this.#startTicks)
    return buildFragment({ sequence: this.#sequence++, baseTicks, wallMs: index.wallMs(from) }, samples)
  }

  #begin(ring: Ring, from: number): void {
    const wallMs = ring.index.wallMs(from)
    this.#baseDts = ring.index.dts(from)
    this.#config = ring.index.config(from)
    if (this.actualFromMs === undefined) this.actualFromMs = wallMs
    else {
      this.#startTicks = Math.round((wallMs - this.actualFromMs) * TICKS_PER_MS)
      this.#missing(this.actualToMs, wallMs)
    }
    if (this.#config && !this.#resumed) this.init = initSegment(this.#config)
  }

  #inBand(ring: Ring, seq: number): Buffer | undefined {
    if (!ring.index.isKey(seq)) return undefined
    const config = ring.index.config(seq)
    return this.#resumed || config !== this.#config ? config?.inBand : undefined
  }

  /** Of the first picture; undefined before it. */
  get config(): CodecConfig | undefined {
    return this.#config
  }

  #missing(fromMs: number, toMs: number): void {
    if (toMs <= fromMs) return
    this.gapMs += toMs - fromMs
    if (this.gaps.length < MAX_GAPS) this.gaps.push({ fromMs: Math.round(fromMs), toMs: Math.round(toMs) })
  }

  #measure(dts: number, afterGap: boolean, wallMs: number): void {
    const step = this.#lastDts === undefined ? undefined : dts - this.#lastDts
    this.#lastDts = dts
    if (step === undefined) return
    if (afterGap || step > Math.max(this.#interval * GAP_INTERVALS, this.#interval + GAP_EXTRA_TICKS))
      this.#missing(wallMs - (step - this.#interval) / TICKS_PER_MS, wallMs)
    else this.#interval += (step - this.#interval) / 8
  }
}

/** What the record of a clip says of its pictures. */
export function pictureOf({ config }: Fragmenter): Pick<ClipResult, 'codec' | 'width' | 'height'> {
  return config ? { codec: config.codec, width: config.width, height: config.height } : {}
}
