/** A worker's own port: live pictures over WebSocket and evidence files over HTTP, both against a ticket. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { CameraId, UserId } from '../../core/brand.ts'
import type { Clock } from '../../core/ports.ts'
import type { VideoCodec } from '../codec/config.ts'
import type { Camera } from '../ingest/camera.ts'
import type { Stream } from '../ingest/stream.ts'
import type { RtcRoom } from '../rtc/room.ts'
import { Ended, type LiveTicket, type PlayTicket, readTicket, SingleUse, type Ticket } from '../ticket.ts'
import type { Transcodes } from '../transcode/transcodes.ts'
import { originAllowed, serveFile } from './files.ts'
import { type Hello, type LiveMode, readHello, readMode, readRtcHello } from './hello.ts'
import { LiveHubs, SoundHubs } from './hubs.ts'
import { Listener } from './listener.ts'
import { type OpenPort, openPort } from './port.ts'
import { LiveSeat } from './seat.ts'
import type { Held } from './source.ts'
import { Unticketed } from './unticketed.ts'
import { Viewer } from './viewer.ts'

export interface LiveServerOptions {
  readonly port: number
  readonly bindAddress: string
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly evidenceDir: string
  readonly secret: Buffer
  readonly clock: Clock
  readonly transcodes: Transcodes
  camera(cameraId: CameraId): Camera | undefined
  /** Where WebRTC is on. */
  readonly rtc?: RtcRoom
  /** Takes over the socket of a playback client; see play/session.ts. */
  play(socket: WebSocket, ticket: PlayTicket, plays: ReadonlySet<VideoCodec>): void
  /** Takes over the socket of a phone that sends its camera; see phone/frame.ts. */
  send(socket: WebSocket, cameraId: CameraId): void
}

/** A client that has shown no ticket yet. */
interface Arrival {
  readonly kind: string
  readonly leave: () => void
  /** Where its connection arrived. */
  readonly localAddress: string
}

/** What a ticket opens. */
interface Opened {
  readonly ticket: LiveTicket
  readonly camera: Camera
  readonly held: Held<Stream>
}

const TICKET_WAIT_MS = 5000
const PING_MS = 10_000
/** An offer with its line ends escaped, or a part of a phone's picture. */
const MAX_MESSAGE_BYTES = 24_576
const MAX_VIEWERS = 512
/** Changes of mode in a second: a page that scrolls makes a few. */
const MAX_MODES = 20
/** WebSocket close codes: 1013 "try again later" (RFC 6455 registry), 44xx our own after their HTTP cousins. */
const CLOSE_BUSY = 1013
const CLOSE_INVALID = 4400
const CLOSE_ENDED = 4401
const CLOSE_REFUSED = 4403
const CLOSE_NOT_FOUND = 4404
const CLOSE_SLOW = 4408

/**
 * `…/live`: the client's first text message is `{"ticket":"…","codecs":["h264"]}`; then `{"type":"init",…}`, a binary init segment, the GOP so
 * far and one binary fragment per frame; `{"type":"stale"}` and `{"type":"live"}` tell when the source stops and comes back, `source` that
 * it is not the stream asked for. The client may say `{"type":"mode","value":"keys"}` and `"all"`. A ticket for sound opens the same path and gives
 * init and fragments of sound alone, and `{"type":"noSound"}` where the camera sends none; such a client says nothing more.
 * `…/rtc`: the same by WebRTC. First message `{"ticket":"…","offer":"v=0…"}`, then `{"type":"answer","sdp":"v=0…"}` and the same words; the pictures come by
 * SRTP for as long as the socket is open.
 * `…/play` begins with the ticket too, then see play/protocol.ts; so does `…/send`, answered `{"type":"ready"}`, then see phone/frame.ts. `…/file`: see files.ts.
 */
export class LiveServer {
  readonly #options: LiveServerOptions
  readonly #sockets: WebSocketServer
  readonly #singleUse = new SingleUse()
  readonly #ended = new Ended()
  readonly #userOf = new WeakMap<WebSocket, UserId>()
  /** Pictures that are open because an incident is near. */
  readonly #nearOnly = new WeakMap<WebSocket, CameraId>()
  readonly #hubs: LiveHubs
  readonly #sounds: SoundHubs
  readonly #answered = new WeakSet<WebSocket>()
  readonly #unticketed = new Unticketed()
  /** Sockets whose ticket opened live pictures or sound. */
  readonly #viewers = new Set<WebSocket>()
  #open: OpenPort | undefined
  #cancelPing = (): void => undefined

