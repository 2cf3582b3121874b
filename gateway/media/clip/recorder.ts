/** One clip: the pre-roll pinned at once, the post-roll as it comes, then one MP4 file that every player opens. */
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClipRequest, ClipResult } from '../../core/media.ts'
import type { Stream } from '../ingest/stream.ts'
import { storeFailed } from './durable.ts'
import { Fragmenter, pictureOf } from './fragmenter.ts'
import { evidenceFile, partFile } from './names.ts'
import { PartFile } from './part-file.ts'
import { seal, sealed } from './seal.ts'
import { type EvidenceTools, groups, noMedia } from './tools.ts'

/** However often a source presses, one file ends an hour after its start. */
const MAX_CLIP_MS = 3_600_000
/** A stalled camera is not waited for longer than this after the end. */
const GRACE_MS = 2000
const FLUSH_MS = 1000

/** `run` once; `extend` while it runs; `stop` leaves the unfinished file for the next process to continue. */
export class ClipRecorder {
  readonly #stream: Stream
  readonly #request: ClipRequest
  readonly #tools: EvidenceTools
  readonly #file: string
  #toMs: number
  #fragmenter = new Fragmenter()
  /** The first unit that is not in a fragment yet. */
  #nextSeq: number | undefined
  #lastFlushMs = 0
  #pinned: Buffer[] = []
  #part: PartFile | undefined
  #end: (() => void) | undefined
  #stopped = false

  constructor(stream: Stream, request: ClipRequest, tools: EvidenceTools) {
    this.#stream = stream
    this.#request = request
    this.#tools = tools
    this.#file = evidenceFile(request.evidenceId, 'clip')
    this.#toMs = request.toMs
    this.extend(request.toMs)
  }

  extend(toMs: number): void {
    this.#toMs = Math.min(Math.max(toMs, this.#toMs), this.#request.fromMs + MAX_CLIP_MS)
  }

  stop(): void {
    this.#stopped = true
    this.#end?.()
  }

  /**
   * Rejects with MEDIA_UNAVAILABLE when no picture came at all, with STORE_FAILED when the disk refuses. A clip that a crash cut off is
   * continued; one that was finished before is given again, unchanged.
   */
  async run(): Promise<ClipResult> {
    this.#pin()
    const forget = this.#stream.onUnit(seq => this.#unit(seq))
    try {
      const before = await sealed(this.#file, this.#tools.dir)
      if (before) return before
      this.#part = await PartFile.open(this.#tools.dir, partFile(this.#file))
      this.#attach(this.#part)
      await this.#recording()
    } catch (error) {
      throw storeFailed(error)
    } finally {
      forget()
    }
    return this.#finish(this.#part)
  }

  /** Copies all units since the wanted start out of the ring, before anything else can overwrite them. */
  #pin(): void {
    const { ring } = this.#stream
    this.#nextSeq = ring.keyAtOrBefore(this.#request.fromMs)
    if (this.#nextSeq !== undefined) this.#flush(ring.index.next - 1, false)
  }

  /** A file that a killed worker left is continued: the fragments so far are made anew, on its time line. */
  #attach(part: PartFile): void {
    if (part.continuation) {
      this.#pinned = []
      this.#fragmenter = new Fragmenter(part.continuation)
      const { ring } = this.#stream
      this.#nextSeq = ring.keyAtOrBefore(part.continuation.endWallMs)
      if (this.#nextSeq !== undefined && ring.index.wallMs(this.#nextSeq) < part.continuation.endWallMs)
        this.#nextSeq = ring.keyFrom(this.#nextSeq + 1)
    }
    for (const buffer of this.#pinned) part.write(buffer)
    this.#pinned = []
  }

  #recording(): Promise<void> {
    const { clock } = this.#tools
    return new Promise(resolve => {
      const cancel = clock.every(100, () => {
        if (this.#stopped || this.#part?.failed || clock.now() >= this.#toMs + GRACE_MS) done()
      })
      const done = (): void => {
        cancel()
        resolve()
      }
      this.#end = done
      if (clock.now() >= this.#toMs + GRACE_MS) done()
    })
  }

  #unit(seq: number): void {
    const { index } = this.#stream.ring
    if (this.#nextSeq === undefined) {
      if (index.isKey(seq) && index.wallMs(seq) >= this.#fragmenter.actualToMs) this.#nextSeq = seq
      return
    }
    const nowMs = this.#tools.clock.now()
    if (index.isKey(seq) || nowMs - this.#lastFlushMs >= FLUSH_MS) this.#flush(seq, false)
    if (index.wallMs(seq) >= this.#toMs) this.#end?.()
  }

  #flush(to: number, last: boolean): void {
    const { ring } = this.#stream
    this.#lastFlushMs = this.#tools.clock.now()
    // Overwritten before it was copied: cannot happen while units are copied as they come, but must never give wrong pictures.
    if (this.#nextSeq !== undefined && !ring.index.holds(this.#nextSeq)) this.#nextSeq = ring.keyFrom(this.#nextSeq)
    if (this.#nextSeq === undefined || this.#nextSeq >= to) return
    for (const group of groups(ring, this.#nextSeq, to)) {
      const fragment = this.#fragmenter.fragment(ring, group.from, group.to, last && group.to === to)
      if (this.#fragmenter.init) this.#keep(this.#fragmenter.init)
      this.#fragmenter.init = undefined
      this.#keep(fragment)
    }
    this.#nextSeq = to
  }

  #keep(buffer: Buffer): void {
    if (this.#part) this.#part.write(buffer)
    else this.#pinned.push(buffer)
  }

  async #finish(part: PartFile): Promise<ClipResult> {
    const { dir } = this.#tools
    const { index } = this.#stream.ring
    let end = index.next
    while (end > index.first + 1 && index.wallMs(end - 2) >= this.#toMs) end--
    this.#flush(end, end === index.next)
    await part.finish().catch(error => Promise.reject(storeFailed(error)))
    if (this.#stopped) throw noMedia(this.#request, 'the gateway stops; the recording is continued after its start')
    const { actualFromMs, actualToMs, gapMs, gaps } = this.#fragmenter
    if (actualFromMs === undefined) {
      await unlink(join(dir, partFile(this.#file))).catch(() => undefined)
      throw noMedia(this.#request, 'no picture came')
    }
    const recorded = {
      evidenceId: this.#request.evidenceId,
      file: this.#file,
      actualFromMs: Math.round(actualFromMs),
      actualToMs: Math.round(actualToMs),
      gapMs: Math.round(gapMs),
      gaps,
      ...pictureOf(this.#fragmenter)
    }
    return seal(recorded, this.#tools).catch(error => Promise.reject(storeFailed(error)))
  }
}
