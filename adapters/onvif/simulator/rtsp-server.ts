/** The RTSP server of the simulated cameras: one port, `/camera/N/main` and `/camera/N/sub`; shares no code with the gateway's client. */
import type { Socket as DatagramSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Broadcast } from './broadcast.ts'
import type { TownClock } from './clock.ts'
import type { DigestCheck } from './digest-check.ts'
import { RtspConnection } from './rtsp-connection.ts'
import { openUdpPair } from './udp-pair.ts'

export type StreamKind = 'main' | 'sub'

/** A camera as the RTSP server plays it. */
export interface RtspCamera {
  readonly number: number
  readonly name: string
  readonly streams: Readonly<Record<StreamKind, Broadcast>>
  readonly digest: DigestCheck
  /** Fault for tests: connections are cut and refused. */
  cut: boolean
}

export interface RtspServerOptions {
  readonly address: string
  readonly port: number
  readonly clock: TownClock
  readonly cameras: ReadonlyMap<number, RtspCamera>
}

export class RtspServer {
  readonly #options: RtspServerOptions
  readonly #connections = new Set<RtspConnection>()
  #server: Server | undefined
  #udp: { readonly rtp: DatagramSocket; readonly rtcp: DatagramSocket } | undefined

  constructor(options: RtspServerOptions) {
    this.#options = options
  }

  /** Resolves with the port; rejects when it is taken. */
  async start(): Promise<number> {
    const udp = await openUdpPair(this.#options.address)
    this.#udp = udp
    udp.rtcp.on('message', (_report, peer) => {
      for (const connection of this.#connections) connection.heardRtcp(peer.address, peer.port)
    })
    const server = createServer(socket => this.#accept(socket, udp))
    this.#server = server
    server.listen(this.#options.port, this.#options.address)
    await once(server, 'listening')
    const address = server.address()
    return typeof address === 'object' && address ? address.port : this.#options.port
  }

  /** Ends every connection that watches this camera. */
  disconnect(camera: number): void {
    for (const connection of this.#connections) connection.cutIfWatching(camera)
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.close()
    this.#udp?.rtp.close()
    this.#udp?.rtcp.close()
    const server = this.#server
    if (server?.listening) await new Promise<void>(resolve => server.close(() => resolve()))
  }

  #accept(socket: Socket, udp: { readonly rtp: DatagramSocket; readonly rtcp: DatagramSocket }): void {
    const { clock, cameras } = this.#options
    const connection = new RtspConnection({ socket, clock, cameras, udp })
    this.#connections.add(connection)
    socket.on('close', () => this.#connections.delete(connection))
  }
}
