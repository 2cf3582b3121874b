/** The RTSP server of the simulated cameras: one port, `/camera/N/main` and `/camera/N/sub`; RTSPS on the same port; shares no code with the gateway's client. */
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import type { SimulatedCamera } from './camera.ts'
import type { TownClock } from './clock.ts'
import { RtspConnection } from './rtsp-connection.ts'
import { openUdpPair, type UdpPair } from './udp-pair.ts'

/** First byte of a TLS record that opens a handshake (RFC 8446 5.1). */
const TLS_HANDSHAKE = 0x16

export interface RtspServerOptions {
  readonly address: string
  readonly port: number
  readonly clock: TownClock
  readonly cameras: ReadonlyMap<number, SimulatedCamera>
  /** Where the certificate of RTSPS is kept from start to start (PEM, with its key); absent: a new one each time, as after a reset. */
  readonly certificateFile?: string
}

export class RtspServer {
  readonly #options: RtspServerOptions
  readonly #connections = new Set<RtspConnection>()
  #server: Server | undefined
  #udp: UdpPair | undefined
  readonly #unsorted = new Set<Socket>()
  #secure: Promise<TlsServer> | undefined

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
    const server = createServer(socket => this.#sort(socket, udp))
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
    for (const socket of this.#unsorted) socket.destroy()
    this.#udp?.rtp.close()
    this.#udp?.rtcp.close()
    this.#udp = undefined
    const server = this.#server
    if (server?.listening) await new Promise<void>(resolve => server.close(() => resolve()))
  }

  /** The first byte tells TLS from RTSP. */
  #sort(socket: Socket, udp: UdpPair): void {
    this.#unsorted.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#unsorted.delete(socket))
    socket.once('readable', () => {
      this.#unsorted.delete(socket)
      const first: Buffer | null = socket.read(1)
      if (first === null) return void socket.destroy()
      socket.unshift(first)
      if (first[0] !== TLS_HANDSHAKE) return this.#accept(socket, udp)
      this.#secure ??= secureServer(inner => this.#accept(inner, udp), this.#options.certificateFile)
      return void this.#secure.then(server => server.emit('connection', socket))
    })
  }

  #accept(socket: Socket, udp: UdpPair): void {
    const { clock, cameras } = this.#options
    const connection = new RtspConnection({ socket, clock, cameras, udp })
    this.#connections.add(connection)
    socket.on('close', () => this.#connections.delete(connection))
  }
}

/** With a certificate that nobody vouches for, as cameras have it. */
async function secureServer(accept: (socket: Socket) => void, file: string | undefined): Promise<TlsServer> {
  const kept = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined)
  const pem = kept ?? (await newCertificate())
  if (file !== undefined && kept === undefined) await writeFile(file, pem, { mode: 0o600 })
  const server = createTlsServer({ key: pem, cert: pem }, accept)
  server.on('tlsClientError', () => {})
  return server
}

async function newCertificate(): Promise<string> {
  const { generate } = await import('selfsigned')
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'camera' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256'
  })
  return `${key.trim()}\n${cert.trim()}\n`
}
