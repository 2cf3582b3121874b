/** One browser that looks at one stream: never slower than it can take, always starting at a keyframe. */
import type { WebSocket } from 'ws'

/** Beyond what a replay of the last GOP may already have put there, so much may wait in front of a slow line. */
const MAX_WAITING_BYTES = 1024 * 1024

/** What a viewer needs of its socket. */
type Line = Pick<WebSocket, 'OPEN' | 'readyState' | 'bufferedAmount' | 'send' | 'close'>

/** The hub calls `begin`, `frame` and `say`. */
export class Viewer {
  /** Frames not sent because the line was full. */
  dropped = 0
  readonly #socket: Line
  #description: string | undefined
  #init: Buffer | undefined
  #waitKey = true
  #allowance = 0

  constructor(socket: Line) {
    this.#socket = socket
  }

  /** The picture at once: everything since the last keyframe. */
  begin(description: string, init: Buffer, replay: readonly Buffer[]): void {
    this.#initialise(description, init)
    for (const fragment of replay) this.#send(fragment)
    this.#allowance = this.#socket.bufferedAmount
    this.#waitKey = false
  }

  /** One shared fragment. A full line drops to the next keyframe: late pictures are worth nothing on a watch floor. */
  frame(fragment: Buffer, key: boolean, description: string, init: Buffer): void {
    const waiting = this.#socket.bufferedAmount
    this.#allowance = Math.min(this.#allowance, waiting)
    if (waiting > this.#allowance + MAX_WAITING_BYTES) this.#waitKey = true
    else if (key && waiting <= MAX_WAITING_BYTES / 2) this.#waitKey = false
    if (this.#waitKey) {
      this.dropped++
      return
    }
    if (description !== this.#description || (key && init !== this.#init)) this.#initialise(description, init)
    this.#send(fragment)
  }

  say(text: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text)
  }

  /** The source is gone: come back with a new ticket. 1012 is "service restart". */
  sendAway(): void {
    this.#socket.close(1012, 'camera changed')
  }

  #initialise(description: string, init: Buffer): void {
    this.#description = description
    this.#init = init
    this.say(description)
    this.#send(init)
  }

  #send(data: Buffer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(data, { binary: true })
  }
}
