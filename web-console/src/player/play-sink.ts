/** Feeds a video element with recorded fragments by Media Source Extensions, at their own times: what is appended can be sought in. Never throws. */
import { canPlay } from './mse-sink.ts'
import { MAX_QUEUE_BYTES } from './policy.ts'

export type PlayTrouble = 'decode' | 'unsupported' | 'overflow'

/** What the playback session needs of a player; tests hand in a plain object. */
export interface PlaySink {
  /** Media that was pushed is still on its way into the player's buffer. */
  readonly isBusy: boolean
  init(codec: string, segment: Uint8Array<ArrayBuffer>, shift: number): void
  push(fragment: Uint8Array<ArrayBuffer>): void
  /** Forgets all media; the last picture stays on screen. */
  clear(): void
  /** Forgets what lies before a media time, s. */
  trim(before: number): void
  close(): void
}

type Job =
  | { readonly kind: 'init'; readonly codec: string; readonly segment: Uint8Array<ArrayBuffer>; readonly shift: number }
  | { readonly kind: 'append'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'remove'; readonly from: number; readonly to: number }

/** Media times reach over days; a media source without an end lets nobody seek beyond what is buffered. */
const DURATION_S = 40 * 86_400

export class MsePlaySink implements PlaySink {
  readonly #trouble: (reason: PlayTrouble) => void
  readonly #video: HTMLVideoElement
  readonly #source = new MediaSource()
  readonly #url = URL.createObjectURL(this.#source)
  #buffer: SourceBuffer | undefined
  #codec = ''
  #jobs: Job[] = []
  #queuedBytes = 0
  #closed = false

  constructor(video: HTMLVideoElement, trouble: (reason: PlayTrouble) => void) {
    this.#video = video
    this.#trouble = trouble
    video.addEventListener('error', this.#onVideoError)
    this.#source.addEventListener('sourceopen', () => this.#flush(), { once: true })
    video.disableRemotePlayback = true
    video.src = this.#url
  }

  get isBusy(): boolean {
    return !this.#closed && (this.#jobs.length > 0 || this.#buffer?.updating === true)
  }

  init(codec: string, segment: Uint8Array<ArrayBuffer>, shift: number): void {
    if (!canPlay(codec)) this.#fail('unsupported')
    else this.#add({ kind: 'init', codec, segment, shift })
  }

  push(bytes: Uint8Array<ArrayBuffer>): void {
    this.#queuedBytes += bytes.byteLength
    if (this.#queuedBytes > MAX_QUEUE_BYTES * 4) this.#fail('overflow')
    else this.#add({ kind: 'append', bytes })
  }

  clear(): void {
    this.#jobs = []
    this.#queuedBytes = 0
    this.#add({ kind: 'remove', from: 0, to: Number.POSITIVE_INFINITY })
  }

  trim(before: number): void {
    const start = this.#buffer?.buffered.length ? this.#buffer.buffered.start(0) : before
    if (before > start) this.#add({ kind: 'remove', from: 0, to: before })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#jobs = []
    this.#video.removeEventListener('error', this.#onVideoError)
    URL.revokeObjectURL(this.#url)
  }

  #add(job: Job): void {
    if (this.#closed) return
    this.#jobs.push(job)
    this.#flush()
  }

  /** One job at a time: a SourceBuffer takes no second one while it works. */
  #flush(): void {
    while (!this.#closed && this.#source.readyState === 'open' && !this.#buffer?.updating) {
      const job = this.#jobs.shift()
      if (!job) return
      try {
        this.#do(job)
      } catch (error) {
        if (error instanceof DOMException && error.name === 'QuotaExceededError' && job.kind === 'append')
          this.#full(job)
        else this.#fail('decode')
        return
      }
    }
  }

  #do(job: Job): void {
    switch (job.kind) {
      case 'init': {
        const buffer = this.#ready(job.codec)
        if (job.codec !== this.#codec) buffer.changeType(mime(job.codec))
        this.#codec = job.codec
        buffer.timestampOffset = job.shift
        buffer.appendBuffer(job.segment)
        break
      }
      case 'append':
        this.#queuedBytes -= job.bytes.byteLength
        this.#buffer?.appendBuffer(job.bytes)
        break
      case 'remove':
        // A half-parsed fragment goes too.
        if (job.to === Number.POSITIVE_INFINITY) this.#buffer?.abort()
        if (this.#buffer?.buffered.length) this.#buffer.remove(job.from, job.to)
    }
  }

  #ready(codec: string): SourceBuffer {
    if (this.#buffer) return this.#buffer
    this.#source.duration = DURATION_S
    const buffer = this.#source.addSourceBuffer(mime(codec))
    buffer.mode = 'segments'
    buffer.addEventListener('updateend', () => this.#flush())
    buffer.addEventListener('error', () => this.#fail('decode'))
    this.#codec = codec
    this.#buffer = buffer
    return buffer
  }

  /** The browser keeps no more: what was seen goes first. */
  #full(job: Job & { kind: 'append' }): void {
    const before = this.#video.currentTime - 2
    const start = this.#buffer?.buffered.length ? this.#buffer.buffered.start(0) : before
    if (before <= start) {
      this.#fail('overflow')
      return
    }
    this.#queuedBytes += job.bytes.byteLength
    this.#jobs.unshift({ kind: 'remove', from: 0, to: before }, job)
    this.#flush()
  }

  readonly #onVideoError = (): void => this.#fail('decode')

  #fail(reason: PlayTrouble): void {
    if (this.#closed) return
    this.close()
    this.#trouble(reason)
  }
}

function mime(codec: string): string {
  return `video/mp4; codecs="${codec}"`
}
