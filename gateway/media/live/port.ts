/** One TCP port that speaks HTTP and, where a certificate is given, HTTPS: told apart by the first byte. */
import {
  createServer as createHttp,
  type Server as HttpServer,
  type IncomingMessage,
  type RequestListener
} from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer as createTcp, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../core/ports.ts'
import { createPatience, type Patience } from './patience.ts'

/** A TLS record of type handshake (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16
const REQUEST_MS = 10_000
const MAX_CONNECTIONS = 2048
const MAX_PER_ADDRESS = 256

export interface PortOptions {
  readonly port: number
  readonly bindAddress: string
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly clock: Clock
  readonly request: RequestListener
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface OpenPort {
  readonly port: number
  close(): Promise<void>
}

/** Rejects with the system's error, e.g. EADDRINUSE. */
export async function openPort(options: PortOptions): Promise<OpenPort> {
  const sockets = new Set<Socket>()
  const plain = createHttp(options.request)
  const secure = options.tls ? createHttps(options.tls, options.request) : undefined
  const patience = createPatience(options.clock, REQUEST_MS)
  for (const server of secure ? [plain, secure] : [plain]) bound(server, options, patience)
  const perAddress = new Map<string, number>()
  const listener = createTcp({ noDelay: true, keepAlive: true }, socket => {
    const address = socket.remoteAddress ?? 'unknown'
    const ofAddress = perAddress.get(address) ?? 0
    if (ofAddress >= MAX_PER_ADDRESS) return void socket.destroy()
    perAddress.set(address, ofAddress + 1)
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      const left = (perAddress.get(address) ?? 1) - 1
      if (left > 0) perAddress.set(address, left)
      else perAddress.delete(address)
    })
    socket.on('error', () => socket.destroy())
    patience.begin(socket)
    sort(socket, plain, secure)
    return undefined
  })
  listener.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(options.port, options.bindAddress, resolve)
  })
  const address = listener.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        listener.close(() => resolve())
      })
  }
}

function bound(server: HttpServer, options: PortOptions, patience: Patience): void {
  server.prependListener('request', patience.request)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    patience.end(request.socket)
    options.upgrade(request, socket, head)
  })
  server.on('clientError', (_, socket) => socket.destroy())
  server.on('tlsClientError', (_, socket: Socket) => socket.destroy())
  server.maxRequestsPerSocket = 1000
}

/** Reads one byte, puts it back and hands the socket to the server that understands it. */
function sort(socket: Socket, plain: HttpServer, secure: HttpServer | undefined): void {
  if (!secure) {
    plain.emit('connection', socket)
    return
  }
  socket.once('readable', () => {
    const first: Buffer | null = socket.read(1)
    if (first === null) return void socket.destroy()
    socket.unshift(first)
    const server = first[0] === TLS_HANDSHAKE ? secure : plain
    server.emit('connection', socket)
  })
}
