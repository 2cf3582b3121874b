/** SIP over WebSocket (RFC 7118): telephones in browsers, and others that get no other way through. One message a frame, the subprotocol is `sip`. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Budget } from '../kit/token-budget.ts'
import { openWebPort, type WebPort } from '../kit/web-port.ts'
import type { SipConfig } from './config.ts'
import type { Certificate } from './connections.ts'
import type { Receive } from './datagrams.ts'
import { MAX_MESSAGE_BYTES } from './frame.ts'
import { originOf, type Peer, peerOf } from './peer.ts'
import { Places } from './places.ts'
import { WebTelephone } from './web-telephone.ts'

const SWEEP_MS = 1_000
/** At the end the last answers have this long to leave. */
const FINISH_MS = 500

export interface WebTelephonesDeps {
  readonly host: AdapterHost
  readonly config: Pick<SipConfig, 'address' | 'wsOrigins' | 'maxConnectionsPerAddress' | 'budgets'>
  readonly budget: Budget
  receive: Receive
  /** Its connection is closed; nobody but the telephone can open another. */
  lost(peer: Peer): void
}

export class WebTelephones {
  readonly #deps: WebTelephonesDeps
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => 'sip'
  })
  readonly #open = new Map<string, WebTelephone>()
  /** Also those that are closed, whose last messages wait. */
  readonly #served = new Set<WebTelephone>()
  readonly #places = new Places()
  readonly #stopSweep: () => void
  #port: WebPort | undefined
  #closed = false

  constructor(deps: WebTelephonesDeps) {
    this.#deps = deps
    this.#stopSweep = deps.host.clock.every(SWEEP_MS, () => {
      const nowMs = deps.host.clock.now()
      for (const telephone of this.#open.values()) telephone.sweep(nowMs)
    })
  }

  /** Resolves with the port; PORT_TAKEN when somebody else has it. */
  async listen(port: number, setting: string, tls?: Certificate): Promise<number> {
    const { host, config } = this.#deps
    const { address } = config
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#upgrade(request, socket, head)
    const opened = await openWebPort({ port, address, upgrade, ...(tls ? { tls } : {}) }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error
        throw new GatewayError('PORT_TAKEN', { port, setting }, { cause: error })
      }
    )
    this.#port = opened
    if (this.#closed) opened.close()
    host.listening({ protocol: 'ws', address, port: opened.port, setting })
    return opened.port
  }

  /** Over the connection the telephone has: there is no other way to it (RFC 7118 §5). `failed` comes later and at most once. */
  send(bytes: Buffer, to: Peer, failed: () => void = () => {}): void {
    const telephone = this.#open.get(originOf(to))
    if (telephone) return void telephone.send(bytes, failed)
    this.#deps.host.reject('notSent', originOf(to), 'the connection is gone')
    queueMicrotask(failed)
  }

  isOpen(peer: Peer): boolean {
    return this.#open.has(originOf(peer))
  }

  /** Takes nothing new and reads nothing more. */
  deafen(): void {
    this.#closed = true
    this.#stopSweep()
    for (const telephone of this.#served) telephone.deafen()
  }

  async close(): Promise<void> {
    this.deafen()
    const gone = [...this.#open.values()].map(telephone => telephone.finish())
    const cancel = this.#deps.host.clock.after(FINISH_MS, () => {
      for (const telephone of this.#open.values()) telephone.cut()
    })
    await Promise.all(gone)
    cancel()
    this.#port?.close()
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { remoteAddress = 'unknown', remotePort = 0 } = request.socket
    const peer = peerOf(remoteAddress, remotePort, 'encrypted' in request.socket ? 'wss' : 'ws')
    const refusal = this.#refusal(request, peer)
    if (refusal) {
      this.#deps.host.reject(refusal.reason, originOf(peer))
      return void socket.end(`HTTP/1.1 ${refusal.status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    }
    this.#server.handleUpgrade(request, socket, head, client => this.#adopt(client, peer))
  }

  #refusal({ headers }: IncomingMessage, peer: Peer): { reason: string; status: string } | undefined {
    const { config } = this.#deps
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim().toLowerCase())
    if (!offered.includes('sip')) return { reason: 'notSip', status: '400 Bad Request' }
    // A page of anybody could press in the name of who looks at it.
    const { origin, host } = headers
    const ours = origin === undefined || config.wsOrigins.includes(origin) || isOwnPage(origin, host)
    if (!ours) return { reason: 'wrongOrigin', status: '403 Forbidden' }
    const full = this.#places.of(peer.address) >= config.maxConnectionsPerAddress
    return full || this.#closed ? { reason: 'tooManyConnections', status: '503 Service Unavailable' } : undefined
  }

  #adopt(socket: WebSocket, peer: Peer): void {
    const { host, config, budget, receive } = this.#deps
    const perS = config.budgets.unknownDatagramsPerS
    const rate = { perMs: perS / 1_000, burst: 2 * perS }
    const key = originOf(peer)
    const served = () => {
      // A place among those of its address is taken until then: what waits is bounded by it.
      if (this.#served.delete(telephone)) this.#places.leave(peer.address)
    }
    const telephone = new WebTelephone(socket, peer, { host, budget, rate, receive, served })
    this.#open.set(key, telephone)
    this.#served.add(telephone)
    this.#places.take(peer.address)
    socket.once('close', () => {
      this.#open.delete(key)
      this.#deps.lost(peer)
    })
  }
}

/** A page of this gateway, by its host's name, whatever the port. */
function isOwnPage(origin: string, host: string | undefined): boolean {
  const page = URL.parse(origin)?.hostname
  return page !== undefined && page !== '' && page === URL.parse(`http://${host ?? ''}`)?.hostname
}
