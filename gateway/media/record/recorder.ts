/** Records one stream: follows its ring with a cursor, cuts fragments and segments, and survives a disk that is slow, full or gone. */
import type { RecordedSegment, RecordingCause, RecordingHealth } from '../../core/recording.ts'
import { feedOf, type SoundSource } from '../audio/feed.ts'
import { type AudioFormat, sameFormat } from '../audio/format.ts'
import { Fragmenter } from '../clip/fragmenter.ts'
import { codecsOf, initSegment, TIMESCALE } from '../fmp4/init.ts'
import type { Stream } from '../ingest/stream.ts'
import type { Ring } from '../ring/ring.ts'
import { Segment } from './segment.ts'
import type { RecordTools } from './tools.ts'

/** A recording that has not reached the disk for this long has stopped. */
const STALLED_MS = 5000
/** After a refusal of the disk. */
const RETRY_MS = 2000
/** A longer gap ends a segment, so that the catalogue shows it. */
const GAP_MS = 1000
/** A shorter one is how frames vary. */
const SHORT_GAP_MS = 200
/** A GOP without end must not make a file without end. */
const MAX_SEGMENT_BYTES = 1024 * 1024 * 1024
const FULL = new Set(['ENOSPC', 'EDQUOT'])

type RecordedStream = Pick<Stream, 'ring' | 'onUnit'> & SoundSource

export interface RecorderPlace {
  readonly segment: Pick<RecordedSegment, 'cameraId' | 'stream'>
  readonly cause: RecordingCause
  /** The file of a segment that starts then. */
  pathOf(startMs: number): string
}

/** A fragment to be: the units `from … to - 1`. */
interface Cut {
  readonly from: number
  readonly to: number
  /** No unit follows, or not without a gap. */
  readonly last: boolean
}

/**
 * `start` once, then `stop` once. One write at a time: the ring is the queue. While the disk is behind, the units wait where they lie
 * anyway; what is overwritten before its turn is a gap, never memory.
 */
export class Recorder {
  readonly #stream: RecordedStream
  readonly #place: RecorderPlace
  readonly #tools: RecordTools
  #ring: Ring
  #forget = (): void => undefined
  /** The first unit that is not on disk; undefined while a keyframe is waited for. */
  #next: number | undefined
  #segment: Segment | undefined
  #fragmenter = new Fragmenter()
  #format: AudioFormat | undefined
  #config: object | undefined
  #pumping: Promise<void> | undefined
  /** The first unit that is not recorded any more: the camera goes on sending while the last ones are written. */
  #stopAt: number | undefined
  #pausedUntilMs = 0
  #fault: 'diskFull' | 'stalled' | undefined
  #lastWriteMs: number
  #lastUnitMs = 0
  #nextSyncMs: number

  constructor(stream: RecordedStream, place: RecorderPlace, tools: RecordTools) {
    this.#stream = stream
    this.#place = place
    this.#tools = tools
    this.#ring = stream.ring
    const nowMs = tools.clock.now()
    this.#lastWriteMs = nowMs
    // Spread, so that a thousand cameras do not ask the disk in the same moment.
    this.#nextSyncMs = nowMs + Math.random() * tools.settings.syncMs
  }

  /** From the keyframe at or before `fromMs` where memory still has it, else from the newest keyframe. */
  start(fromMs?: number): void {
    this.#next = fromMs === undefined ? this.#ring.lastKey() : this.#ring.keyAtOrBefore(fromMs)
    this.#forget = this.#stream.onUnit(seq => this.#unit(seq))
    this.#pump()
  }

