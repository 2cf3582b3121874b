/** One clip: the pre-roll pinned at once, the post-roll as it comes, sealed as it was written. */
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClipRequest, ClipResult } from '../../core/media.ts'
import { feedFor, feedOf } from '../audio/feed.ts'
import { initSegment } from '../fmp4/init.ts'
import type { Stream } from '../ingest/stream.ts'
import type { Pin } from '../ring/ring.ts'
import { isFull, storeFailed } from './durable.ts'
import { type Continuation, Fragmenter, pictureOf } from './fragmenter.ts'
import { appendRecorded, initOf } from './from-disk.ts'
import type { HashedFile } from './hashed-file.ts'
import { evidenceFile, partFile } from './names.ts'
import { openPartFile, type PartFile } from './part-file.ts'
import { dropResult, reserveResult, seal, sealed } from './seal.ts'
import { type EvidenceTools, groups, noMedia } from './tools.ts'

/** However often a source presses, one file ends an hour after its start. */
const MAX_CLIP_MS = 3_600_000
/** A stalled camera is not waited for longer than this after the end. */
const GRACE_MS = 2000
/** Less is a correction of the clock. */
const CLOCK_SET_MS = 2000
const FLUSH_MS = 1000
/** A full disk is tried again so often, until so long after the clip's end; then what was kept is sealed. */
const FULL_AGAIN_MS = 1000
const FULL_WAIT_MS = 60_000

/** A camera's pictures and its sound. */
export type ClipSource = Pick<Stream, 'ring' | 'onUnit' | 'sound'>

/** `run` once; `extend` while it runs; `stop` leaves the unfinished file for the next process to continue. */
export class ClipRecorder {
  readonly #stream: ClipSource
  readonly #request: ClipRequest
  readonly #tools: EvidenceTools
  readonly #name: string
  #toMs: number
  #clockOffsetMs: number
  #fragmenter: Fragmenter
  /** The first unit that is not in a fragment yet. */
  #nextSeq: number | undefined
  /** Units before this one are to be written. */
  #dueSeq = 0
  #pin: Pin | undefined
  #lastFlushMs = 0
  #part: PartFile | undefined
  #writing: Promise<void> | undefined
  #failure: unknown
  /** What a full disk did not take: memory gives it only once. */
  #unwritten: readonly Buffer[] | undefined
  #end: (() => void) | undefined
  #wake: (() => void) | undefined
  #stopped = false

  constructor(stream: ClipSource, request: ClipRequest, tools: EvidenceTools) {
    this.#stream = stream
    this.#request = request
    this.#tools = tools
    this.#name = evidenceFile(request.evidenceId, 'clip')
    this.#toMs = request.toMs
    this.#clockOffsetMs = tools.clock.now() - tools.clock.steady()
    this.#fragmenter = new Fragmenter(undefined, true, feedOf(stream))
    this.extend(request.toMs)
  }

  extend(toMs: number): void {
    this.#toMs = Math.min(Math.max(toMs, this.#toMs), this.#request.fromMs + MAX_CLIP_MS)
  }

  stop(): void {
    this.#stopped = true
    this.#end?.()
    this.#wake?.()
  }

