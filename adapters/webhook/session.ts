/** One request after the other: bounded, proven, journaled, and only then answered with 200. */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { AdapterContext } from '../../gateway/core/adapter.ts'
import { ConnectionPlaces, type Placed } from '../../gateway/core/connection-places.ts'
import { networkOf } from '../../gateway/core/network.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { createSupervision } from '../kit/box-supervision.ts'
import { createBudget } from '../kit/budget.ts'
import { createTroubles } from '../kit/troubles.ts'
import type { WebhookConfig } from './config.ts'
import { decode, isHeartbeat, sourceIdOf } from './decode.ts'
import { type HookParts, traceBytes } from './explain.ts'
import {
  isSignedBy,
  MAX_BODY_BYTES,
  type Proof,
  parsePath,
  parseProof,
  SIGNATURE_HEADER,
  type Target,
  TIMESTAMP_HEADER,
  WINDOW_MS
} from './frame.ts'

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, string | boolean>>
  readonly retryAfterS?: number
  /** The rest of the request is not read. */
  readonly close?: boolean
}

export type TakeRequest = (request: IncomingMessage, origin: string) => Promise<Answer | undefined>

export interface Intake {
  readonly take: TakeRequest
  stop(): void
}

const refused = (status: number, error: string, more: Partial<Answer> = {}): Answer => ({
  status,
  body: { error },
  ...more
})

export function createIntake(config: WebhookConfig, host: AdapterHost): Intake {
  const budget = createBudget(config.requestsPerMinute)
  const troubles = createTroubles(host, 'alarmBox')
  const supervision = createSupervision(host, troubles, {
    ...{ protocol: 'webhook', transport: 'http', silentMs: config.silentTroubleMs },
    allSilent: count => ({
      zh: `此地址下 ${count} 个 Webhook 来源全部失联`,
      en: `All ${count} webhook senders behind this address are silent`
    })
  })
  /** Who has no secret is measured against this one: the answer and its time tell nobody which sources there are. */
  const nobodys = randomBytes(32).toString('hex')

  /** Undefined when proven; else what to say. */
  const unproven = async (target: Target, proof: Proof, body: Buffer, origin: string): Promise<Answer | undefined> => {
    const name = `${target.site}/${target.source}`
    const secret = (await host.credential(name))?.password
    if (!isSignedBy(secret || nobodys, proof, body) || !secret) {
      host.reject(secret ? 'wrongSignature' : 'noSecret', origin, name)
      return refused(401, 'signature')
    }
    if (Math.abs(host.clock.now() - proof.sentTimeMs) <= WINDOW_MS) return undefined
    host.reject('clock', origin, name)
    return refused(401, 'timestamp')
  }

  /** A sender that has ever sent a heartbeat is waited for from then on. */
  const heard = (target: Target, from: { readonly address: string; readonly origin: string }, isBeat: boolean) => {
    const deviceId = sourceIdOf(target)
    const supervised = host.known(deviceId) && supervision.heard(`${target.site}/${target.source}`, from, isBeat)
    const atMs = host.clock.now()
    host.sighted({ deviceId, protocol: 'webhook', state: 'seen', supervised, atMs, origin: from.origin })
  }

  const take = async (
    target: Target,
    proof: Proof,
    body: Buffer,
    from: { readonly address: string; readonly origin: string }
  ): Promise<Answer> => {
    const { origin } = from
    const receivedTimeMs = host.clock.now()
    const refusal = await unproven(target, proof, body, origin)
    if (refusal) return refusal
    const isBeat = isHeartbeat(body)
    heard(target, from, isBeat)
    if (isBeat) return { status: 200, body: { heard: true } }
    const { signal, fault } = decode({ target, body, receivedTimeMs, sentTimeMs: proof.sentTimeMs, origin })
    if (fault) host.reject(fault.reason, origin, fault.detail)
    try {
      await host.accept(signal)
    } catch (error) {
      host.reject('notStored', origin, (error as Error).message.slice(0, 100))
      return refused(503, 'not stored', { retryAfterS: 5 })
    }
    return { status: 200, body: fault ? { stored: true, fault: fault.reason } : { stored: true } }
  }

  const takeRequest: TakeRequest = async (request, origin) => {
    const address = request.socket.remoteAddress ?? 'unknown'
    if (!budget.take(address, host.clock.now()).within) {
      host.reject('tooManyRequests', origin)
      return refused(429, 'too many requests', { retryAfterS: 60, close: true })
    }
    const target = parsePath(request.url ?? '')
    if (!target || request.method !== 'POST') {
      host.reject(target ? 'method' : 'path', origin, `${request.method} ${request.url}`.slice(0, 100))
      return refused(target ? 405 : 404, 'POST /v1/{site}/{source}/alarm', { close: true })
    }
    const proof = parseProof(request.headers[TIMESTAMP_HEADER], request.headers[SIGNATURE_HEADER])
    if (!proof) {
      host.reject('unsigned', origin, `${target.site}/${target.source}`)
      const bytes = traceBytes(partsOf(request), Buffer.alloc(0))
      host.trace?.({ source: sourceIdOf(target), origin, bytes, fault: 'unsigned' })
      return refused(401, 'signature', { close: true })
    }
    const body = await readBody(request)
    if (body === 'torn') {
      host.reject('torn', origin)
      return undefined
    }
    if (body === 'oversize') {
      host.reject('oversize', origin)
      return refused(413, `at most ${MAX_BODY_BYTES} bytes`, { close: true })
    }
    const answer = await take(target, proof, body, { address, origin })
    const bytes = traceBytes(partsOf(request), body)
    const source = sourceIdOf(target)
    const fault = answer.status === 200 ? answer.body.fault : answer.body.error
    host.trace?.({ source, origin, bytes, ...(typeof fault === 'string' ? { fault } : {}) })
    host.trace?.({ source, origin, bytes: Buffer.from(`${answer.status} ${JSON.stringify(answer.body)}`), out: true })
    return answer
  }
  return {
    take: takeRequest,
    stop() {
      troubles.stop()
      supervision.stop()
    }
  }
}

