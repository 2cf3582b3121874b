/** The vehicles' port by UDP: a datagram belongs to the stream that asked for its SIM and channel, from the address that was first with it. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { Clock } from '../../core/ports.ts'
import { VehicleOrder } from './order.ts'
import { decode, keyOfPacket, packetsOf } from './packet.ts'
import type { VehicleSink } from './port.ts'

/** A keyframe comes as one burst; the system may grant less (net.core.rmem_max). */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024
/** A vehicle that has been silent for so long may be back from another address: mobile networks give new ones. */
const MOVED_MS = 3_000
/** Within this a terminal that was asked for something else does it; many of them begin anew from another port. */
const ASKED_MS = 15_000

interface Peer {
  readonly sink: VehicleSink
  readonly order: VehicleOrder
  address: string
  port: number
  /** By the clock that nobody sets. */
  lastMs: number
  /** The newest order at the time that it was taken: one order lets it come from another port once. */
  readonly askedMs: number | undefined
}

export interface VehicleDatagramsOptions {
  readonly clock: Clock
  /** Whether a stream waits for this vehicle. */
  awaits(key: string): boolean
  /** The stream that waits for this vehicle, which waits no more. */
  claim(key: string): VehicleSink | undefined
  /** A datagram that nobody has asked for. */
  refused(): void
}

/** Nothing is kept of a stranger; nothing is ever sent. */
export class VehicleDatagrams {
  readonly #options: VehicleDatagramsOptions
  readonly #peers = new Map<string, Peer>()
  #socket: Socket | undefined

  constructor(options: VehicleDatagramsOptions) {
    this.#options = options
  }

  /** Rejects with the system's error. */
  async start(port: number, address: string): Promise<void> {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    this.#socket = socket
    socket.on('message', (bytes, from) => this.#datagram(bytes, from))
    const bound = once(socket, 'listening')
    socket.bind({ address, port, exclusive: true })
    await bound
    socket.on('error', () => undefined)
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
  }

  stop(): void {
    for (const { order } of this.#peers.values()) order.close()
    this.#peers.clear()
    this.#socket?.close()
    this.#socket = undefined
  }

  /** Whoever waits for this vehicle's datagrams, when they came from this address: it sends by a connection from now on, and a late one is a stranger's. */
  takeOver(key: string, address: string): VehicleSink | undefined {
    const peer = this.#peers.get(key)
    if (!peer || peer.address !== address) return undefined
    peer.order.close()
    this.#peers.delete(key)
    return peer.sink
  }

  #datagram(bytes: Buffer, from: RemoteInfo): void {
    const { clock } = this.#options
    const nowMs = clock.now()
    let any = false
    for (const packet of packetsOf(bytes, key => this.#peers.has(key) || this.#options.awaits(key))) {
      any = true
      const peer = this.#peerOf(keyOfPacket(packet), from)
      if (!peer) return
      peer.lastMs = clock.steady()
      peer.order.push(packet, nowMs)
    }
    if (!any) this.#options.refused()
  }

  #peerOf(key: string, from: RemoteInfo): Peer | undefined {
    const known = this.#peers.get(key)
    if (!known) return this.#admit(key, from)
    if (known.address === from.address && known.port === from.port) return known
    if (this.#isAnew(known, from)) {
      const sink = this.takeOver(key, from.address)
      if (sink) return this.#take(key, sink, from)
    }
    if (this.#options.clock.steady() - known.lastMs < MOVED_MS) {
      known.sink.fault('udpForeign')
      return undefined
    }
    known.address = from.address
    known.port = from.port
    return known
  }

  /** From its own address, right after we have asked it for something else. */
  #isAnew({ sink, address, askedMs: before }: Peer, from: RemoteInfo): boolean {
    const askedMs = sink.askedMs?.()
    if (askedMs === undefined || askedMs === before || address !== from.address) return false
    return this.#options.clock.steady() - askedMs <= ASKED_MS
  }

  #admit(key: string, from: RemoteInfo): Peer | undefined {
    const sink = this.#options.claim(key)
    if (!sink) {
      this.#options.refused()
      return undefined
    }
    return this.#take(key, sink, from)
  }

  #take(key: string, sink: VehicleSink, { address, port }: RemoteInfo): Peer {
    const order = new VehicleOrder(this.#options.clock, {
      packet: (bytes, arrivalMs) => sink.packet(decode(bytes, bytes.length), arrivalMs),
      fault: fault => sink.fault(fault)
    })
    const lastMs = this.#options.clock.steady()
    const peer = { sink, order, address, port, lastMs, askedMs: sink.askedMs?.() }
    this.#peers.set(key, peer)
    sink.opened(() => {
      order.close()
      if (this.#peers.get(key) === peer) this.#peers.delete(key)
    }, 'udp')
    return peer
  }
}
