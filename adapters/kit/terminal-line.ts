/** The lines of vehicle terminals: a TCP connection, or what one address sends over UDP. Frames in order, answers out, both bounded. */
import type { Socket as UdpSocket } from 'node:dgram'
import type { Socket } from 'node:net'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { readShared } from './shared-reads.ts'
import { type Candidate, createDeframer, type Deframer, FLAG } from './terminal-frame.ts'
import type { Turns } from './terminal-turns.ts'

/** Frames waiting behind a slow journal before a connection is told to wait; datagrams beyond it are dropped, counted and sent again. */
const QUEUE_LIMIT = 64
const WRITE_LIMIT = 65_536

/** How a session reaches its terminal. */
export interface Line {
  /** Bytes without borders, so that several frames may go out as one. */
  readonly stream: boolean
  readonly origin: string
  /** Of ours, where the terminal has connected to; datagrams do not say. */
  readonly localAddress?: string
  readonly address: string
  write(bytes: Buffer): void
  /** Ends it when what was written has gone out. */
  end(): void
  close(): void
}

/** What a protocol makes of one line. */
export interface Session {
  readonly authenticated: boolean
  /** Where a protocol has no log-in: it speaks for a vehicle of the registry, as far as anybody can tell, and keeps its place when all are taken. */
  readonly isOurs?: boolean
  /** Of the last valid frame, by the clock that nobody sets. */
  readonly lastFrameMs: number
  /** Never rejects; undefined when it is done at once. */
  take(candidate: Candidate, receivedMs: number): Promise<void> | undefined
  /** A frame of a stream, between its flags, while nothing of the line is under work: true when it is done with; the bytes last no longer. */
  quick?(escaped: Buffer, receivedMs: number): boolean
  /** The frame between its flags is no more than one of many that come all the time: it may wait for a calmer moment, behind nothing of its own line. */
  canWait?(escaped: Buffer): boolean
  /** The line is gone; told again when a frame that came before the end was taken after it. */
  ended(): void
}

export type OpenSession = (line: Line) => Session

/** One frame after the other, also when the line ends meanwhile: what was received is worked. */
class Pump {
  readonly #queue: { readonly receivedMs: number; readonly candidate: Candidate }[] = []
  readonly #drained: () => void
  readonly #session: Session
  #working = false
  #over = false

  constructor(session: Session, drained: () => void) {
    this.#session = session
    this.#drained = drained
  }

  get length(): number {
    return this.#queue.length
  }

  /** Something is under work or waits for its turn. */
  get busy(): boolean {
    return this.#working || this.#queue.length > 0
  }

  /** Behind what waits, and all of it now. */
  put(candidate: Candidate, receivedMs: number): void {
    if (this.busy) {
      this.later(candidate, receivedMs)
      this.drain()
    } else this.#take(candidate, receivedMs)
  }

  /** Until `drain` or something that cannot wait. */
  later(candidate: Candidate, receivedMs: number): void {
    this.#queue.push({ candidate, receivedMs })
  }

  drain(): void {
    while (!this.#working) {
      const next = this.#queue.shift()
      if (!next) return
      const { candidate, receivedMs } = next
      // What waited behind one that made the others quick.
      if (candidate.ok && this.#session.quick?.(candidate.value, receivedMs)) this.#taken()
      else this.#take(candidate, receivedMs)
    }
  }

  end(): void {
    this.#over = true
    this.#session.ended()
  }

  #take(candidate: Candidate, receivedMs: number): void {
    const taken = this.#session.take(candidate, receivedMs)
    if (taken) void this.#work(taken)
    else this.#taken()
  }

  async #work(first: Promise<void>): Promise<void> {
    this.#working = true
    await first
    this.#taken()
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      await this.#session.take(next.candidate, next.receivedMs)
      this.#taken()
    }
    this.#working = false
  }

  #taken(): void {
    if (this.#over) this.#session.ended()
    this.#drained()
  }
}

/** What the streams of one listener share. */
export interface StreamWay {
  readonly maxEscaped: number
  readonly turns: Turns
}

export class TcpLine implements Line {
  readonly stream = true
  readonly origin: string
  readonly localAddress: string | undefined
  readonly address: string
  readonly session: Session
  readonly #socket: Socket
  readonly #host: AdapterHost
  readonly #deframer: Deframer
  readonly #pump: Pump
  readonly #turns: Turns

