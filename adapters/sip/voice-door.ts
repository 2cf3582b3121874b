/**
 * The voice thread's own port for consoles: a WebSocket for each that hears a call or speaks into one, against a ticket of the main process,
 * so that no sound passes through that. First message `{"ticket":"…"}`; then `{"type":"open"}`, binary A-law of 8 kHz, and
 * `{"type":"ended","why":"over"}` with the call, or `first` after the first ten seconds. Who speaks sends 20 ms of A-law a message, is told
 * `{"type":"state","state":"ringing"}` and `answered`, and says `{"type":"hangUp"}`; closing the socket is the same. He may offer WebRTC once
 * (`{"type":"offer","sdp":"…"}`, then `answer`); `{"type":"way","way":"webrtc"}` or `websocket` says which one carries the voice.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { ConnectionPlaces, type Placed } from '../../gateway/core/connection-places.ts'
import { networkOf } from '../../gateway/core/network.ts'
import type { HearMode, WayChosen } from '../../gateway/core/voice.ts'
import { openWebPort, type WebPort } from '../kit/web-port.ts'
import type { Audience, Hearer } from './audience.ts'
import type { RtpPacket } from './rtp.ts'
import type { Law } from './sdp.ts'
import { MAX_OFFER_BYTES } from './talk-offer.ts'
import type { TalkRtc } from './talk-rtc.ts'
import { TalkWay } from './talk-way.ts'

/** What a ticket opens; `first` is what was said from the beginning of an open call, then the rest of the ten seconds. */
export interface Pass {
  readonly ticket: string
  readonly line: string
  readonly mode: HearMode
  readonly user: string
}

export interface DoorOptions {
  readonly port: number
  readonly address: string
  readonly tls?: { readonly key: string; readonly cert: string }
  audience(line: string): Audience | undefined
  /** Who speaks has hung up, is gone, or never came. */
  hungUp(line: string): void
  /** By which way somebody speaks, from now on. */
  way(line: string, chosen: WayChosen): void
  /** Absent: by WebSocket only. */
  readonly rtc?: Pick<TalkRtc, 'open' | 'giveUpMs'> | undefined
}

/** `law`: what the telephone speaks. */
export type DoorWord = { readonly type: 'state'; readonly state: string } | { readonly type: 'law'; readonly law: Law }

const HANG_UP = '{"type":"hangUp"}'
export const TICKET_MS = 30_000
const TICKET_WAIT_MS = 5_000
const PING_MS = 10_000
/** Whoever ordered a call and does not come to it leaves nobody alone on an open line. */
const TALKER_WAIT_MS = 10_000
const FIRST_BYTES = 80_000
/** An offer with its line ends escaped. */
const MAX_MESSAGE_BYTES = MAX_OFFER_BYTES + 2_048
const MAX_OF_CALL = 4
const MAX_HEARERS = 64
/** Sockets that have shown no ticket yet: few, of one address fewer, and the oldest of a crowd goes for who comes, so that strangers take no place of who has one. */
const MAX_UNTICKETED = 64
const MAX_UNTICKETED_OF_ADDRESS = 8
/** Who was turned away and does not close is cut off. */
const FAREWELL_MS = 1_000
/** Two seconds of sound that a console has not taken. */
const MAX_WAITING_BYTES = 16_384
/** As the video workers: 1013 "try again later", 44xx after their HTTP cousins. */
const CLOSE_BUSY = 1013
const CLOSE_ENDED = 4401
const CLOSE_REFUSED = 4403
const CLOSE_GONE = 4404
const CLOSE_SLOW = 4408

/** Who has shown no ticket yet. */
interface Unticketed extends Placed {
  readonly socket: Duplex
}

