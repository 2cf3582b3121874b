/** TCP and TLS (RFC 3261 §18): listeners, the connections that came and those we open, each used again while it lives. */
import { connect, createServer, isIP, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type PeerCertificate, type TLSSocket, connect as tlsConnect } from 'node:tls'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Budget } from '../kit/token-budget.ts'
import type { SipConfig, Trunk } from './config.ts'
import { Connection, type ConnectionDeps } from './connection.ts'
import type { Receive } from './datagrams.ts'
import { hostPort, originOf, type Peer, peerOf, type ShownCertificate, type TransportName } from './peer.ts'
import { Places } from './places.ts'
import { settingOf } from './stream-doors.ts'
import { bare, pinOf, trunkOf } from './trunks.ts'

const CONNECT_MS = 5_000
const HANDSHAKE_MS = 5_000
const SWEEP_MS = 1_000
/** At the end the last answers have this long to leave. */
const FINISH_MS = 500
const BACKLOG = 4_096

export interface Certificate {
  readonly key: string
  readonly cert: string
}

export interface ConnectionsDeps {
  readonly host: AdapterHost
  readonly config: SipConfig
  readonly budget: Budget
  receive: Receive
}

export class Connections {
  readonly #deps: ConnectionsDeps
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()
  /** By transport and remote address and port: one message's answer and the next one's request share it. */
  readonly #open = new Map<string, Connection>()
  /** Closed, and their last messages wait. */
  readonly #lingering = new Set<Connection>()
  readonly #places = new Places()
  #stopSweep: () => void = () => {}
  #closed = false

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps
    this.#stopSweep = deps.host.clock.every(SWEEP_MS, () => this.#sweep())
  }

  /** Resolves with the port; PORT_TAKEN when somebody else has it. */
  async listen(transport: 'tcp' | 'tls', port: number, certificate?: Certificate): Promise<number> {
    const tls = certificate && this.#tlsServer(certificate)
    const server = createServer(socket => {
      if (!this.#admit(socket, transport)) return
      if (tls) tls.emit('connection', socket)
      else this.#adopt(socket, peerOfSocket(socket, 'tcp'), {})
    })
    const setting = settingOf(transport)
    const { host, config } = this.#deps
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, host: config.address, backlog: BACKLOG }, () => {
        server.off('error', reject)
        // A listener's error (too many open files) has no caller: it is said and survived.
        server.on('error', error =>
          host.log.error({ error: error.message, setting }, 'a SIP listener reports an error')
        )
        resolve()
      })
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') throw error
      throw new GatewayError('PORT_TAKEN', { port, setting }, { cause: error })
    })
    this.#servers.push(server)
    if (this.#closed) server.close()
    const bound = (server.address() as { port: number }).port
    host.listening({ protocol: transport, address: config.address, port: bound, setting })
    return bound
  }

  /** Over the connection the peer has, or a new one; `failed` comes later and at most once. Never rejects. */
  send(bytes: Buffer, to: Peer, failed: () => void = () => {}): void {
    const connection = this.#find(to) ?? this.#reach(to)
    if (connection) {
      connection.send(bytes, failed)
      return
    }
    this.#deps.host.reject('notSent', originOf(to), 'the connection is gone')
    queueMicrotask(failed)
  }

  /** Takes nothing new and reads nothing more. */
  deafen(): void {
    this.#closed = true
    this.#stopSweep()
    for (const server of this.#servers) server.close()
    for (const connection of [...this.#open.values(), ...this.#lingering]) connection.deafen()
  }

  async close(): Promise<void> {
    this.deafen()
    for (const connection of this.#open.values()) connection.finish()
    const cancel = this.#deps.host.clock.after(FINISH_MS, () => this.#destroyAll())
    await Promise.all([...this.#sockets].map(gone))
    cancel()
  }

  #destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #tlsServer({ key, cert }: Certificate) {
    const { host } = this.#deps
    // An exchange may show a certificate; telephones have none. Which one it must be is the trunk's setting.
    const options = { key, cert, requestCert: true, rejectUnauthorized: false, handshakeTimeout: HANDSHAKE_MS }
    const server = createTlsServer(options, socket => {
      const shown = shownBy(socket)
      const peer = peerOfSocket(socket, 'tls')
      this.#adopt(socket, shown ? { ...peer, shown } : peer, { fingerprint: shown?.fingerprint })
    })
    server.on('tlsClientError', (error, socket) => {
      host.reject('tlsFailed', originOf(peerOfSocket(socket, 'tls')), error.message)
      socket.destroy()
    })
    return server
  }

  /** Bounded in all and by address; exchanges only in all. */
  #admit(socket: Socket, transport: TransportName): boolean {
    socket.on('error', () => {})
    const { config, host } = this.#deps
    const peer = peerOfSocket(socket, transport)
    const mine = this.#places.of(peer.address)
    const listed = config.trunks.some(t => t.address === peer.address)
    // Some are left for the exchanges, so that strangers cannot use them up.
    const most = listed ? config.maxConnections : Math.ceil(0.9 * config.maxConnections)
    const full = this.#held >= most || (!listed && mine >= config.maxConnectionsPerAddress)
    if (full || this.#closed) {
      host.reject('tooManyConnections', originOf(peer))
      socket.destroy()
      return false
    }
    this.#places.take(peer.address)
    this.#keep(socket)
    socket.once('close', () => this.#places.leave(peer.address))
    return true
  }

  get #held(): number {
    return this.#sockets.size + this.#lingering.size
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #adopt(socket: Socket, peer: Peer, how: Pick<ConnectionDeps, 'opening'> & { fingerprint?: string }): Connection {
    const { config, host, budget, receive } = this.#deps
    const trunk = trunkOf(config.trunks, peer, how.fingerprint)
    const perS = trunk ? config.budgets.trunkDatagramsPerS : config.budgets.unknownDatagramsPerS
    const rate = { perMs: perS / 1_000, burst: 2 * perS }
    const { opening } = how
    const idleMs = config.connectionIdleMs
    const served = () => {
      isServed = true
      if (this.#lingering.delete(connection)) this.#places.leave(peer.address)
    }
    let isServed = false
    const connection = new Connection(socket, peer, { host, budget, rate, idleMs, trunk, receive, opening, served })
    const key = keyOf(peer)
    this.#open.set(key, connection)
    socket.on('error', () => {})
    socket.once('close', () => {
      if (this.#open.get(key) === connection) this.#open.delete(key)
      if (isServed || this.#closed) return
      // A place is taken until then: what waits is bounded by it.
      this.#lingering.add(connection)
      this.#places.take(peer.address)
    })
    return connection
  }

  #find(to: Peer): Connection | undefined {
    const used = this.#open.get(keyOf(to))
    if (used?.usable) return used
    const listening = to.listensOn === undefined ? undefined : this.#open.get(keyOf({ ...to, port: to.listensOn }))
    return listening?.usable ? listening : undefined
  }

  /** Opens one to an exchange of the list; nobody else can make us call him. */
  #reach(to: Peer): Connection | undefined {
    const { config } = this.#deps
    const trunk = config.trunks.find(t => t.address === to.address)
    if (!trunk || this.#closed || this.#held >= config.maxConnections) return undefined
    const peer = { ...to, port: to.listensOn ?? to.port }
    const socket = to.transport === 'tls' ? this.#connectTls(peer, trunk) : connect(peer.port, peer.address)
    this.#keep(socket)
    const cancel = this.#deps.host.clock.after(CONNECT_MS, () => socket.destroy(new Error('no connection in time')))
    const opening = to.transport === 'tls' ? 'secureConnect' : 'connect'
    socket.once(opening, cancel)
    socket.once('close', cancel)
    return this.#adopt(socket, peer, { fingerprint: trunk.certificate, opening })
  }

  /** With a listed certificate only that one will do; without, one that the system's authorities vouch for. */
  #connectTls(peer: Peer, trunk: Trunk): TLSSocket {
    const pin = pinOf([trunk], peer)
    const socket = tlsConnect({
      host: peer.address,
      port: peer.port,
      rejectUnauthorized: pin === undefined,
      ...(isIP(peer.address) ? {} : { servername: peer.address })
    })
    socket.prependOnceListener('secureConnect', () => {
      const shown = shownBy(socket)?.fingerprint
      if (pin === undefined || (shown !== undefined && bare(shown) === pin)) return
      this.#deps.host.reject('wrongCertificate', originOf(peer), shown)
      socket.destroy(new Error('another certificate'))
    })
    return socket
  }

  #sweep(): void {
    const nowMs = this.#deps.host.clock.now()
    for (const connection of this.#open.values()) connection.sweep(nowMs)
  }
}

function gone(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}

function keyOf(peer: Peer): string {
  return `${peer.transport} ${hostPort(peer)}`
}

function peerOfSocket(socket: Socket, transport: TransportName): Peer {
  return peerOf(socket.remoteAddress ?? 'unknown', socket.remotePort ?? 0, transport)
}

function shownBy(socket: TLSSocket): ShownCertificate | undefined {
  // An empty object when none was shown.
  const { fingerprint256, valid_to }: Partial<PeerCertificate> = socket.getPeerCertificate()
  return fingerprint256 && valid_to ? { fingerprint: fingerprint256, validToMs: Date.parse(valid_to) } : undefined
}
