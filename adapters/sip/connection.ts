/** One TCP or TLS connection: messages in at the pace of their budget, answers out, and an end for whoever is slow, idle or wrong. */
import type { Socket } from 'node:net'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Budget, Rate } from '../kit/token-budget.ts'
import type { Trunk } from './config.ts'
import type { Receive } from './datagrams.ts'
import { Paced } from './paced.ts'
import { originOf, type Peer } from './peer.ts'
import { type Cut, StreamFramer } from './stream.ts'

/** A first message, and every begun one, must be whole after this. */
const SLOW_MS = 10_000
/** Answers the other end does not take. */
const MAX_UNSENT_BYTES = 262_144
const MAX_UNSENT = 1_024
const PONG = Buffer.from('\r\n')

export interface ConnectionDeps {
  readonly host: AdapterHost
  readonly budget: Budget
  readonly rate: Rate
  readonly idleMs: number
  readonly trunk: Trunk | undefined
  receive: Receive
  /** It is closed, and nothing that came over it waits any more. */
  served(): void
  /** The event that a connection of ours waits for: nothing is said before we know to whom. */
  readonly opening?: 'connect' | 'secureConnect'
}

interface Unsent {
  readonly bytes: Buffer
  readonly failed: (() => void) | undefined
}

export class Connection {
  readonly peer: Peer
  readonly #socket: Socket
  readonly #deps: ConnectionDeps
  readonly #framer = new StreamFramer()
  readonly #openedMs: number
  #heardMs: number
  /** When the message that is still being sent began. */
  #begunMs: number | undefined
  #messages = 0
  /** While a connection of ours is being opened. */
  #unsent: Unsent[] | undefined
  readonly #paced: Paced<Cut>
  #closedDown = false

  constructor(socket: Socket, peer: Peer, deps: ConnectionDeps) {
    this.#socket = socket
    this.#unsent = deps.opening && []
    this.peer = peer
    this.#deps = deps
    this.#openedMs = this.#heardMs = deps.host.clock.now()
    const { host, budget, rate } = deps
    this.#paced = new Paced({
      ...{ host, budget, rate, peer },
      next: () => this.#framer.next(),
      serve: cut => this.#serve(cut),
      hold: () => void socket.pause(),
      goOn: () => {
        if (!socket.destroyed) socket.resume()
      },
      idle: () => this.#isServed()
    })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    socket.on('data', chunk => this.#take(chunk))
    socket.once('close', () => this.#closed())
    if (deps.opening) socket.once(deps.opening, () => this.#opened())
  }

  get usable(): boolean {
    return !this.#socket.destroyed && this.#socket.writable
  }

  /** `failed` comes later, never before this returns. */
  send(bytes: Buffer, failed?: () => void): void {
    if (this.#unsent && this.#unsent.length < MAX_UNSENT) return void this.#unsent.push({ bytes, failed })
    if (this.#unsent || this.#socket.writableLength > MAX_UNSENT_BYTES) this.end('slowReader')
    this.#socket.write(bytes, error => {
      if (!error) return
      this.#deps.host.reject('notSent', originOf(this.peer), error.message)
      failed?.()
    })
  }

  /** Called about once a second. A clock set forward ends at most what is idle. */
  sweep(nowMs: number): void {
    if (this.#paced.waiting) return
    const mute = this.#deps.opening === undefined && this.#messages === 0 && nowMs - this.#openedMs > SLOW_MS
    const slow = this.#begunMs !== undefined && nowMs - this.#begunMs > SLOW_MS
    if (mute || slow) this.end('tooSlow')
    else if (nowMs - this.#heardMs > this.#deps.idleMs) this.#socket.end()
  }

  /** Counts why, and cuts. */
  end(reason: string): void {
    if (this.#socket.destroyed) return
    this.#deps.host.reject(reason, originOf(this.peer))
    this.#socket.destroy()
  }

  /** Reads nothing more and gives up what waits. */
  deafen(): void {
    this.#paced.deafen()
    this.#socket.removeAllListeners('data')
  }

  /** The last answers leave, then the connection closes. */
  finish(): void {
    // One that was told to wait would not hear that the other end closes.
    this.#socket.resume()
    this.#socket.end()
  }

  #opened(): void {
    const unsent = this.#unsent ?? []
    this.#unsent = undefined
    for (const { bytes, failed } of unsent) this.send(bytes, failed)
  }

  /** What had come before is served at its pace, also what the socket had read and not told. */
  #closed(): void {
    for (const { failed } of this.#unsent ?? []) failed?.()
    this.#unsent = undefined
    this.#closedDown = true
    const rest: Buffer | null = this.#socket.read()
    if (rest) this.#framer.push(rest)
    this.#work()
  }

  #take(chunk: Buffer): void {
    this.#heardMs = this.#deps.host.clock.now()
    this.#framer.push(chunk)
    this.#work()
  }

  #work(): void {
    this.#paced.work()
    this.#begunMs = this.#framer.partial ? (this.#begunMs ?? this.#heardMs) : undefined
  }

  #isServed(): void {
    if (this.#closedDown) this.#deps.served()
  }

  #serve(cut: Cut): Promise<void> | undefined {
    this.#messages++
    this.#begunMs = undefined
    if (cut.kind === 'message') return this.#deps.receive(cut.bytes, this.peer, this.#deps.trunk)
    if (cut.kind === 'broken') this.end(cut.fault)
    else if (this.usable) this.#socket.write(PONG)
    return undefined
  }
}
