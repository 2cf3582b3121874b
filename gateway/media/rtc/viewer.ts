/** One browser that looks by WebRTC: its socket here for words, its peer in the thread for pictures. */
import type { WebSocket } from 'ws'
import type { LiveMode } from '../live/hello.ts'

export interface RtcViewerOptions {
  /** Its number in the thread. */
  readonly peer: number
  readonly socket: Pick<WebSocket, 'OPEN' | 'readyState' | 'send' | 'close'>
  /** The source is nothing that WebRTC carries. */
  unplayable(): void
  setKeysOnly(value: boolean): void
}

/** The hub calls `begin`, `say` and `sendAway`. */
export class RtcViewer {
  readonly peer: number
  readonly #options: RtcViewerOptions
  #hasBegun = false

  constructor(options: RtcViewerOptions) {
    this.#options = options
    this.peer = options.peer
  }

  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** Told again where the parameters change. */
  begin(description: string): void {
    this.#hasBegun = true
    this.say(description)
  }

  unplayable(): void {
    this.#options.unplayable()
  }

  setMode(mode: LiveMode): void {
    this.#options.setKeysOnly(mode === 'keys')
  }

  say(text: string): void {
    const { socket } = this.#options
    if (socket.readyState === socket.OPEN) socket.send(text)
  }

  /** As for MSE: come back with a new ticket. */
  sendAway(): void {
    this.#options.socket.close(1012, 'camera changed')
  }
}
