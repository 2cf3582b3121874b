/** One browser that looks at one stream: never slower than it can take, always starting at a keyframe. */
import type { WebSocket } from 'ws'
import type { VideoCodec } from '../codec/config.ts'
import type { LiveMode } from './hello.ts'

/** Beyond what a replay of the last GOP may already have put there, so much may wait in front of a slow line. */
const MAX_WAITING_BYTES = 1024 * 1024

/** What a viewer needs of its socket. */
type Line = Pick<WebSocket, 'OPEN' | 'readyState' | 'bufferedAmount' | 'send' | 'close'>

/** What a player must have before the first picture; a new object with each change. */
export interface Prologue {
  readonly kind: VideoCodec
  /** The `init` message. */
  readonly description: string
  readonly init: Buffer
}

export interface ViewerOptions {
  readonly plays: ReadonlySet<VideoCodec>
  /** The stream is of a codec that this browser does not play. */
  unplayable(): void
}

/** The hub calls `begin`, `frame` and `say`. */
export class Viewer {
  /** Frames not sent because the line was full. */
  dropped = 0
  readonly #socket: Line
  readonly #options: ViewerOptions
  #prologue: Prologue | undefined
  #waitKey = true
  #keysOnly = false
  #allowance = 0

  constructor(socket: Line, options: ViewerOptions) {
    this.#socket = socket
    this.#options = options
  }

  /** True once it was sent a picture's parameters. */
  get hasBegun(): boolean {
    return this.#prologue !== undefined
  }

  /** The picture at once: everything since the last keyframe. */
  begin(prologue: Prologue, replay: readonly Buffer[]): void {
    if (!this.#initialise(prologue)) return
    for (const fragment of this.#keysOnly ? replay.slice(0, 1) : replay) this.#send(fragment)
    this.#allowance = this.#socket.bufferedAmount
    this.#waitKey = this.#keysOnly
  }

  /** One shared fragment. A full line drops to the next keyframe: late pictures are worth nothing on a watch floor. */
  frame(fragment: Buffer, key: boolean, prologue: Prologue): void {
    const waiting = this.#socket.bufferedAmount
    this.#allowance = Math.min(this.#allowance, waiting)
    if (waiting > this.#allowance + MAX_WAITING_BYTES) this.#waitKey = true
    else if (key && waiting <= MAX_WAITING_BYTES / 2) this.#waitKey = false
    if (this.#waitKey) {
      if (!this.#keysOnly) this.dropped++
      return
    }
    if (prologue !== this.#prologue && !this.#initialise(prologue)) return
    this.#send(fragment)
    if (this.#keysOnly) this.#waitKey = true
  }

  /** `keys`: nothing between keyframes from now on; `all`: every frame from the next keyframe on. */
  setMode(mode: LiveMode): void {
    this.#keysOnly = mode === 'keys'
    if (this.#keysOnly) this.#waitKey = true
  }

  say(text: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text)
  }

  /** The source is gone: come back with a new ticket. 1012 is "service restart". */
  sendAway(): void {
    this.#socket.close(1012, 'camera changed')
  }

  #initialise(prologue: Prologue): boolean {
    if (!this.#options.plays.has(prologue.kind)) {
      this.#options.unplayable()
      return false
    }
    this.#prologue = prologue
    this.say(prologue.description)
    this.#send(prologue.init)
    return true
  }

  #send(data: Buffer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(data, { binary: true })
  }
}
