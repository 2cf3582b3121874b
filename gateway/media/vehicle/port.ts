/** The port of a video worker that vehicles send their pictures and sound to: a connection belongs to the stream that asked for it, or is closed. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../../core/ports.ts'
import type { UdpFault } from '../rtsp/udp-line.ts'
import { VehicleDatagrams } from './datagrams.ts'
import { type CutFault, PacketCutter, type VehiclePacket } from './packet.ts'

/** What a stream that waits for its vehicle is told. */
export interface VehicleSink {
  /** The vehicle is there, or there anew by another connection; `close` ends it. */
  opened(close: () => void, transport: 'tcp' | 'udp'): void
  /** Within the read: copy what is needed longer. */
  packet(packet: VehiclePacket, arrivalMs: number): void
  /** When the vehicle was last asked for something else while it sent, by the clock that nobody sets. */
  askedMs?(): number | undefined
  fault(fault: CutFault | UdpFault): void
  closed(): void
}

/** Who does not say in this time what it sends is cut. */
const FIRST_PACKET_MS = 10_000
/** So many that have not said who they are; one more, and the longest silent of them goes: a vehicle speaks at once. */
const MAX_STRANGERS = 64
/** Bytes before the first packet. */
const MAX_BEFORE = 128 * 1024

/** `start`, then `wait` for each camera, then `stop`. */
export class VehiclePort {
  readonly #clock: Clock
  readonly #waiting = new Map<string, VehicleSink>()
  readonly #sockets = new Set<Socket>()
  /** The connection that each vehicle's camera sends by. */
  readonly #lines = new Map<string, { readonly socket: Socket; readonly sink: VehicleSink; readonly address: string }>()
  readonly #server: Server
  readonly #datagrams: VehicleDatagrams
  /** In order of their coming. */
  readonly #strangers = new Set<Socket>()
  /** Connections and datagrams that nobody had asked for, or that said nothing. */
  refused = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#server = createServer({ noDelay: true, keepAlive: true }, socket => this.#admit(socket))
    this.#datagrams = new VehicleDatagrams({
      clock,
      awaits: key => this.#waiting.has(key),
      claim: key => this.#claim(key),
      refused: () => this.refused++
    })
  }

  /** The port it has, by TCP and, with `udp`, by UDP as well; rejects with the system's error. */
  async start(port: number, address: string, udp = false): Promise<number> {
    this.#server.listen(port, address)
    await once(this.#server, 'listening')
    const bound = this.#server.address()
    const number = typeof bound === 'object' && bound ? bound.port : port
    if (udp) await this.#datagrams.start(number, address)
    return number
  }

  /** From now on a vehicle with this key (SIM and channel) is taken, once; the returned function ends the wait. */
  wait(key: string, sink: VehicleSink): () => void {
    this.#waiting.set(key, sink)
    return () => {
      if (this.#waiting.get(key) === sink) this.#waiting.delete(key)
    }
  }

  async stop(): Promise<void> {
    this.#datagrams.stop()
    for (const socket of this.#sockets) socket.destroy()
    if (!this.#server.listening) return
    const over = once(this.#server, 'close')
    this.#server.close()
    await over
  }

  #admit(socket: Socket): void {
    socket.on('error', () => undefined)
    const [longest] = this.#strangers
    if (longest && this.#strangers.size >= MAX_STRANGERS) this.#refuse(longest)
    const cutter = new PacketCutter(each => this.#waiting.has(each) || this.#lines.has(each))
    let sink: VehicleSink | undefined
    let key = ''
    let before = 0
    const known = (): void => {
      cancel()
      this.#strangers.delete(socket)
    }
    const cancel = this.#clock.after(FIRST_PACKET_MS, () => this.#refuse(socket))
    this.#strangers.add(socket)
    this.#sockets.add(socket)
    socket.on('data', (chunk: Buffer) => {
      const arrivalMs = this.#clock.now()
      before += chunk.length
      cutter.push(
        chunk,
        packet => {
          if (socket.destroyed) return
          if (!sink) {
            key = keyOf(packet.sim, packet.channel)
            sink = this.#claim(key) ?? this.#takeOver(key, socket)
            if (!sink) {
              this.#refuse(socket)
              return
            }
            known()
            this.#lines.set(key, { socket, sink, address: socket.remoteAddress ?? '' })
            sink.opened(() => socket.destroy(), 'tcp')
          }
          sink.packet(packet, arrivalMs)
        },
        fault => sink?.fault(fault)
      )
      if (!sink && before > MAX_BEFORE) this.#refuse(socket)
    })
    socket.once('close', () => {
      this.#sockets.delete(socket)
      if (!sink) known()
      else if (this.#lines.get(key)?.socket === socket) {
        this.#lines.delete(key)
        sink.closed()
      }
    })
  }

  #claim(key: string): VehicleSink | undefined {
    const sink = this.#waiting.get(key)
    this.#waiting.delete(key)
    return sink
  }

  /**
   * A terminal that is asked for more, or whose line was cut, is back before its old connection has ended: known by its address. So is one that was
   * asked for a connection because its datagrams had stopped.
   */
  #takeOver(key: string, { remoteAddress = '' }: Socket): VehicleSink | undefined {
    const line = this.#lines.get(key)
    if (!line) return this.#datagrams.takeOver(key, remoteAddress)
    if (line.address !== remoteAddress) return undefined
    this.#lines.delete(key)
    line.socket.destroy()
    return line.sink
  }

  #refuse(socket: Socket): void {
    this.refused += 1
    this.#strangers.delete(socket)
    socket.destroy()
  }
}

export function keyOf(sim: string, channel: number): string {
  return `${sim}/${channel}`
}