  /**
   * Rejects with MEDIA_UNAVAILABLE when no picture came at all, with STORE_FAILED when the disk refuses. A disk that is full is waited for; what
   * it has kept by then is sealed and says that it is cut. A clip that a crash cut off is
   * continued; one that was finished before is given again, unchanged.
   */
  async run(): Promise<ClipResult> {
    const { ring } = this.#stream
    this.#begin(ring.keyAtOrBefore(this.#request.fromMs))
    this.#dueSeq = ring.index.next - 1
    const forget = this.#stream.onUnit(seq => this.#unit(seq))
    try {
      const before = await sealed(this.#name, this.#tools.dir)
      if (before) return before
      const part = await this.#open()
      if (!part) return await this.#sealKept()
      // Only now: while the recordings are read, what comes waits in memory.
      this.#part = part
      this.#write()
      await this.#recording()
      forget()
      return await this.#finish(part)
    } catch (error) {
      throw storeFailed(error)
    } finally {
      forget()
      this.#pin?.release()
    }
  }

  /** Undefined: until a minute after the clip's end the disk had no room for it. */
  async #open(): Promise<PartFile | undefined> {
    while (true) {
      let part: PartFile | undefined
      try {
        await reserveResult(this.#name, this.#tools.dir)
        part = await openPartFile(this.#tools.dir, partFile(this.#name), this.#tools.write)
        await this.#resume(part)
        return part
      } catch (error) {
        await part?.file.close().catch(() => undefined)
        if (!isFull(error)) throw error
        if (this.#stopped || this.#tools.clock.now() >= this.#toMs + FULL_WAIT_MS) return undefined
        await this.#pause()
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.#tools.clock.after(FULL_AGAIN_MS, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }

  /** From now on nothing from `seq` on is overwritten before it was written to disk. */
  #begin(seq: number | undefined): void {
    this.#nextSeq = seq
    if (seq !== undefined) this.#pin ??= this.#stream.ring.pin(seq)
    if (seq !== undefined) this.#pin?.move(seq)
  }

  /**
   * A file that a killed worker left is continued on its time line. What memory does not have of the time before its first keyframe comes
   * from the recordings, if there are any; then memory goes on from the first keyframe that the file does not hold.
   */
  async #resume({ file, continuation: before }: PartFile): Promise<void> {
    const { ring } = this.#stream
    const keyMs = this.#nextSeq === undefined ? undefined : ring.index.wallMs(this.#nextSeq)
    const wantedMs = before?.endWallMs ?? this.#request.fromMs
    const disk = keyMs !== undefined && keyMs <= wantedMs ? undefined : await this.#fromDisk(file, before, keyMs)
    const continuation = disk ?? before
    if (!continuation) return
    const init = await initOf(join(this.#tools.dir, partFile(this.#name)))
    this.#fragmenter = new Fragmenter(continuation, true, feedFor(this.#stream, init))
    const key = ring.keyAtOrBefore(continuation.endWallMs)
    const inFile = key !== undefined && ring.index.wallMs(key) < continuation.endWallMs
    this.#begin(inFile ? ring.keyFrom(key + 1) : key)
  }

  async #fromDisk(
    file: HashedFile,
    continuation: Continuation | undefined,
    keyMs: number | undefined
  ): Promise<Continuation | undefined> {
    const { clock, dir, recorded } = this.#tools
    const config = this.#nextSeq === undefined ? undefined : this.#stream.ring.index.config(this.#nextSeq)
    const init = continuation
      ? await initOf(join(dir, partFile(this.#name)))
      : config && initSegment(config, this.#stream.sound?.format)
    const { cameraId, fromMs: requestedMs } = this.#request
    const fromMs = continuation?.endWallMs ?? requestedMs
    const toMs = Math.min(keyMs ?? clock.now(), this.#toMs)
    return appendRecorded(recorded, { cameraId, fromMs, toMs, memoryMs: keyMs, init, continuation }, file)
  }

  #recording(): Promise<void> {
    const { clock } = this.#tools
    return new Promise(resolve => {
      const cancel = clock.every(100, () => {
        this.#followClock()
        if (this.#unwritten && clock.now() - this.#lastFlushMs >= FULL_AGAIN_MS) {
          this.#lastFlushMs = clock.now()
          this.#write()
        }
        if (this.#stopped || this.#failure !== undefined || clock.now() >= this.#toMs + GRACE_MS) done()
      })
      const done = (): void => {
        cancel()
        resolve()
      }
      this.#end = done
      if (clock.now() >= this.#toMs + GRACE_MS) done()
    })
  }

  /** The end is told in the clock of before it was set. */
  #followClock(): void {
    const { clock } = this.#tools
    const offsetMs = clock.now() - clock.steady()
    const byMs = offsetMs - this.#clockOffsetMs
    this.#clockOffsetMs = offsetMs
    if (Math.abs(byMs) > CLOCK_SET_MS) this.#toMs += byMs
  }

  #unit(seq: number): void {
    this.#followClock()
    const { index } = this.#stream.ring
    if (this.#nextSeq === undefined) {
      if (index.isKey(seq) && index.wallMs(seq) >= this.#fragmenter.actualToMs) this.#begin(seq)
      return
    }
    const nowMs = this.#tools.clock.now()
    if (index.isKey(seq) || nowMs - this.#lastFlushMs >= FLUSH_MS) {
      this.#lastFlushMs = nowMs
      this.#dueSeq = seq
      this.#write()
    }
    if (index.wallMs(seq) >= this.#toMs) this.#end?.()
  }

  #write(): void {
    const part = this.#part
    if (!part || this.#writing) return
    this.#writing = this.#writeDue(part, false)
      .catch(error => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#writing = undefined
      })
  }

  /** One fragment after the other, so that a hundred clips at once never hold up the live pictures. */
  async #writeDue(part: PartFile, last: boolean): Promise<void> {
    const { ring } = this.#stream
    while (this.#failure === undefined) {
      const unwritten = this.#unwritten
      if (unwritten) await this.#tools.disk(() => this.#append(part, unwritten))
      if (this.#unwritten) return
      // Given up for the arena's bound: the hole is measured and stated.
      if (this.#nextSeq !== undefined && !ring.index.holds(this.#nextSeq)) this.#begin(ring.keyFrom(this.#nextSeq))
      if (this.#nextSeq === undefined || this.#nextSeq >= this.#dueSeq) return
      await this.#tools.disk(() => this.#writeGroup(part, last))
    }
  }

  async #writeGroup(part: PartFile, last: boolean): Promise<void> {
    const { ring } = this.#stream
    const from = this.#nextSeq ?? this.#dueSeq
    // While it waited for its turn the disk may have been so slow that the group is gone.
    if (!ring.index.holds(from)) return
    const [group] = groups(ring, from, this.#dueSeq)
    if (!group) return
    const fragment = this.#fragmenter.fragment(ring, group.from, group.to, last && group.to === this.#dueSeq)
    const { init } = this.#fragmenter
    this.#fragmenter.init = undefined
    this.#begin(group.to)
    if (fragment.length > 0) await this.#append(part, init ? [init, fragment] : [fragment])
  }

  async #append(part: PartFile, parts: readonly Buffer[]): Promise<void> {
    try {
      await part.file.append(parts)
      this.#unwritten = undefined
    } catch (error) {
      if (!isFull(error)) throw error
      this.#unwritten = parts
    }
  }

  async #finish(part: PartFile): Promise<ClipResult> {
    const { dir } = this.#tools
    const { index } = this.#stream.ring
    await this.#writing
    let end = index.next
    while (end > index.first + 1 && index.wallMs(end - 2) >= this.#toMs) end--
    this.#dueSeq = end
    const untilMs = this.#tools.clock.now() + FULL_WAIT_MS
    if (this.#failure === undefined) await this.#writeDue(part, end === index.next)
    while (this.#unwritten && !this.#stopped && this.#tools.clock.now() < untilMs) {
      await this.#pause()
      await this.#writeDue(part, end === index.next)
    }
    if (this.#failure !== undefined) {
      await part.file.close().catch(() => undefined)
      throw this.#failure
    }
    const { actualFromMs, actualToMs, missing } = this.#fragmenter
    if (this.#stopped || actualFromMs === undefined) await part.file.finish()
    if (this.#stopped) throw this.#interrupted()
    if (this.#unwritten) {
      await part.file.close()
      return this.#sealKept()
    }
    if (actualFromMs === undefined) {
      await unlink(join(dir, partFile(this.#name))).catch(() => undefined)
      await dropResult(this.#name, dir)
      throw noMedia(this.#request, 'no picture came')
    }
    const result: ClipResult = {
      evidenceId: this.#request.evidenceId,
      file: this.#name,
      actualFromMs: Math.round(actualFromMs),
      actualToMs: Math.round(actualToMs),
      gapMs: Math.round(missing.gapMs),
      gaps: missing.gaps,
      ...pictureOf(this.#fragmenter),
      ...part.file.digest()
    }
    await seal(result, part.file, dir)
    return result
  }

  /** What is in the file, read back from there; STORE_FAILED with no file left where that is nothing. */
  async #sealKept(): Promise<ClipResult> {
    const { dir } = this.#tools
    if (this.#stopped) throw this.#interrupted()
    const part = partFile(this.#name)
    const { file, continuation } = await openPartFile(dir, part)
    if (!continuation) {
      await file.close()
      await unlink(join(dir, part))
      await dropResult(this.#name, dir)
      throw storeFailed(Object.assign(new Error('no room'), { code: 'ENOSPC' }))
    }
    const { firstWallMs, endWallMs, missing } = continuation
    const result: ClipResult = {
      evidenceId: this.#request.evidenceId,
      file: this.#name,
      actualFromMs: Math.round(firstWallMs),
      actualToMs: Math.round(endWallMs),
      gapMs: Math.round(missing.gapMs),
      gaps: missing.gaps,
      ...pictureOf(this.#fragmenter),
      ...file.digest(),
      cut: 'diskFull'
    }
    await seal(result, file, dir)
    return result
  }

  #interrupted() {
    return noMedia(this.#request, 'the gateway stops; the recording is continued after its start')
  }
}
