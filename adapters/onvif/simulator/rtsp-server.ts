/** The RTSP server of the simulated cameras: one port, `/camera/N/main` and `/camera/N/sub`; shares no code with the gateway's client. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { SimulatedCamera } from './camera.ts'
import type { TownClock } from './clock.ts'
import { RtspConnection } from './rtsp-connection.ts'
import { openUdpPair, type UdpPair } from './udp-pair.ts'

export interface RtspServerOptions {
  readonly address: string
  readonly port: number
  readonly clock: TownClock
  readonly cameras: ReadonlyMap<number, SimulatedCamera>
}

export class RtspServer {
  readonly #options: RtspServerOptions
  readonly #connections = new Set<RtspConnection>()
  #server: Server | undefined
  #udp: UdpPair | undefined

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
    this.#udp = undefined
    const server = this.#server
    if (server?.listening) await new Promise<void>(resolve => server.close(() => resolve()))
  }

  #accept(socket: Socket, udp: UdpPair): void {
    const { clock, cameras } = this.#options
    const connection = new RtspConnection({ socket, clock, cameras, udp })
    this.#connections.add(connection)
    socket.on('close', () => this.#connections.delete(connection))
  }
}