function partsOf({ method = '', url = '', headers }: IncomingMessage): HookParts {
  return { method, path: url.slice(0, 200), timestamp: headers[TIMESTAMP_HEADER], signature: headers[SIGNATURE_HEADER] }
}

async function readBody(request: IncomingMessage): Promise<Buffer | 'oversize' | 'torn'> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return 'oversize'
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > MAX_BODY_BYTES) {
        request.pause()
        return resolve('oversize')
      }
      chunks.push(chunk)
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', () => resolve('torn'))
    request.once('close', () => resolve('torn'))
  })
}

/** A connection at its place; proven once something signed was taken by it. */
interface SenderPlace extends Placed {
  proven: boolean
  readonly socket: Socket
}

interface Listener {
  readonly server: Server
  readonly protocol: 'http' | 'https'
  readonly port: number
  readonly setting: string
}

export function openServers(
  config: WebhookConfig,
  tls: AdapterContext['tls'],
  host: AdapterHost,
  intake: TakeRequest
): { readonly servers: readonly Listener[]; close(): Promise<void> } {
  const places = new ConnectionPlaces<SenderPlace>({
    total: config.maxConnections,
    perAddress: config.maxConnectionsPerAddress
  })
  const options: ServerOptions = {
    maxHeaderSize: 8_192,
    headersTimeout: config.requestTimeoutMs,
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: 30_000,
    connectionsCheckingInterval: 1_000
  }
  const plain = createServer(options)
  const servers: Listener[] = [{ server: plain, protocol: 'http', port: config.port, setting: 'adapters.webhook.port' }]
  if (tls && config.tlsPort >= 0) {
    const server = createTlsServer({ ...options, ...tls, handshakeTimeout: config.requestTimeoutMs })
    server.on('tlsClientError', (_error, socket) => host.reject('tlsFailed', originOf(socket)))
    servers.push({ server, protocol: 'https', port: config.tlsPort, setting: 'adapters.webhook.tlsPort' })
  }
  for (const { server } of servers) serve(server, places, host, intake)
  return {
    servers,
    async close() {
      const over = servers.map(({ server }) => new Promise<void>(resolve => server.close(() => resolve())))
      for (const { socket } of places) socket.destroy()
      await Promise.all(over)
    }
  }
}

function serve(server: Server, places: ConnectionPlaces<SenderPlace>, host: AdapterHost, intake: TakeRequest): void {
  /** By origin: over TLS a request has another socket than its connection. */
  const senders = new Map<string, SenderPlace>()
  const busy = new WeakSet<Socket>()
  server.on('connection', socket => {
    const place: SenderPlace = { network: networkOf(socket.remoteAddress ?? 'unknown'), proven: false, socket }
    socket.on('error', () => {})
    const { taken, displaced } = places.take(place)
    if (!taken) {
      host.reject('tooManyConnections', originOf(socket))
      socket.destroy()
      return
    }
    if (displaced) {
      host.reject('displaced', originOf(displaced.socket))
      displaced.socket.destroy()
    }
    const origin = originOf(socket)
    senders.set(origin, place)
    socket.once('close', () => {
      places.leave(place)
      if (senders.get(origin) === place) senders.delete(origin)
    })
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    host.reject(
      error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'slow' : 'notHttp',
      originOf(socket as Socket),
      error.code?.slice(0, 60)
    )
    socket.destroy()
  })
  server.on('request', (request, response) => {
    const { socket } = request
    const origin = originOf(socket)
    // Nobody who waits for his answer sends the next request before: what one connection holds here stays one body.
    if (busy.has(socket)) {
      host.reject('pipelined', origin)
      socket.destroy()
      return
    }
    busy.add(socket)
    response.once('close', () => busy.delete(socket))
    intake(request, origin).then(
      answer => {
        const sender = answer?.status === 200 ? senders.get(origin) : undefined
        if (sender) sender.proven = true
        if (answer) say(response, answer)
      },
      error => {
        host.log.error({ err: error, origin }, 'a webhook could not be taken')
        say(response, refused(503, 'not stored', { retryAfterS: 5, close: true }))
      }
    )
  })
}

function say(response: ServerResponse, { status, body, retryAfterS, close }: Answer): void {
  if (response.destroyed) return
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    ...(close ? { connection: 'close' } : {})
  })
  response.end(text)
}

function originOf(socket: Socket): string {
  return `tcp ${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`
}
