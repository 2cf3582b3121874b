/**
 * Lets few WebSockets of a page connect at a time. Chromium holds each new one back by 1 to 5 s × 2^n / 65,536, where n others of the page are
 * connecting (`WebSocketPerProcessThrottler`): with sixteen tiles at once the last picture comes seconds late, with six it is not felt.
 */
import type { LiveSocket } from './live-session.ts'

const PLACES = 6
/** A worker that does not answer keeps nobody else waiting for longer. */
const HOLD_MS = 1000

/** Opens sockets in the order of asking; what is closed while it waits is never opened. */
export function createSocketGate(connect: (url: string) => LiveSocket, places = PLACES): (url: string) => LiveSocket {
  const waiting = new Set<WaitingSocket>()
  let free = places
  const next = (): void => {
    for (const socket of waiting) {
      if (free === 0) return
      waiting.delete(socket)
      free--
      socket.open(connect, leave)
    }
  }
  const leave = (): void => {
    free++
    next()
  }
  return url => {
    const socket = new WaitingSocket(url, () => waiting.delete(socket))
    waiting.add(socket)
    next()
    return socket
  }
}

/** A socket that may be used as if it were connecting already. */
class WaitingSocket implements LiveSocket {
  binaryType: BinaryType = 'blob'
  onopen: LiveSocket['onopen'] = null
  onmessage: LiveSocket['onmessage'] = null
  onclose: LiveSocket['onclose'] = null
  readonly #url: string
  readonly #forget: () => void
  #socket: LiveSocket | undefined
  #leave = (): void => undefined

  constructor(url: string, forget: () => void) {
    this.#url = url
    this.#forget = forget
  }

  /** `leave` is called once: when it is open, closed, or has taken too long. */
  open(connect: (url: string) => LiveSocket, leave: () => void): void {
    const timer = setTimeout(() => this.#leave(), HOLD_MS)
    this.#leave = () => {
      clearTimeout(timer)
      this.#leave = () => undefined
      leave()
    }
    try {
      const socket = connect(this.#url)
      this.#socket = socket
      socket.binaryType = 'arraybuffer'
      socket.onopen = () => {
        this.#leave()
        this.onopen?.()
      }
      socket.onmessage = event => this.onmessage?.(event)
      socket.onclose = () => this.#closed()
    } catch {
      // Whoever asked for it sets his callbacks first.
      queueMicrotask(() => this.#closed())
    }
  }

  send(data: string): void {
    this.#socket?.send(data)
  }

  close(): void {
    this.#forget()
    this.#socket?.close()
    this.#leave()
  }

  #closed(): void {
    this.#leave()
    this.onclose?.()
  }
}
