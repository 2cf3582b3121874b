/** One telephone's WebSocket: a message a frame, at the pace of its budget, and an end for whoever is slow, gone or too loud. */
import { isUtf8 } from 'node:buffer'
import type { RawData, WebSocket } from 'ws'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Budget, Rate } from '../kit/token-budget.ts'
import type { Receive } from './datagrams.ts'
import { Paced } from './paced.ts'
import { originOf, type Peer } from './peer.ts'

/** A first message must have come by then. */
const MUTE_MS = 10_000
/** Asked so often whether it lives; it has as long to say so. */
const PING_MS = 30_000
/** What had come before it was told. */
const MAX_WAITING = 1_024
/** Answers the other end does not take. */
const MAX_UNSENT_BYTES = 262_144
const CLOSE_GOING = 1001

export interface WebTelephoneDeps {
  readonly host: AdapterHost
  readonly budget: Budget
  readonly rate: Rate
  receive: Receive
  /** It is closed, and nothing that came over it waits any more. */
  served(): void
}

export class WebTelephone {
  readonly peer: Peer
  readonly #socket: WebSocket
  readonly #deps: WebTelephoneDeps
  readonly #openedMs: number
  /** Messages that came before it was told to wait. */
  readonly #queue: Buffer[] = []
  readonly #paced: Paced<Buffer>
  #messages = 0
  #askedMs: number
  #alive = true

  constructor(socket: WebSocket, peer: Peer, deps: WebTelephoneDeps) {
    this.peer = peer
    this.#socket = socket
    this.#deps = deps
    this.#openedMs = this.#askedMs = deps.host.clock.now()
    const { host, budget, rate } = deps
    this.#paced = new Paced({
      ...{ host, budget, rate, peer },
      next: () => this.#queue.shift(),
      serve: bytes => this.#serve(bytes),
      hold: () => socket.pause(),
      goOn: () => socket.resume(),
      idle: () => this.#isServed()
    })
    socket.on('message', data => this.#take(bytesOf(data)))
    socket.on('pong', () => {
      this.#alive = true
    })
    // What came before is served at its pace: who presses and closes the page has pressed.
    socket.once('close', () => this.#paced.work())
    // A frame that is too large or broken: the socket closes itself.
    socket.on('error', error =>
      this.end('code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'tooLarge' : 'notSip')
    )
  }

  /** Text, as RFC 7118 §4.2 wants it, unless a header holds what is none. `failed` comes later. */
  send(bytes: Buffer, failed: () => void): void {
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) this.end('slowReader')
    this.#socket.send(bytes, { binary: !isUtf8(bytes) }, error => {
      if (!error) return
      this.#deps.host.reject('notSent', originOf(this.peer), error.message)
      failed()
    })
  }

  /** Called about once a second. */
  sweep(nowMs: number): void {
    if (this.#messages === 0 && nowMs - this.#openedMs > MUTE_MS) return void this.end('tooSlow')
    if (nowMs - this.#askedMs < PING_MS || this.#paced.waiting) return
    if (!this.#alive) return void this.end('tooSlow')
    this.#askedMs = nowMs
    this.#alive = false
    this.#socket.ping()
  }

  /** Counts why, and cuts. */
  end(reason: string): void {
    if (this.#socket.readyState === this.#socket.CLOSED) return
    this.#deps.host.reject(reason, originOf(this.peer))
    this.#socket.terminate()
  }

  deafen(): void {
    this.#paced.deafen()
    this.#queue.length = 0
    this.#socket.removeAllListeners('message')
  }

  /** Resolves when it is closed. */
  finish(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#socket.once('close', () => resolve())
    this.#socket.resume()
    this.#socket.close(CLOSE_GOING)
    return promise
  }

  cut(): void {
    this.#socket.terminate()
  }

  #take(bytes: Buffer): void {
    this.#alive = true
    if (this.#queue.length >= MAX_WAITING) {
      this.#queue.length = 0
      return void this.end('tooFast')
    }
    this.#queue.push(bytes)
    this.#paced.work()
  }

  #isServed(): void {
    if (this.#socket.readyState === this.#socket.CLOSED) this.#deps.served()
  }

  #serve(bytes: Buffer): Promise<void> | undefined {
    this.#messages++
    // An exchange does not come this way: whoever does is believed by his log-in alone.
    if (!isPing(bytes)) return this.#deps.receive(bytes, this.peer, undefined)
    // The double CRLF of RFC 5626 §3.5.1 gets a single one.
    this.#socket.send('\r\n', () => {})
    return undefined
  }
}

function isPing(bytes: Buffer): boolean {
  return bytes.length <= 4 && /^[\r\n]*$/.test(bytes.toString('latin1'))
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
