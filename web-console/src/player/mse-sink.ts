/** Feeds one video or audio element with fragmented MP4 through Media Source Extensions: bounded queue, live edge, trimming; never throws. */
import {
  type BufferView,
  catchUp,
  type Edge,
  MAX_PART_BYTES,
  MAX_QUEUE_BYTES,
  MAX_QUEUE_PARTS,
  PICTURE_EDGE,
  SOUND_EDGE,
  trimRange
} from './policy.ts'

/** Why a sink gave up; the session answers with a new connection and a new sink. */
export type SinkTrouble = 'overflow' | 'decode' | 'unsupported'

/** What the live session needs of a player; tests hand in a plain object. */
export interface Sink {
  /** A new parameter set: the codec string of RFC 6381 and the binary init segment. */
  init(codec: string, segment: Uint8Array<ArrayBuffer>): void
  /** One fragment (moof and mdat, optionally a prft box in front, which the parser skips). */
  push(fragment: Uint8Array<ArrayBuffer>): void
  /** Keeps to the live edge and trims; called a few times a second. */
  tick(): void
  close(): void
}

interface SourceConstructor {
  new (): MediaSource
  isTypeSupported(type: string): boolean
}

/** Safari on telephones has only ManagedMediaSource. */
function sourceConstructor(): SourceConstructor | undefined {
  const scope = globalThis as { ManagedMediaSource?: SourceConstructor; MediaSource?: SourceConstructor }
  return scope.MediaSource ?? scope.ManagedMediaSource
}

/** What a sink plays. */
export interface Medium {
  readonly type: 'video/mp4' | 'audio/mp4'
  readonly edge: Edge
}

const PICTURE: Medium = { type: 'video/mp4', edge: PICTURE_EDGE }
export const SOUND: Medium = { type: 'audio/mp4', edge: SOUND_EDGE }

/** True when this browser can play the codec, e.g. Debian's Chromium plays no H.265. */
export function canPlay(codec: string, medium = PICTURE): boolean {
  return sourceConstructor()?.isTypeSupported(mime(codec, medium)) ?? false
}

/** What the gateway is told: H.265 Main profile stands for H.265. */
export function playableCodecs(): readonly string[] {
  return canPlay('hvc1.1.6.L93.B0') ? ['h264', 'h265'] : ['h264']
}

function mime(codec: string, { type }: Medium): string {
  return `${type}; codecs="${codec}"`
}

/**
 * The SourceBuffer runs in `sequence` mode: a stamp that jumps, frames dropped on the way to a slow viewer and a reconnect all
 * continue at the end of what is buffered, instead of leaving gaps at which playback would stand. The last frame stays on screen
 * while nothing comes.
 */
export class MseSink implements Sink {
  readonly #element: HTMLMediaElement
  readonly #trouble: (reason: SinkTrouble) => void
  readonly #medium: Medium
  #source: MediaSource | undefined
  #buffer: SourceBuffer | undefined
  #codec = ''
  #url = ''
  #queue: Uint8Array<ArrayBuffer>[] = []
  #queuedBytes = 0
  #closed = false

