/** One TCP port for WebSockets, with and without TLS: told apart by the first byte, so that pages of either kind reach it. */
import { createServer as createHttp, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer as createTcp, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ConnectionPlaces, type Placed } from '../../gateway/core/connection-places.ts'
import { networkOf } from '../../gateway/core/network.ts'

export interface WebPortOptions {
  readonly port: number
  readonly address: string
  readonly tls?: { readonly key: string; readonly cert: string }
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface WebPort {
  readonly port: number
  close(): void
}

/** A TLS record of type handshake (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16
const MAX_CONNECTIONS = 512
/** Of one address: a stranger alone cannot take all of them. */
const MAX_OF_ADDRESS = 128
/** Whoever has not asked for a WebSocket by then is cut off. */
const UPGRADE_MS = 5_000

/** A connection at its place, which it keeps once it is a WebSocket: those are bounded by whoever takes them. */
interface Caller extends Placed {
  proven: boolean
  readonly socket: Socket
  readonly impatient: NodeJS.Timeout
}

/** Rejects with the system's error, e.g. EADDRINUSE. */
export async function openWebPort(options: WebPortOptions): Promise<WebPort> {
  const places = new ConnectionPlaces<Caller>({ total: MAX_CONNECTIONS, perAddress: MAX_OF_ADDRESS })
  const callers = new WeakMap<Duplex, Caller>()
  const refuse: RequestListener = (_, response) => response.writeHead(404).end()
  const plain = createHttp(refuse)
  const secure = options.tls ? createHttps(options.tls, refuse) : undefined
  for (const server of secure ? [plain, secure] : [plain]) {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const caller = callers.get(rawOf(socket))
      if (caller) caller.proven = true
      clearTimeout(caller?.impatient)
      options.upgrade(request, socket, head)
    })
    server.on('clientError', (_, socket) => socket.destroy())
  }
  const listener = createTcp({ noDelay: true, keepAlive: true }, socket => {
    const impatient = setTimeout(() => socket.destroy(), UPGRADE_MS)
    const caller: Caller = {
      ...{ network: networkOf(socket.remoteAddress ?? 'unknown'), proven: false, socket, impatient }
    }
    socket.once('close', () => {
      clearTimeout(impatient)
      places.leave(caller)
    })
    const { taken, displaced } = places.take(caller)
    if (!taken) return void socket.destroy()
    displaced?.socket.destroy()
    callers.set(socket, caller)
    socket.on('error', () => socket.destroy())
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1)
      if (first === null) return void socket.destroy()
      socket.unshift(first)
      const server = secure && first[0] === TLS_HANDSHAKE ? secure : plain
      server.emit('connection', socket)
    })
  })
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(options.port, options.address, resolve)
  })
  const bound = listener.address()
  return {
    port: typeof bound === 'object' && bound ? bound.port : options.port,
    close() {
      for (const { socket } of places) socket.destroy()
      listener.close()
    }
  }
}

/** The TCP socket below a TLS one. */
function rawOf(socket: Duplex): Duplex {
  return (socket as Duplex & { readonly _parent?: Duplex })._parent ?? socket
}
