/** Cuts ring units into file fragments on the recording's own time line, and measures what is missing. */
import type { ClipResult } from '../../core/media.ts'
import type { AudioFeed } from '../audio/feed.ts'
import type { CodecConfig } from '../codec/config.ts'
import type { AudioRun } from '../fmp4/audio-run.ts'
import { buildFragment, type FragmentHead, fragmentParts, type Sample } from '../fmp4/fragment.ts'
import { GapMeter } from '../fmp4/gap-meter.ts'
import { initSegment, TIMESCALE } from '../fmp4/init.ts'
import type { Ring } from '../ring/ring.ts'

const TICKS_PER_MS = TIMESCALE / 1000

/** Where an interrupted recording stopped; see part-file.ts. */
export interface Continuation {
  readonly firstWallMs: number
  readonly endWallMs: number
  readonly nextSequence: number
  /** What is missing of it so far; goes on measuring. */
  readonly missing: GapMeter
}

interface Built {
  readonly head: FragmentHead
  readonly samples: readonly Sample[]
  readonly audio: AudioRun | undefined
}

/**
 * The time line starts at 0 with the first unit and keeps true distances: a gap stays a gap, the picture stands still in it.
 * After a change of parameter sets every keyframe carries the new ones in-band, since a file has only one init segment.
 */
export class Fragmenter {
  actualFromMs: number | undefined
  actualToMs = 0
  /** What is missing inside, of what was there before too. */
  readonly missing: GapMeter
  init: Buffer | undefined
  readonly #resumed: boolean
  readonly #dropLeading: boolean
  readonly #sound: AudioFeed | undefined
  #config: CodecConfig | undefined
  #baseDts: number | undefined
  #startTicks = 0
  #sequence = 1
  /** The unit that continues what is in the file; any other start has nothing before it. */
  #expected: number | undefined
  /** The unit that nothing stands before, until the first one that needs nothing of before it. */
  #start: number | undefined
  /** The unit that follows what another life or the recordings gave, when media is missing in between. */
  #joint: number | undefined

  /**
   * With `dropLeading` pictures that need what was before the first keyframe are left out, so that
   * every picture of the file can be decoded; without it they are kept and marked, for files that follow one another. `sound` goes into the
   * file too: its format must be that of the file's init segment.
   */
  constructor(continuation?: Continuation, dropLeading = false, sound?: AudioFeed) {
    this.missing = continuation?.missing ?? new GapMeter()
    this.#dropLeading = dropLeading
    this.#sound = sound
    this.#resumed = continuation !== undefined
    if (!continuation) return
    this.actualFromMs = continuation.firstWallMs
    this.actualToMs = continuation.endWallMs
    this.#sequence = continuation.nextSequence
    this.missing.restart()
  }

  /**
   * One fragment of the units `from … to - 1`, all of which the ring must hold; `last` says that no unit follows. Empty where none of
   * them may go into the file: leading pictures, or those of another codec than the file's.
   */
  fragment(ring: Ring, from: number, to: number, last: boolean): Buffer {
    const built = this.#build(ring, from, to, last)
    return built ? buildFragment(built.head, built.samples, built.audio) : Buffer.alloc(0)
  }

  /** The same in pieces, with the pictures where the ring has them: good only while it holds `from`. */
  parts(ring: Ring, from: number, to: number, last: boolean): Buffer[] {
    const built = this.#build(ring, from, to, last)
    return built ? fragmentParts(built.head, built.samples, built.audio) : []
  }

  #build(ring: Ring, from: number, to: number, last: boolean): Built | undefined {
    const { index } = ring
    if (this.#baseDts === undefined) this.#begin(ring, from)
    const units = this.#wanted(ring, from, to)
    const [first] = units
    if (first === undefined) return undefined
    const samples = units.map((seq, i): Sample => {
      const dts = index.dts(seq)
      const next = units[i + 1] ?? to
      const duration = last && next === to ? this.missing.intervalTicks : index.dts(next) - dts
      return {
        data: ring.read(seq),
        duration: Math.max(1, Math.round(duration)),
        cts: index.cts(seq),
        key: index.isKey(seq),
        leading: index.isLeading(seq),
        afterGap: index.afterGap(seq) || seq === this.#joint,
        inBand: this.#inBand(ring, seq)
      }
    })
    this.actualToMs = index.wallMs(to - 1) + this.missing.intervalTicks / TICKS_PER_MS
    const baseTicks = Math.max(0, index.dts(first) - (this.#baseDts ?? 0) + this.#startTicks)
    const wallMs = index.wallMs(first)
    const endTicks = baseTicks + samples.reduce((sum, sample) => sum + sample.duration, 0)
    const audio = this.#sound?.take({ startTicks: baseTicks + index.cts(first), endTicks, wallMs })
    return { head: { sequence: this.#sequence++, baseTicks, wallMs }, samples, audio }
  }

  #wanted(ring: Ring, from: number, to: number): number[] {
    const { index } = ring
    const units: number[] = []
    if (from !== this.#expected) this.#start = from
    this.#expected = to
    for (let seq = from; seq < to; seq++) {
      if (index.config(seq)?.kind !== this.#config?.kind) continue
      this.missing.measure(index.dts(seq), index.afterGap(seq), index.wallMs(seq))
      const leading = index.isLeading(seq)
      // A keyframe's leading pictures come right behind it.
      if (!leading && seq !== this.#start) this.#start = undefined
      if (!leading || !this.#dropLeading || this.#start === undefined) units.push(seq)
    }
    return units
  }

  #begin(ring: Ring, from: number): void {
    const wallMs = ring.index.wallMs(from)
    this.#baseDts = ring.index.dts(from)
    this.#config = ring.index.config(from)
    if (this.actualFromMs === undefined) this.actualFromMs = wallMs
    else {
      this.#startTicks = Math.round((wallMs - this.actualFromMs) * TICKS_PER_MS)
      if (wallMs > this.actualToMs) this.#joint = from
      this.missing.add(this.actualToMs, wallMs)
    }
    if (this.#config && !this.#resumed) this.init = initSegment(this.#config, this.#sound?.format)
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
}

/** What the record of a clip says of its pictures. */
export function pictureOf({ config }: Fragmenter): Pick<ClipResult, 'codec' | 'width' | 'height'> {
  return config ? { codec: config.codec, width: config.width, height: config.height } : {}
}
