/** Listens for vehicle terminals on TCP and UDP: limits per address, silent lines, and the end of them all. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { ConnectionPlaces, type Placed } from '../../gateway/core/connection-places.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import { networkOf } from '../../gateway/core/network.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { serveDatagrams } from './terminal-datagrams.ts'
import { type OpenSession, TcpLine } from './terminal-line.ts'
import { Turns } from './terminal-turns.ts'

export interface ListenerSettings {
  /** Key of the settings, for what is told about a port. */
  readonly name: string
  readonly address: string
  readonly port: number
  /** -1: no UDP. */
  readonly udpPort: number
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
  readonly idleTimeoutMs: number
  readonly datagramsPerSecond: number
  /** The longest frame between its flags, every byte escaped. */
  readonly maxEscaped: number
}

/** Works until aborted; rejects when a port is taken or a socket fails. */
export async function serveTerminals(
  host: AdapterHost,
  settings: ListenerSettings,
  abort: AbortSignal,
  open: OpenSession
): Promise<void> {
  const lines = new Lines(host, settings, open)
  const server = createServer({ noDelay: true, keepAlive: true, pauseOnConnect: true }, socket => lines.admit(socket))
  const udp = createSocket(settings.address.includes(':') ? 'udp6' : 'udp4')
  const datagrams = serveDatagrams(udp, host, settings, open)
  const stopSweep = host.clock.every(Math.min(10_000, settings.idleTimeoutMs / 2), () => {
    lines.sweep()
    datagrams.sweep()
  })
  try {
    const { address, name } = settings
    const port = await listen(server, settings)
    host.expecting?.(settings.udpPort >= 0 ? 2 : 1)
    host.listening({ protocol: 'tcp', address, port, setting: `adapters.${name}.port` })
    if (settings.udpPort >= 0) {
      const udpPort = await bind(udp, settings)
      host.listening({ protocol: 'udp', address, port: udpPort, setting: `adapters.${name}.udpPort` })
    }
    const failed = [server, udp].map(each => once(each, 'error').then(([error]) => Promise.reject(error)))
    await Promise.race([...failed, aborted(abort)])
  } finally {
    stopSweep()
    datagrams.close()
    await Promise.all([closed(server, lines), new Promise<void>(resolve => udp.close(() => resolve()))])
  }
}

/** A connection at its place; the line begins once it has one. */
class Place implements Placed {
  readonly network: string
  line: TcpLine | undefined

  constructor(address: string) {
    this.network = networkOf(address)
  }

  get proven(): boolean {
    const session = this.line?.session
    return session?.isOurs ?? session?.authenticated ?? false
  }
}

/** The TCP connections and their places. */
class Lines {
  readonly #places: ConnectionPlaces<Place>
  readonly #lines = new Set<TcpLine>()
  readonly #host: AdapterHost
  readonly #settings: ListenerSettings
  readonly #open: OpenSession
  readonly #turns = new Turns()
  #emptied: (() => void) | undefined

  constructor(host: AdapterHost, settings: ListenerSettings, open: OpenSession) {
    this.#host = host
    this.#settings = settings
    this.#open = open
    this.#places = new ConnectionPlaces({
      total: settings.maxConnections,
      perAddress: settings.maxConnectionsPerAddress
    })
  }

  admit(socket: Socket): void {
    const address = socket.remoteAddress ?? 'unknown'
    const place = new Place(address)
    const { taken, displaced } = this.#places.take(place)
    if (!taken) {
      this.#host.reject('tooManyConnections', `tcp ${address}:${socket.remotePort ?? 0}`)
      socket.on('error', () => {})
      socket.destroy()
      return
    }
    if (displaced?.line) {
      this.#host.reject('displaced', displaced.line.origin)
      displaced.line.close()
    }
    const line = new TcpLine(
      socket,
      this.#host,
      { maxEscaped: this.#settings.maxEscaped, turns: this.#turns },
      this.#open
    )
    place.line = line
    this.#lines.add(line)
    line.onClose(() => {
      this.#lines.delete(line)
      this.#places.leave(place)
      if (this.#lines.size === 0) this.#emptied?.()
    })
  }

  /** Half-open connections and those that send anything but frames. */
  sweep(): void {
    for (const line of this.#lines) {
      if (this.#host.clock.steady() - line.session.lastFrameMs < this.#settings.idleTimeoutMs) continue
      this.#host.reject('idle', line.origin)
      line.close()
    }
  }

  /** Resolves when none is left. */
  async close(): Promise<void> {
    this.#turns.close()
    if (this.#lines.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#emptied = resolve
    for (const line of this.#lines) line.close()
    await promise
  }
}

/** The port, which the system chose when the setting is 0. */
async function listen(server: Server, { name, port, address }: ListenerSettings): Promise<number> {
  server.listen({ port, host: address, backlog: 1_024 })
  await listening(server, port, `adapters.${name}.port`)
  const bound = server.address()
  return typeof bound === 'object' && bound ? bound.port : port
}

async function bind(socket: UdpSocket, { name, udpPort, address }: ListenerSettings): Promise<number> {
  socket.bind(udpPort, address)
  await listening(socket, udpPort, `adapters.${name}.udpPort`)
  return socket.address().port
}

async function listening(socket: Server | UdpSocket, port: number, setting: string): Promise<void> {
  try {
    await once(socket, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new GatewayError('PORT_TAKEN', { port, setting }, { cause: error })
  }
}

async function closed(server: Server, lines: Lines): Promise<void> {
  if (!server.listening) return
  const over = once(server, 'close')
  server.close()
  await Promise.all([over, lines.close()])
}

async function aborted(abort: AbortSignal): Promise<void> {
  if (!abort.aborted) await once(abort, 'abort')
}
