/** One TCP or TLS connection: messages in at the pace of their budget, answers out, and an end for whoever is slow, idle or wrong. */
import type { Socket } from 'node:net'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Budget, Rate } from '../kit/token-budget.ts'
import type { Trunk } from './config.ts'
import type { Receive } from './datagrams.ts'
import { originOf, type Peer } from './peer.ts'
import { StreamFramer } from './stream.ts'

/** A first message, and every begun one, must be whole after this. */
const SLOW_MS = 10_000
/** Requests of one connection under way before it is told to wait. */
const MAX_UNDER_WAY = 256
/** Answers the other end does not take. */
const MAX_UNSENT_BYTES = 262_144
const MAX_UNSENT = 1_024
/** A connection that has spent its budget is read again after this. */
const LOOK_AGAIN_MS = 125
const PONG = Buffer.from('\r\n')

export interface ConnectionDeps {
  readonly host: AdapterHost
  readonly budget: Budget
  readonly rate: Rate
  readonly idleMs: number
  readonly trunk: Trunk | undefined
  receive: Receive
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
  #underWay = 0
  /** While a connection of ours is being opened. */
  #unsent: Unsent[] | undefined
  #waiting = false
  #cancelWait: () => void = () => {}

  constructor(socket: Socket, peer: Peer, deps: ConnectionDeps) {
    this.#socket = socket
    this.#unsent = deps.opening && []
    this.peer = peer
    this.#deps = deps
    this.#openedMs = this.#heardMs = deps.host.clock.now()
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
    if (this.#waiting) return
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

  /** The last answers leave, then the connection closes. */
  finish(): void {
    this.#cancelWait()
    this.#socket.end()
  }

  #opened(): void {
    const unsent = this.#unsent ?? []
    this.#unsent = undefined
    for (const { bytes, failed } of unsent) this.send(bytes, failed)
  }

  #closed(): void {
    this.#cancelWait()
    for (const { failed } of this.#unsent ?? []) failed?.()
    this.#unsent = undefined
  }

  #take(chunk: Buffer): void {
    this.#heardMs = this.#deps.host.clock.now()
    this.#framer.push(chunk)
    this.#work()
  }

  /** A message that comes too fast waits here and is not dropped: nobody would send it again. */
  #work(): void {
    while (!this.#mustWait()) {
      const cut = this.#framer.next()
      if (!cut) break
      this.#deps.budget.take(this.peer.address, this.#deps.rate)
      this.#messages++
      if (cut.kind === 'message') this.#serve(cut.bytes)
      else if (cut.kind === 'ping') this.#socket.write(PONG)
      else this.end(cut.fault)
    }
    this.#begunMs = this.#framer.partial ? (this.#begunMs ?? this.#heardMs) : undefined
  }

  #serve(bytes: Buffer): void {
    this.#begunMs = undefined
    this.#underWay++
    void this.#deps.receive(bytes, this.peer, this.#deps.trunk).then(() => {
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
    if (this.#socket.destroyed) return
    this.#socket.resume()
    this.#work()
  }
}
