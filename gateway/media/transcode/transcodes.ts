/** The transcoders of a worker: one per live stream for all its viewers, one per player of recordings, as many as the budget allows. */
import type { Stream } from '../ingest/stream.ts'
import type { Held, LiveSource } from '../live/source.ts'
import { type RunOptions, TranscodedRun } from './transcoded-run.ts'
import { TranscodedStream, type TranscodeOptions } from './transcoded-stream.ts'

export interface TranscodesOptions extends TranscodeOptions {
  /** At once; 0: none. */
  readonly maxStreams: number
}

interface Running {
  readonly made: TranscodedStream
  readonly source: Held<Stream>
  viewers: number
  cancelLinger(): void
}

/** A place within the budget for one who plays recordings, one run after the other, or for one file. */
export interface PlaySeat {
  readonly ffmpegPath: string
  begin(run: Omit<RunOptions, keyof TranscodeOptions>): TranscodedRun
  /** Once; a run that is under way is the caller's to stop. */
  release(): void
}

/** How long one outlives its last viewer. */
const LINGER_MS = 10_000

/** `acquire` for a viewer, and release what it gives when he leaves. */
export class Transcodes {
  readonly #options: TranscodesOptions
  readonly #running = new Map<Stream, Running>()
  #players = 0

  constructor(options: TranscodesOptions) {
    this.#options = options
  }

  /** `open` gives a hold on the source for as long as it is transcoded. Undefined where the budget is spent or there is no source. */
  acquire(open: () => Held<Stream> | undefined): Held<LiveSource> | undefined {
    const source = open()
    if (!source) return undefined
    const old = this.#running.get(source.stream)
    if (old && !old.made.isOpen) this.#end(source.stream, old)
    const running = this.#running.get(source.stream) ?? this.#start(source)
    // Held once, by the first of them.
    if (running?.source !== source) source.release()
    if (!running) return undefined
    running.cancelLinger()
    running.viewers++
    let released = false
    return {
      stream: running.made,
      release: () => {
        if (released) return
        released = true
        this.#release(running)
      }
    }
  }

  /** For one player of recordings; undefined where the budget is spent. */
  seat(): PlaySeat | undefined {
    if (!this.#hasRoom()) return undefined
    this.#players++
    return {
      ffmpegPath: this.#options.ffmpegPath,
      begin: run => new TranscodedRun({ ...this.#options, ...run }),
      release: () => void this.#players--
    }
  }

  /** Once a second. */
  tick(): void {
    for (const [stream, running] of this.#running) {
      if (running.made.isOpen) running.made.tick()
      else if (running.viewers === 0) this.#end(stream, running)
    }
  }

  stop(): void {
    for (const [stream, running] of this.#running) this.#end(stream, running)
  }

  #hasRoom(): boolean {
    const full = (): boolean => this.#running.size + this.#players >= this.#options.maxStreams
    if (full()) this.#endUnwatched()
    return !full()
  }

  #start(source: Held<Stream>): Running | undefined {
    if (!this.#hasRoom()) return undefined
    const made = new TranscodedStream(source.stream, this.#options)
    const running: Running = { made, source, viewers: 0, cancelLinger: () => undefined }
    this.#running.set(source.stream, running)
    return running
  }

  #release(running: Running): void {
    running.viewers--
    if (running.viewers > 0) return
    running.cancelLinger = this.#options.clock.after(LINGER_MS, () => this.#end(running.source.stream, running))
  }

  #endUnwatched(): void {
    for (const [stream, running] of this.#running) {
      if (running.viewers > 0) continue
      this.#end(stream, running)
      return
    }
  }

  #end(stream: Stream, running: Running): void {
    running.cancelLinger()
    running.made.close()
    running.source.release()
    if (this.#running.get(stream) === running) this.#running.delete(stream)
  }
}