  /** `accepted` by a server with `pauseOnConnect`. */
  constructor(accepted: Socket, host: AdapterHost, { maxEscaped, turns }: StreamWay, open: OpenSession) {
    this.#host = host
    this.#turns = turns
    this.#deframer = createDeframer(maxEscaped)
    this.address = accepted.remoteAddress ?? 'unknown'
    // A socket of both families writes IPv4 this way.
    this.localAddress = accepted.localAddress?.replace(/^::ffff:/, '')
    this.origin = `tcp ${this.address}:${accepted.remotePort ?? 0}`
    this.session = open(this)
    this.#pump = new Pump(this.session, () => {
      if (socket.isPaused() && this.#pump.length < QUEUE_LIMIT / 2) socket.resume()
    })
    const socket = readShared(accepted, chunk => this.#read(chunk))
    this.#socket = socket
    socket.on('error', error => host.log.debug({ origin: this.origin, error: error.message }, 'socket'))
    socket.on('close', () => this.#pump.end())
  }

  /** The line is over, and so is its session. */
  onClose(over: () => void): void {
    this.#socket.on('close', over)
  }

  #read(chunk: Buffer): void {
    const receivedMs = this.#host.clock.now()
    const rest = this.#quick(chunk, receivedMs)
    if (rest === chunk.length) return
    // Whatever waits or is kept must not lie where the next read goes.
    for (const candidate of this.#deframer.push(Buffer.from(chunk.subarray(rest)))) this.#put(candidate, receivedMs)
    if (this.#pump.length > QUEUE_LIMIT) this.#socket.pause()
  }

  #put(candidate: Candidate, receivedMs: number): void {
    if (this.#turns.take() || !candidate.ok || !this.session.canWait?.(candidate.value)) {
      this.#pump.put(candidate, receivedMs)
      return
    }
    this.#pump.later(candidate, receivedMs)
    this.#turns.wait(this.#pump)
  }

  /** How much of this read is done with: whole frames from its start that the session needed nothing else for. */
  #quick(chunk: Buffer, receivedMs: number): number {
    let at = 0
    while (chunk[at] === FLAG && !this.#pump.busy && this.#deframer.atRest) {
      const end = chunk.indexOf(FLAG, at + 1)
      if (end < 0 || !this.session.quick?.(chunk.subarray(at + 1, end), receivedMs)) break
      at = end + 1
    }
    return at
  }

  write(bytes: Buffer): void {
    if (this.#socket.writableLength > WRITE_LIMIT) {
      this.#host.reject('slowReader', this.origin)
      this.#socket.destroy()
    } else if (this.#socket.writable) this.#socket.write(bytes)
  }

  end(): void {
    this.#socket.end()
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** What comes from one address and port; it ends when it is silent, or when the terminal authenticates by another line. */
export class UdpLine implements Line {
  readonly stream = false
  readonly origin: string
  readonly address: string
  readonly session: Session
  readonly #port: number
  readonly #socket: UdpSocket
  readonly #host: AdapterHost
  readonly #pump: Pump
  readonly #forget: (line: UdpLine) => void
  #open = true

  constructor(
    peer: { readonly address: string; readonly port: number },
    socket: UdpSocket,
    host: AdapterHost,
    way: {
      readonly open: OpenSession
      readonly taken: (line: UdpLine) => void
      readonly forget: (line: UdpLine) => void
    }
  ) {
    this.#socket = socket
    this.#host = host
    this.#port = peer.port
    this.address = peer.address
    this.origin = `udp ${peer.address}:${peer.port}`
    this.#forget = way.forget
    this.session = way.open(this)
    this.#pump = new Pump(this.session, () => way.taken(this))
  }

  get open(): boolean {
    return this.#open
  }

  take(candidate: Candidate, receivedMs: number): void {
    if (this.#pump.length >= QUEUE_LIMIT) this.#host.reject('overloaded', this.origin)
    else this.#pump.put(candidate, receivedMs)
  }

  write(bytes: Buffer): void {
    if (!this.#open) return
    // A socket that closed while the journal worked: the terminal sends again.
    try {
      this.#socket.send(bytes, this.#port, this.address, () => {})
    } catch (error) {
      this.#host.reject('notSent', this.origin, (error as Error).message)
    }
  }

  end(): void {
    this.close()
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#forget(this)
    this.#pump.end()
  }
}