  constructor(options: LiveServerOptions) {
    this.#options = options
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false })
    this.#hubs = new LiveHubs(options.clock)
    this.#sounds = new SoundHubs(options.clock)
  }

  /** Resolves to the port; rejects with the system's error. */
  async start(): Promise<number> {
    const { port, bindAddress, tls, clock } = this.#options
    this.#open = await openPort({
      port,
      bindAddress,
      tls,
      clock,
      request: (request, response) => this.#request(request, response),
      upgrade: (request, socket, head) => this.#upgrade(request, socket, head)
    })
    this.#cancelPing = clock.every(PING_MS, () => this.#ping())
    return this.#open.port
  }

  async stop(): Promise<void> {
    this.#cancelPing()
    for (const socket of this.#sockets.clients) socket.terminate()
    await this.#open?.close()
  }

  /** Once a second. */
  tick(): void {
    this.#hubs.tick()
  }

  /** Closes what this user looks at; a file that is on its way is let through. */
  endUser(userId: UserId, steadyMs: number): void {
    this.#ended.end(userId, steadyMs)
    for (const socket of this.#sockets.clients) {
      if (this.#userOf.get(socket) === userId) socket.close(CLOSE_ENDED, 'session ended')
    }
  }

  /** Closes what is open only because an incident was near this camera. */
  endLooks(cameraId: CameraId, steadyMs: number): void {
    this.#ended.end(cameraId, steadyMs)
    for (const socket of this.#sockets.clients) {
      if (this.#nearOnly.get(socket) === cameraId) socket.close(CLOSE_REFUSED, 'incident ended')
    }
  }

  get viewers(): number {
    return this.#viewers.size
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    if (!pathOf(request).endsWith('/file')) {
      response.statusCode = 404
      response.end()
      return
    }
    const { evidenceDir: dir, transcodes, clock } = this.#options
    const once = (ticket: Ticket) => this.#singleUse.take(ticket, clock.steady())
    const options = { dir, once, transcodes, clock, ticket: (text: string) => this.#ticket(text) }
    serveFile(request, response, options).catch(() => response.destroy())
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const kind = (this.#options.rtc ? /\/(live|play|send|rtc)$/ : /\/(live|play|send)$/).exec(pathOf(request))?.[1]
    const refuse = (status: string) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
    if (kind === undefined || !originAllowed(request)) {
      refuse(kind ? '403 Forbidden' : '404 Not Found')
      return
    }
    const leave = this.#unticketed.enter(request.socket.remoteAddress ?? 'unknown')
    if (!leave) {
      refuse('503 Service Unavailable')
      return
    }
    socket.once('close', leave)
    const { localAddress = '' } = request.socket
    this.#sockets.handleUpgrade(request, socket, head, client => this.#accept(client, { kind, leave, localAddress }))
  }

  #accept(socket: WebSocket, { kind, leave, localAddress }: Arrival): void {
    // Ended for good: who says nothing does not answer a farewell either.
    const cancel = this.#options.clock.after(TICKET_WAIT_MS, () => {
      socket.close(CLOSE_REFUSED, 'no ticket')
      socket.terminate()
    })
    this.#answered.add(socket)
    socket.on('error', () => socket.terminate())
    socket.on('pong', () => this.#answered.add(socket))
    socket.once('close', cancel)
    socket.once('message', (data, binary) => {
      cancel()
      leave()
      if (kind === 'rtc') {
        this.#admitRtc(socket, binary ? '' : String(data), localAddress)
        return
      }
      const hello = binary ? undefined : readHello(String(data))
      const ticket = this.#ticket(hello?.ticket ?? '')
      if (kind === 'play') this.#admitPlay(socket, ticket, hello)
      else if (kind === 'send') this.#admitSender(socket, ticket)
      else this.#admit(socket, ticket, hello)
    })
  }

  #admitPlay(socket: WebSocket, ticket: Ticket | undefined, hello: Hello | undefined): void {
    if (!hello || ticket?.kind !== 'play' || !this.#singleUse.take(ticket, this.#options.clock.steady())) {
      socket.close(CLOSE_REFUSED)
      return
    }
    this.#userOf.set(socket, ticket.userId)
    this.#options.play(socket, ticket, hello.plays)
  }

  #admitSender(socket: WebSocket, ticket: Ticket | undefined): void {
    if (ticket?.kind !== 'send' || !this.#singleUse.take(ticket, this.#options.clock.steady())) {
      socket.close(CLOSE_REFUSED)
      return
    }
    // Ends with the session of whoever sends.
    this.#userOf.set(socket, ticket.userId)
    this.#options.send(socket, ticket.cameraId)
  }

  #admitRtc(socket: WebSocket, text: string, localAddress: string): void {
    const hello = readRtcHello(text)
    const source = this.#source(this.#ticket(hello?.ticket ?? ''), true)
    if (typeof source === 'number' || !hello) {
      socket.close(typeof source === 'number' ? source : CLOSE_REFUSED)
      return
    }
    const { camera, held, ticket } = source
    this.#remember(socket, ticket)
    const { stream } = ticket
    const viewer = this.#options.rtc?.accept({ socket, offer: hello.offer, localAddress, camera, stream, held })
    if (viewer) socket.on('message', this.#modes(socket, viewer))
  }

  #admit(socket: WebSocket, ticket: Ticket | undefined, hello: Hello | undefined): void {
    const source = this.#source(ticket, false)
    if (typeof source === 'number' || !hello) {
      socket.close(typeof source === 'number' ? source : CLOSE_REFUSED)
      return
    }
    this.#remember(socket, source.ticket)
    if (source.ticket.audio) this.#listen(socket, source.held)
    else this.#look(socket, source, hello)
  }

  #listen(socket: WebSocket, held: Held<Stream>): void {
    const listener = new Listener(socket)
    this.#sounds.add(held.stream, listener)
    socket.on('message', () => socket.close(CLOSE_INVALID, 'not a command'))
    socket.once('close', () => {
      this.#sounds.remove(held.stream, listener)
      held.release()
    })
  }

  #look(socket: WebSocket, { camera, held: asked, ticket: live }: Opened, { plays }: Hello): void {
    const { hubs, transcodes, clock } = { ...this.#options, hubs: this.#hubs }
    const seat = new LiveSeat({
      ...{ socket, plays, asked, hubs, transcodes, clock },
      viewer: unplayable => new Viewer(socket, { plays, unplayable }),
      again: () => camera.acquire(live.stream),
      sub: () => (live.stream === 'main' && camera.row.subUrl !== undefined ? camera.acquire('sub') : undefined)
    })
    socket.on('message', this.#modes(socket, seat.viewer))
    socket.once('close', () => seat.leave())
  }

  /** One viewer more, and what it must end with: a session, or an incident. */
  #remember(socket: WebSocket, ticket: LiveTicket): void {
    this.#viewers.add(socket)
    socket.once('close', () => this.#viewers.delete(socket))
    this.#userOf.set(socket, ticket.userId)
    if (ticket.nearOnly) this.#nearOnly.set(socket, ticket.cameraId)
  }

  #modes(socket: WebSocket, viewer: { setMode(mode: LiveMode): void }): (data: unknown, binary: boolean) => void {
    let since = 0
    let modes = 0
    return (data, binary) => {
      const now = this.#options.clock.now()
      // Also of a clock that was set back.
      if (Math.abs(now - since) >= 1000) {
        since = now
        modes = 0
      }
      const mode = binary ? undefined : readMode(String(data))
      if (mode && ++modes <= MAX_MODES) viewer.setMode(mode)
      else socket.close(CLOSE_INVALID, 'not a command')
    }
  }

  /** The stream a ticket opens, or the code to close with. */
  #source(ticket: Ticket | undefined, webrtc: boolean): Opened | number {
    if (
      ticket?.kind !== 'live' ||
      ticket.webrtc !== webrtc ||
      !this.#singleUse.take(ticket, this.#options.clock.steady())
    )
      return CLOSE_REFUSED
    if (this.viewers >= MAX_VIEWERS) return CLOSE_BUSY
    const camera = this.#options.camera(ticket.cameraId)
    const held = camera?.acquire(ticket.stream)
    return camera && held ? { ticket, camera, held } : CLOSE_NOT_FOUND
  }

  #ticket(text: string): Ticket | undefined {
    const { secret, clock } = this.#options
    const ticket = readTicket(secret, text, clock.steady())
    return ticket && this.#ended.allows(ticket) ? ticket : undefined
  }

  /** A viewer that has not answered the last ping is gone, or so slow that it might as well be. */
  #ping(): void {
    for (const socket of this.#sockets.clients) {
      if (this.#answered.delete(socket)) socket.ping()
      else {
        socket.close(CLOSE_SLOW, 'no answer')
        socket.terminate()
      }
    }
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? ''
}
