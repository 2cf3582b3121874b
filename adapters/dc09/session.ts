/** The lines: one TCP connection of a box or a concentrator, and the UDP socket of all; frames in, answers out, both bounded. */
import type { Socket as UdpSocket } from 'node:dgram'
import type { Socket } from 'node:net'
import type { Placed } from '../../gateway/core/connection-places.ts'
import { networkOf } from '../../gateway/core/network.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { claimedBy } from './explain.ts'
import { createDeframer } from './frame.ts'
import type { Peer, Receiver } from './receiver.ts'

/** Frames of one connection behind a slow journal before the socket is told to wait. */
const MAX_UNDER_WAY = 256
/** Datagrams cannot be told to wait: beyond this they are dropped and counted, and the box sends again. */
const MAX_DATAGRAMS = 8_192
const WRITE_LIMIT = 262_144

export class Line implements Peer, Placed {
  readonly origin: string
  readonly address: string
  readonly network: string
  /** A box of ours spoke by it: it keeps its place. */
  proven = false
  /** By the clock that nobody sets. */
  lastFrameMs: number
  private readonly socket: Socket
  private readonly host: AdapterHost
  private readonly receiver: Receiver
  private readonly deframer = createDeframer()
  private underWay = 0
  private answers: Buffer[] = []

  constructor(socket: Socket, host: AdapterHost, receiver: Receiver) {
    this.socket = socket
    this.host = host
    this.receiver = receiver
    this.address = socket.remoteAddress ?? 'unknown'
    this.network = networkOf(this.address)
    this.origin = `tcp ${this.address}:${socket.remotePort ?? 0}`
    this.lastFrameMs = host.clock.steady()
  }

  start(): void {
    this.socket.on('data', chunk => this.take(chunk))
    this.socket.on('error', error => this.host.log.debug({ origin: this.origin, error: error.message }, 'socket'))
  }

  spokeFor(): void {
    this.proven = true
  }

  close(): void {
    this.socket.destroy()
  }

  private take(chunk: Buffer): void {
    const receivedMs = this.host.clock.now()
    for (const cut of this.deframer.push(chunk)) {
      if (!cut.ok) {
        this.host.reject(cut.reason, this.origin, cut.detail)
        this.host.trace?.({ source: claimedBy(chunk), origin: this.origin, bytes: chunk, fault: cut.reason })
        continue
      }
      this.lastFrameMs = this.host.clock.steady()
      this.underWay += 1
      // Frames of one account keep their order (accounts.ts); a concentrator's others do not wait for it.
      void this.receiver.receive(cut.value, this, receivedMs).then(answer => this.answered(answer))
    }
    if (this.underWay > MAX_UNDER_WAY) this.socket.pause()
  }

  private answered(answer: Buffer | undefined): void {
    this.underWay -= 1
    if (this.socket.destroyed) return
    if (answer && this.answers.push(answer) === 1) queueMicrotask(() => this.flush())
    if (this.underWay <= MAX_UNDER_WAY / 2) this.socket.resume()
  }

  /** What one sync of the journal made durable is answered with one write, in the same turn. */
  private flush(): void {
    const { answers, socket } = this
    this.answers = []
    if (socket.destroyed) return
    if (socket.writableLength > WRITE_LIMIT) {
      this.host.reject('slowReader', this.origin)
      socket.destroy()
    } else socket.write(answers.length === 1 ? (answers[0] as Buffer) : Buffer.concat(answers))
  }
}

/** Answers each datagram to where it came from; one may hold several frames. */
export function serveDatagrams(socket: UdpSocket, host: AdapterHost, receiver: Receiver): void {
  let underWay = 0
  let open = true
  socket.once('close', () => {
    open = false
  })
  const answerTo = (answer: Buffer, peer: Peer, port: number): void => {
    // A socket that closed while the journal worked: the box sends again.
    if (!open) return
    try {
      socket.send(answer, port, peer.address, () => {})
    } catch (error) {
      host.reject('notSent', peer.origin, (error as Error).message)
    }
  }
  socket.on('message', (datagram, { address, port }) => {
    const peer: Peer = { address, origin: `udp ${address}:${port}` }
    // RFC 768: "no reply is expected"; to send to port 0 throws.
    if (port === 0) {
      host.reject('badPort', peer.origin)
      return
    }
    const receivedMs = host.clock.now()
    const deframer = createDeframer()
    for (const cut of [...deframer.push(datagram), ...deframer.end()]) {
      if (!cut.ok) {
        host.reject(cut.reason, peer.origin, cut.detail)
        host.trace?.({ source: claimedBy(datagram), origin: peer.origin, bytes: datagram, fault: cut.reason })
        continue
      }
      if (underWay >= MAX_DATAGRAMS) {
        host.reject('overloaded', peer.origin)
        continue
      }
      underWay += 1
      void receiver.receive(cut.value, peer, receivedMs).then(answer => {
        underWay -= 1
        if (answer) answerTo(answer, peer, port)
      })
    }
  })
}