export class VoiceDoor {
  readonly #options: DoorOptions
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false })
  /** Each opens once. */
  readonly #passes = new Map<string, Pass>()
  readonly #userOf = new Map<WebSocket, string>()
  /** The newest words about calls that were placed, by line and kind. */
  readonly #words = new Map<string, Map<string, DoorWord>>()
  readonly #talkers = new Map<string, WebSocket>()
  readonly #alive = new WeakSet<WebSocket>()
  readonly #unticketed = new ConnectionPlaces<Unticketed>({
    total: MAX_UNTICKETED,
    perAddress: MAX_UNTICKETED_OF_ADDRESS
  })
  #port: WebPort | undefined
  #ping: NodeJS.Timeout | undefined

  constructor(options: DoorOptions) {
    this.#options = options
  }

  /** Resolves to the port; rejects with the system's error. */
  async open(): Promise<number> {
    const { port, address, tls } = this.#options
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#upgrade(request, socket, head)
    this.#port = await openWebPort({ port, address, upgrade, ...(tls ? { tls } : {}) })
    this.#ping = setInterval(() => this.#pingAll(), PING_MS)
    return this.#port.port
  }

  close(): void {
    clearInterval(this.#ping)
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#port?.close()
  }

  admit(pass: Pass): void {
    this.#passes.set(pass.ticket, pass)
    if (pass.mode === 'talk')
      setTimeout(() => this.#passes.delete(pass.ticket) && this.#options.hungUp(pass.line), TALKER_WAIT_MS).unref()
    setTimeout(() => this.#passes.delete(pass.ticket), TICKET_MS).unref()
  }

  /** His last session is over. */
  endUser(user: string): void {
    for (const [ticket, pass] of this.#passes) if (pass.user === user) this.#passes.delete(ticket)
    for (const [socket, of] of this.#userOf) if (of === user) socket.close(CLOSE_ENDED, 'session ended')
  }

  /** Told to who speaks, now or when he comes. */
  tell(line: string, word: DoorWord): void {
    const words = this.#words.get(line) ?? new Map<string, DoorWord>()
    this.#words.set(line, words.set(word.type, word))
    const talker = this.#talkers.get(line)
    if (talker) say(talker, word)
  }

  /** The call is over. */
  forget(line: string): void {
    this.#words.delete(line)
    this.#talkers.delete(line)
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { remoteAddress: address = 'unknown', localAddress = '' } = request.socket
    if (!isOurPage(request)) return void socket.destroy()
    const waiting: Unticketed = { network: networkOf(address), proven: false, socket }
    const { taken, displaced } = this.#unticketed.take(waiting)
    if (!taken) return void socket.destroy()
    displaced?.socket.destroy()
    socket.once('close', () => this.#unticketed.leave(waiting))
    this.#sockets.handleUpgrade(request, socket, head, client => this.#arrived(client, waiting, localAddress))
  }

  #turnAway(socket: WebSocket, code: number, why: string): void {
    socket.close(code, why)
    setTimeout(() => socket.terminate(), FAREWELL_MS).unref()
  }

  #arrived(socket: WebSocket, waiting: Unticketed, localAddress: string): void {
    this.#alive.add(socket)
    socket.on('pong', () => this.#alive.add(socket))
    socket.on('error', () => socket.terminate())
    const late = setTimeout(() => this.#turnAway(socket, CLOSE_REFUSED, 'no ticket'), TICKET_WAIT_MS)
    socket.once('message', (data, isBinary) => {
      clearTimeout(late)
      const ticket = isBinary ? '' : ticketOf(data.toString())
      const pass = this.#passes.get(ticket)
      this.#passes.delete(ticket)
      if (pass) this.#seat(socket, pass, waiting, localAddress)
      else this.#turnAway(socket, CLOSE_REFUSED, 'ticket refused')
    })
    socket.once('close', () => clearTimeout(late))
  }

  #seat(socket: WebSocket, pass: Pass, waiting: Unticketed, localAddress: string): void {
    const audience = this.#options.audience(pass.line)
    if (!audience) {
      socket.close(CLOSE_GONE, 'the call is over')
      return
    }
    if (audience.size >= MAX_OF_CALL || this.#userOf.size >= MAX_HEARERS) {
      socket.close(CLOSE_BUSY, 'too many listen')
      if (pass.mode === 'talk') this.#options.hungUp(pass.line)
      return
    }
    this.#unticketed.leave(waiting)
    this.#userOf.set(socket, pass.user)
    const own = hearerOf(socket, pass.mode)
    say(socket, { type: 'open', ...(pass.mode === 'talk' ? { webrtc: this.#options.rtc !== undefined } : {}) })
    const hearer = pass.mode === 'talk' ? this.#talk(socket, pass.line, audience, own, localAddress) : own
    socket.once('close', () => {
      this.#userOf.delete(socket)
      audience.remove(hearer)
    })
    audience.add(hearer, pass.mode === 'first')
  }

  /** Gives what hears in place of the socket's own. */
  #talk(socket: WebSocket, line: string, audience: Audience, own: Hearer, localAddress: string): Hearer {
    const { rtc } = this.#options
    const way = new TalkWay({
      giveUpMs: rtc?.giveUpMs ?? 0,
      open: rtc && ((sdp, events) => rtc.open(sdp, localAddress, events)),
      say: message => say(socket, message),
      said: (payload, law) => audience.say(payload, law),
      chosen: chosen => this.#options.way(line, chosen)
    })
    this.#talkers.set(line, socket)
    for (const word of this.#words.get(line)?.values() ?? []) say(socket, word)
    socket.on('message', (data: Buffer, isBinary) => {
      // What was under way when WebRTC took over is said there already.
      if (isBinary) {
        if (!way.isUp) audience.say(Buffer.from(data))
      } else if (data.toString() === HANG_UP) {
        way.close()
        this.#options.hungUp(line)
      } else way.offered(offerOf(data.toString()))
    })
    socket.once('close', () => {
      way.close()
      this.#options.hungUp(line)
    })
    const relay = (packet: RtpPacket, law: Law) => way.relay(packet, law)
    return {
      hear: step => (way.isUp ? way.hear(step) : own.hear(step)),
      over: why => own.over(why),
      get relay() {
        return way.isUp ? relay : undefined
      }
    }
  }

  #pingAll(): void {
    for (const socket of this.#sockets.clients) {
      if (!this.#alive.has(socket)) socket.terminate()
      this.#alive.delete(socket)
      socket.ping()
    }
  }
}

function hearerOf(socket: WebSocket, mode: Pass['mode']): Hearer {
  let left = mode === 'first' ? FIRST_BYTES : Number.POSITIVE_INFINITY
  const over = (why: string) => {
    say(socket, { type: 'ended', why })
    socket.close(1000)
  }
  return {
    hear(alaw) {
      // What was kept comes in one piece and is no sign of a slow console.
      if (mode !== 'first' && socket.bufferedAmount > MAX_WAITING_BYTES) return socket.close(CLOSE_SLOW, 'too slow')
      if (socket.readyState !== socket.OPEN || left <= 0) return
      left -= alaw.length
      socket.send(alaw)
      if (left <= 0) over('first')
    },
    over
  }
}

function say(socket: WebSocket, message: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
}

/** Empty for what is none, which is refused as an offer. */
function offerOf(text: string): string {
  try {
    const message: unknown = JSON.parse(text)
    if (typeof message !== 'object' || message === null || !('sdp' in message)) return ''
    return 'type' in message && message.type === 'offer' && typeof message.sdp === 'string' ? message.sdp : ''
  } catch {
    return ''
  }
}

function ticketOf(text: string): string {
  return /^\{"ticket":"([\w-]{10,100})"\}$/.exec(text)?.[1] ?? ''
}

/** A page of this gateway, by its host's name, whatever the port; a request without an origin is no page. */
function isOurPage(request: IncomingMessage): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  const page = URL.parse(origin)?.hostname
  return page !== undefined && page !== '' && page === URL.parse(`http://${host ?? ''}`)?.hostname
}