  /** Writes what has come so far and finishes the segment. Never rejects. */
  async stop(): Promise<void> {
    this.#forget()
    this.#stopAt = this.#ring.index.next
    this.#pump()
    while (this.#pumping) await this.#pumping
    await this.#finish()
  }

  /** Once a second: syncs when it is time, and writes the last pictures of a camera that has gone silent. */
  tick(): void {
    const nowMs = this.#tools.clock.now()
    this.#pump()
    if (!this.#segment || isAhead(this.#nextSyncMs, nowMs, this.#tools.settings.syncMs)) return
    this.#nextSyncMs = nowMs + this.#tools.settings.syncMs
    const segment = this.#segment
    // A failure shows at the next write or at the end; the sync is tried again until then.
    void segment.sync().catch(() => undefined)
    this.#report(segment, true)
  }

  health(): Pick<RecordingHealth, 'state' | 'sinceMs'> {
    const silent = Math.abs(this.#tools.clock.now() - this.#lastWriteMs) >= STALLED_MS
    return { state: this.#fault ?? (silent ? 'stalled' : 'recording'), sinceMs: this.#lastWriteMs }
  }

  #unit(seq: number): void {
    const { index } = this.#stream.ring
    this.#lastUnitMs = this.#tools.clock.now()
    if (this.#next === undefined) {
      if (index.isKey(seq)) this.#next = seq
    } else if (index.isKey(seq) || index.dts(seq) - index.dts(this.#next) >= this.#fragmentTicks) this.#pump()
  }

  get #fragmentTicks(): number {
    return (this.#tools.settings.fragmentMs * TIMESCALE) / 1000
  }

  get #isPaused(): boolean {
    return isAhead(this.#pausedUntilMs, this.#tools.clock.now(), RETRY_MS)
  }

  #pump(): void {
    if (this.#pumping || this.#isPaused) return
    if (!this.#cut()) return
    this.#pumping = this.#writeAll().finally(() => {
      this.#pumping = undefined
    })
  }

  async #writeAll(): Promise<void> {
    try {
      while (!this.#isPaused && (await this.#writeNext()));
    } catch (error) {
      await this.#refused(error)
    }
  }

  /** False when there is nothing to write yet. */
  async #writeNext(): Promise<boolean> {
    const cut = this.#cut()
    if (!cut) return false
    if (this.#endsBefore(cut.from)) await this.#finish()
    // The ring goes on while a file is finished or made: the same cut is still to be had, or the next keyframe's.
    if (!this.#segment && !(await this.#begin(cut.from))) return this.#cut() !== undefined
    const { index } = this.#ring
    if (!this.#segment || !index.holds(cut.from)) return this.#cut() !== undefined
    const [key, startMs] = [index.isKey(cut.from), index.wallMs(cut.from)]
    const afterGap = index.afterGap(cut.from) || startMs > this.#segment.endMs + SHORT_GAP_MS
    const parts = this.#fragmenter.parts(this.#ring, cut.from, cut.to, cut.last)
    const fragment = { startMs, endMs: this.#fragmenter.actualToMs, key, afterGap }
    this.#next = cut.to
    if (parts.length === 0) return true
    // Written from the ring itself; what was overwritten meanwhile, since the disk hung, does not count.
    const isWhole = await this.#segment.append(parts, fragment, () => index.holds(cut.from))
    if (!isWhole) this.#next = this.#ring.keyFrom(cut.to)
    if (!isWhole) return true
    this.#lastWriteMs = this.#tools.clock.now()
    this.#fault = undefined
    return true
  }

  /** What can be written now; moves the cursor over what is lost. */
  #cut(): Cut | undefined {
    if (this.#ring !== this.#stream.ring) this.#restart()
    const { index } = this.#ring
    if (this.#next !== undefined && (!index.holds(this.#next) || (!this.#segment && !index.isKey(this.#next))))
      if (this.#next < index.next) this.#next = this.#ring.keyFrom(this.#next)
    const from = this.#next
    const end = Math.min(index.next, this.#stopAt ?? index.next)
    if (from === undefined || from >= end) return undefined
    for (let seq = from + 1; seq < end; seq++) {
      if (index.afterGap(seq)) return { from, to: seq, last: true }
      if (index.isKey(seq) || index.dts(seq) - index.dts(from) >= this.#fragmentTicks)
        return { from, to: seq, last: false }
    }
    const silent = this.#tools.clock.now() - this.#lastUnitMs >= GAP_MS
    return this.#stopAt !== undefined || silent ? { from, to: end, last: true } : undefined
  }

  /** The stream was closed and opened again: nothing of before is in the new ring. */
  #restart(): void {
    this.#ring = this.#stream.ring
    this.#next = this.#ring.lastKey()
  }

  #endsBefore(from: number): boolean {
    const segment = this.#segment
    const { index } = this.#ring
    if (!segment) return false
    if (segment.bytes >= MAX_SEGMENT_BYTES) return true
    if (!index.isKey(from)) return false
    const wallMs = index.wallMs(from)
    const longEnough = wallMs - segment.startMs >= this.#tools.settings.segmentMs
    // The clock was set back: no segment holds two times.
    const isBefore = wallMs < segment.startMs
    const isOther = index.config(from) !== this.#config || this.#hasOtherSound
    return longEnough || isBefore || isOther || wallMs - segment.endMs >= GAP_MS
  }

  /** Sound that came later than the file began, or in another form: a file has one init segment. */
  get #hasOtherSound(): boolean {
    const format = this.#stream.sound?.format
    return format !== undefined && (this.#format === undefined || !sameFormat(format, this.#format))
  }

  /** False when the unit is no keyframe or has gone meanwhile. */
  async #begin(from: number): Promise<boolean> {
    const { index } = this.#ring
    const config = index.config(from)
    if (!index.holds(from) || !index.isKey(from) || !config) return false
    const startMs = Math.floor(index.wallMs(from))
    const feed = feedOf(this.#stream)
    this.#fragmenter = new Fragmenter(undefined, false, feed)
    this.#format = feed?.format
    this.#config = config
    const init = initSegment(config, feed?.format)
    const about = {
      codec: codecsOf(config, feed?.format),
      width: config.width,
      height: config.height,
      cause: this.#place.cause
    }
    const { files } = this.#tools
    this.#segment = await Segment.create(files, this.#place.pathOf, startMs, init, about).catch(error => {
      this.#tools.unfinished({
        ...this.#place.segment,
        startMs,
        endMs: startMs,
        bytes: 0,
        cause: about.cause,
        open: true
      })
      throw error
    })
    this.#report(this.#segment, true)
    return true
  }

  async #finish(): Promise<void> {
    const segment = this.#segment
    this.#segment = undefined
    if (!segment) return
    try {
      await segment.finish()
      this.#report(segment, false)
    } catch (error) {
      this.#tools.unfinished(this.#rowOf(segment, true))
      this.#tools.log.warn({ path: segment.path, err: String(error) }, 'a recording could not be finished; tried again')
    }
  }

  /** What did not reach the disk is a gap up to the next keyframe. */
  async #refused(error: unknown): Promise<void> {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const fault = FULL.has(code) ? 'diskFull' : 'stalled'
    if (this.#fault !== fault)
      this.#tools.log.error({ ...this.#place.segment, err: String(error) }, 'recording stopped')
    this.#fault = fault
    this.#pausedUntilMs = this.#tools.clock.now() + RETRY_MS
    await this.#finish()
  }

  #report(segment: Segment, open: boolean): void {
    this.#tools.report(this.#rowOf(segment, open))
  }

  #rowOf({ startMs, endMs, bytes }: Segment, open: boolean): RecordedSegment {
    return { ...this.#place.segment, startMs, endMs, bytes, cause: this.#place.cause, open }
  }
}

/** False also when the time is farther away than it ever was: the clock was set back, and nothing waits for as long. */
function isAhead(timeMs: number, nowMs: number, mostMs: number): boolean {
  return nowMs < timeMs && timeMs - nowMs <= mostMs
}
