/** The worker's end of its WebRTC thread: started by the first viewer, and let go when there has been none for a minute. */
import { Worker } from 'node:worker_threads'
import type { Clock, Log } from '../../core/ports.ts'
import type { RtpFrame } from './frames.ts'
import type { FromRtc, RtcThreadData, ToRtc } from './messages.ts'

const IDLE_MS = 60_000
/** What its peers may make of it at most; beyond it the thread ends, and this process does not. */
const MAX_HEAP_MB = 192

export interface LinkOptions extends RtcThreadData {
  readonly clock: Clock
  readonly log: Log
  heard(message: FromRtc): void
  /** The thread is gone, and everything with it. */
  lost(): void
}

export class RtcLink {
  readonly #options: LinkOptions
  #thread: Worker | undefined
  #cancelIdle = (): void => undefined

  constructor(options: LinkOptions) {
    this.#options = options
  }

  /** A new peer; starts the thread where it is not there. */
  open(message: Extract<ToRtc, { kind: 'open' }>): void {
    this.#cancelIdle()
    this.#running().postMessage(message)
  }

  /** What a thread that is gone need not hear is dropped. */
  post(message: Exclude<ToRtc, { kind: 'open' | 'frame' }>): void {
    this.#thread?.postMessage(message)
  }

  /** The bytes change hands without being copied. */
  frame(source: number, frame: RtpFrame): void {
    this.#thread?.postMessage({ kind: 'frame', source, frame } satisfies ToRtc, [frame.bytes.buffer])
  }

  /** Nobody looks any more. */
  idle(): void {
    this.#cancelIdle()
    this.#cancelIdle = this.#options.clock.after(IDLE_MS, () => void this.stop())
  }

  async stop(): Promise<void> {
    this.#cancelIdle()
    const thread = this.#thread
    this.#thread = undefined
    await thread?.terminate()
  }

  #running(): Worker {
    if (this.#thread) return this.#thread
    const { ports, log, heard, lost } = this.#options
    const workerData: RtcThreadData = ports ? { ports } : {}
    const thread = new Worker(new URL('./rtc-thread.ts', import.meta.url), {
      workerData,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB }
    })
    thread.on('message', heard)
    thread.on('error', error => log.error({ err: String(error) }, 'the WebRTC thread failed; its viewers fall back'))
    thread.on('exit', () => {
      if (this.#thread !== thread) return
      this.#thread = undefined
      lost()
    })
    this.#thread = thread
    return thread
  }
}
