/** `/feed` over WebSocket: session and origin checked before the upgrade, slow and dead clients cut, everything else the feed's business. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { ClientMessage, ServerMessage, SessionUser } from '../core/wire.ts'
import { checkOrigin, sessionOf } from './guard.ts'
import type { FeedDoor, HttpAccess } from './ports.ts'

/** A client that has this much unread behind its snapshot is cut; it resumes by number. */
const MAX_BUFFERED = 8 * 1024 * 1024
const MAX_MESSAGE = 16 * 1024
const HELLO_WITHIN_MS = 5_000
const PING_EVERY_MS = 15_000
const MAX_SOCKETS_PER_SESSION = 8
/** A console says hello once and pings every few seconds. */
const MAX_MESSAGES_PER_S = 10

export interface FeedSocketOptions {
  readonly access: HttpAccess
  readonly feed: FeedDoor
  readonly clock: Clock
  readonly origins: readonly string[]
  /** Consoles and phones at once. */
  readonly most: number
  /** Told of each request of somebody with a session. */
  known(request: IncomingMessage): void
}

export interface FeedSockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

export function createFeedSockets(options: FeedSocketOptions): FeedSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false })
  const byKey = new Map<string, Set<WebSocket>>()
  const alive = new WeakSet<WebSocket>()
  const stopEnds = options.feed.onSessionEnd(key => {
    for (const socket of byKey.get(key) ?? []) socket.close(4001, 'session ended')
  })
  const stopPings = options.clock.every(PING_EVERY_MS, () => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate()
      else socket.ping()
    }
  })

  const serve = (socket: WebSocket, wire: Duplex, user: SessionUser, key: string): void => {
    alive.add(socket)
    const mine = byKey.get(key) ?? new Set()
    byKey.set(key, mine.add(socket))
    let leave: (() => void) | undefined
    let greeted = false
    const cancel = options.clock.after(HELLO_WITHIN_MS, () => !greeted && socket.close(4000, 'say hello'))
    let secondStartMs = options.clock.now()
    let inSecond = 0
    const tooMany = (): boolean => {
      const nowMs = options.clock.now()
      // Math.abs: a clock that is set back must not hold the second open.
      if (Math.abs(nowMs - secondStartMs) >= 1_000) {
        secondStartMs = nowMs
        inSecond = 0
      }
      inSecond += 1
      return inSecond > MAX_MESSAGES_PER_S
    }
    const send = createSend(socket, wire)
    const sink = { send, close: (code: number, reason: string) => socket.close(code, reason) }
    socket.on('pong', () => alive.add(socket))
    socket.on('error', () => socket.terminate())
    socket.on('message', data => {
      if (socket.readyState !== socket.OPEN) return undefined
      alive.add(socket)
      if (tooMany()) return socket.close(4008, 'too many messages')
      const message = readMessage(data.toString())
      if (!message) return socket.close(4000, 'not understood')
      if (message.type === 'ping') {
        const pong: ServerMessage = { type: 'pong', sentAtMs: message.sentAtMs, serverTimeMs: options.feed.now() }
        send(JSON.stringify(pong))
        return undefined
      }
      if (greeted) return socket.close(4000, 'one hello only')
      greeted = true
      options.feed.subscribe(sink, user, message.resume ?? {}).then(
        viewer => {
          leave = () => viewer.leave()
          if (socket.readyState !== socket.OPEN) viewer.leave()
        },
        () => socket.close(1011, 'try again')
      )
      return undefined
    })
    socket.on('close', () => {
      cancel()
      leave?.()
      mine.delete(socket)
      if (mine.size === 0) byKey.delete(key)
    })
  }

  return {
    upgrade(request, socket, head) {
      try {
        if (request.url?.split('?')[0] !== '/feed') throw new GatewayError('NOT_FOUND')
        checkOrigin(request, options.origins)
        const { user, key } = sessionOf(options.access, request.headers.cookie)
        options.known(request)
        if (server.clients.size >= options.most) throw new GatewayError('STORE_FAILED', { why: 'too many consoles' })
        if ((byKey.get(key)?.size ?? 0) >= MAX_SOCKETS_PER_SESSION)
          throw new GatewayError('STORE_FAILED', { why: 'too many feeds of one session' })
        server.handleUpgrade(request, socket, head, ws => serve(ws, socket, user, key))
      } catch (error) {
        const status = error instanceof GatewayError ? error.status : 500
        socket.on('error', () => {})
        socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      }
    },
    close() {
      stopEnds()
      stopPings()
      for (const socket of server.clients) socket.terminate()
      server.close()
    }
  }
}

/**
 * Sends whole messages. What one turn sends (an incident, its line, its units) leaves in one write: with 200 consoles the calls of the system are
 * what a message costs. A message larger than the bound, the snapshot of a city, passes once what was before it is read.
 */
function createSend(socket: WebSocket, wire: Duplex): (message: string | Buffer) => boolean {
  let corked = false
  let large = 0
  const uncork = () => {
    corked = false
    wire.uncork()
  }
  return message => {
    const unread = socket.bufferedAmount
    if (unread === 0) large = 0
    // A window that was closed or loaded anew is gone, not slow: its viewer leaves with the close.
    if (socket.readyState !== socket.OPEN) return true
    if (unread > MAX_BUFFERED + large) return false
    if (message.length > MAX_BUFFERED) large += message.length * (typeof message === 'string' ? 3 : 1)
    if (!corked) {
      corked = true
      wire.cork()
      process.nextTick(uncork)
    }
    socket.send(message, { binary: false })
    return true
  }
}

/** Undefined for anything that is no message of ours. */
function readMessage(text: string): ClientMessage | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const message = value as Partial<Record<string, unknown>>
  if (message.type === 'ping' && typeof message.sentAtMs === 'number')
    return { type: 'ping', sentAtMs: message.sentAtMs }
  if (message.type !== 'hello' || message.v !== 1) return undefined
  const resume: Record<string, number> = {}
  if (typeof message.resume === 'object' && message.resume !== null) {
    for (const [scope, seq] of Object.entries(message.resume).slice(0, 32)) {
      if (Number.isSafeInteger(seq) && (seq as number) >= 0) resume[scope] = seq as number
    }
  }
  return { type: 'hello', v: 1, resume }
}