  constructor(element: HTMLMediaElement, trouble: (reason: SinkTrouble) => void, medium = PICTURE) {
    this.#element = element
    this.#trouble = trouble
    this.#medium = medium
    element.addEventListener('error', this.#onElementError)
  }

  init(codec: string, segment: Uint8Array<ArrayBuffer>): void {
    if (this.#closed) return
    if (!canPlay(codec, this.#medium)) {
      this.#fail('unsupported')
      return
    }
    // What waited belongs to the parameters before; a reconnect may have cut it in mid-fragment.
    this.#queue = []
    this.#queuedBytes = 0
    if (!this.#source) this.#attach(codec)
    else this.#restartParser(codec)
    this.#enqueue(segment)
  }

  push(fragment: Uint8Array<ArrayBuffer>): void {
    if (this.#closed || !this.#source) return
    this.#enqueue(fragment)
  }

  tick(): void {
    const buffer = this.#buffer
    if (this.#closed || !buffer || buffer.updating || this.#source?.readyState !== 'open') return
    this.#safely(() => {
      const view = this.#view(buffer)
      const range = trimRange(view)
      if (range) buffer.remove(range[0], range[1])
      this.#steer(view)
    })
  }

  close(): void {
    this.#closed = true
    this.#queue = []
    this.#element.removeEventListener('error', this.#onElementError)
    if (this.#url) URL.revokeObjectURL(this.#url)
  }

  #attach(codec: string): void {
    const Source = sourceConstructor()
    if (!Source) {
      this.#fail('unsupported')
      return
    }
    const source = new Source()
    this.#source = source
    this.#codec = codec
    source.addEventListener('sourceopen', () => {
      if (this.#closed || this.#buffer) return
      this.#safely(() => {
        const buffer = source.addSourceBuffer(mime(this.#codec, this.#medium))
        buffer.mode = 'sequence'
        buffer.addEventListener('updateend', () => this.#flush())
        buffer.addEventListener('error', () => this.#fail('decode'))
        this.#buffer = buffer
        this.#flush()
      })
    })
    this.#url = URL.createObjectURL(source)
    // ManagedMediaSource attaches only where remote playback is off.
    this.#element.disableRemotePlayback = true
    this.#element.src = this.#url
    this.#play()
  }

  #restartParser(codec: string): void {
    const buffer = this.#buffer
    if (!buffer || this.#source?.readyState !== 'open') {
      this.#codec = codec
      return
    }
    this.#safely(() => {
      // abort() also drops a half-parsed fragment; it is illegal only while a removal runs, and then the sink starts afresh.
      buffer.abort()
      if (codec !== this.#codec) buffer.changeType(mime(codec, this.#medium))
      this.#codec = codec
    })
  }

  #enqueue(part: Uint8Array<ArrayBuffer>): void {
    if (part.byteLength > MAX_PART_BYTES) {
      this.#fail('decode')
      return
    }
    this.#queue.push(part)
    this.#queuedBytes += part.byteLength
    if (this.#queuedBytes > MAX_QUEUE_BYTES || this.#queue.length > MAX_QUEUE_PARTS) {
      this.#fail('overflow')
      return
    }
    this.#flush()
  }

  /** Appends all that waits in one call: joining a stream replays a whole group of pictures at once. */
  #flush(): void {
    const buffer = this.#buffer
    if (this.#closed || !buffer || buffer.updating || this.#queue.length === 0) return
    const bytes = join(this.#queue, this.#queuedBytes)
    const kept = this.#queue
    try {
      buffer.appendBuffer(bytes)
      this.#queue = []
      this.#queuedBytes = 0
    } catch (error) {
      this.#queue = kept
      const range = trimRange(this.#view(buffer), true)
      const full = error instanceof DOMException && error.name === 'QuotaExceededError'
      if (full && range) this.#safely(() => buffer.remove(range[0], range[1]))
      else this.#fail('decode')
    }
    this.#play()
  }

  #steer(view: BufferView): void {
    const element = this.#element
    const decision = catchUp(view, element.playbackRate, this.#medium.edge)
    if (decision.kind === 'jump') element.currentTime = decision.to
    if (decision.kind === 'rate') element.playbackRate = decision.rate
    if (element.paused) this.#play()
  }

  #view(buffer: SourceBuffer): BufferView {
    const ranges: [number, number][] = []
    const { buffered } = buffer
    for (let i = 0; i < buffered.length; i++) ranges.push([buffered.start(i), buffered.end(i)])
    return { currentTime: this.#element.currentTime, ranges }
  }

  #play(): void {
    // Muted video may always start; a refusal (no data yet, page being closed) is repeated by the next tick.
    if (this.#element.paused) void this.#element.play().catch(() => undefined)
  }

  readonly #onElementError = (): void => this.#fail('decode')

  #safely(work: () => void): void {
    try {
      work()
    } catch {
      this.#fail('decode')
    }
  }

  #fail(reason: SinkTrouble): void {
    if (this.#closed) return
    this.close()
    this.#trouble(reason)
  }
}

function join(parts: readonly Uint8Array<ArrayBuffer>[], total: number): Uint8Array<ArrayBuffer> {
  const [only] = parts
  if (only && parts.length === 1) return only
  const bytes = new Uint8Array(total)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}
