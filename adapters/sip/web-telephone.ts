/** One telephone's WebSocket: a message a frame, at the pace of its budget, and an end for whoever is slow, gone or too loud. */
import { isUtf8 } from 'node:buffer'
import type { RawData, WebSocket } from 'ws'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Budget, Rate } from '../kit/token-budget.ts'
import type { Receive } from './datagrams.ts'
import { originOf, type Peer } from './peer.ts'

/** A first message must have come by then. */
const MUTE_MS = 10_000
/** Asked so often whether it lives; it has as long to say so. */
const PING_MS = 30_000
/** Requests of one telephone under way before it is told to wait. */
const MAX_UNDER_WAY = 256
/** What had come before it was told. */
const MAX_WAITING = 1_024
/** Answers the other end does not take. */
const MAX_UNSENT_BYTES = 262_144
/** A telephone that has spent its budget is read again after this. */
const LOOK_AGAIN_MS = 125
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
  #messages = 0
  #underWay = 0
  #waiting = false
  #askedMs: number
  #alive = true
  #cancelWait: () => void = () => {}

  constructor(socket: WebSocket, peer: Peer, deps: WebTelephoneDeps) {
    this.peer = peer
    this.#socket = socket
    this.#deps = deps
    this.#openedMs = this.#askedMs = deps.host.clock.now()
    socket.on('message', data => this.#take(bytesOf(data)))
    socket.on('pong', () => {
      this.#alive = true
    })
    // What came before is served at its pace: who presses and closes the page has pressed.
    socket.once('close', () => this.#isServed())
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
    if (nowMs - this.#askedMs < PING_MS || this.#waiting) return
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
    this.#cancelWait()
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
    if (!this.#waiting) this.#work()
  }

  /** A message that comes too fast waits here and is not dropped: nobody would send it again. */
  #work(): void {
    while (this.#queue.length > 0 && !this.#mustWait()) {
      const bytes = this.#queue.shift()
      if (!bytes) return
      this.#deps.budget.take(this.peer.address, this.#deps.rate)
      this.#messages++
      // The double CRLF of RFC 5626 §3.5.1 gets a single one.
      if (isPing(bytes)) this.#socket.send('\r\n')
      else this.#serve(bytes)
    }
    this.#isServed()
  }

  #isServed(): void {
    if (this.#queue.length === 0 && this.#socket.readyState === this.#socket.CLOSED) this.#deps.served()
  }

  #serve(bytes: Buffer): void {
    this.#underWay++
    // An exchange does not come this way: whoever does is believed by his log-in alone.
    void this.#deps.receive(bytes, this.peer, undefined).then(() => {
      this.#underWay--
      if (this.#waiting && this.#underWay < MAX_UNDER_WAY / 2) this.#goOn()
    })
  }

  #mustWait(): boolean {
    const { host, budget, rate } = this.#deps
    const crowded = this.#underWay >= MAX_UNDER_WAY
    if (!crowded && budget.has(this.peer.address, rate)) return false
    if (!crowded) {
      host.reject('tooFast', originOf(this.peer))
      this.#cancelWait = host.clock.after(LOOK_AGAIN_MS, () => this.#goOn())
    }
    this.#waiting = true
    this.#socket.pause()
    return true
  }

  #goOn(): void {
    this.#cancelWait()
    this.#waiting = false
    this.#socket.resume()
    this.#work()
  }
}

function isPing(bytes: Buffer): boolean {
  return bytes.length <= 4 && /^[\r\n]*$/.test(bytes.toString('latin1'))
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
