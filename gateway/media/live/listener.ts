/** One browser that listens to one stream: never later than its line can take. */
import type { WebSocket } from 'ws'

/** Some seconds of sound; what comes while so much waits in front of a slow line is left out. */
const MAX_WAITING_BYTES = 48 * 1024

/** What a listener needs of its socket. */
type Line = Pick<WebSocket, 'OPEN' | 'readyState' | 'bufferedAmount' | 'send' | 'close'>

/** What a player must have before the first sound; a new object with each change. */
export interface SoundPrologue {
  /** The `init` message. */
  readonly description: string
  readonly init: Buffer
}

/** The hub calls `begin`, `sound` and `say`. */
export class Listener {
  /** Fragments not sent because the line was full. */
  dropped = 0
  readonly #socket: Line

  constructor(socket: Line) {
    this.#socket = socket
  }

  begin({ description, init }: SoundPrologue): void {
    this.say(description)
    this.#send(init)
  }

  /** One shared fragment. Late sound is worth nothing beside a live picture. */
  sound(fragment: Buffer): void {
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) this.dropped++
    else this.#send(fragment)
  }

  say(text: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text)
  }

  /** The source is gone: come back with a new ticket. 1012 is "service restart". */
  sendAway(): void {
    this.#socket.close(1012, 'camera changed')
  }

  #send(data: Buffer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(data, { binary: true })
  }
}
