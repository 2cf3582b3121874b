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

/** A TLS record of type handshake (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16
const FIRST_BYTE_MS = 10_000
const MAX_CONNECTIONS = 2048

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
  for (const server of secure ? [plain, secure] : [plain]) bound(server, options)
  const listener = createTcp({ noDelay: true, keepAlive: true }, socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    sort(socket, plain, secure, options.clock)
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

function bound(server: HttpServer, options: PortOptions): void {
  server.on('upgrade', options.upgrade)
  server.on('clientError', (_, socket) => socket.destroy())
  server.on('tlsClientError', (_, socket: Socket) => socket.destroy())
  server.headersTimeout = FIRST_BYTE_MS
  server.requestTimeout = FIRST_BYTE_MS
  server.maxRequestsPerSocket = 1000
}

/** Reads one byte, puts it back and hands the socket to the server that understands it. */
function sort(socket: Socket, plain: HttpServer, secure: HttpServer | undefined, clock: Clock): void {
  if (!secure) {
    plain.emit('connection', socket)
    return
  }
  const cancel = clock.after(FIRST_BYTE_MS, () => socket.destroy())
  socket.once('close', cancel)
  socket.once('readable', () => {
    cancel()
    const first: Buffer | null = socket.read(1)
    if (first === null) return void socket.destroy()
    socket.unshift(first)
    const server = first[0] === TLS_HANDSHAKE ? secure : plain
    server.emit('connection', socket)
  })
}
