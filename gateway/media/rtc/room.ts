/** Live pictures by WebRTC in one worker: who may have one, where it looks, and that nothing of it stays. */
import { isIP } from 'node:net'
import type { WebSocket } from 'ws'
import type { Clock, Log } from '../../core/ports.ts'
import type { Camera } from '../ingest/camera.ts'
import type { Stream } from '../ingest/stream.ts'
import { LiveSeat } from '../live/seat.ts'
import type { Held } from '../live/source.ts'
import type { Transcodes } from '../transcode/transcodes.ts'
import { RtcHub, RtcHubs } from './hub.ts'
import { RtcLink } from './link.ts'
import type { FromRtc, Reach } from './messages.ts'
import { type Offer, readOffer } from './offer.ts'
import { RtcViewer } from './viewer.ts'

/** What a worker is told; nothing of it where WebRTC is off. */
export interface RtcSettings {
  /** Told to browsers; none: the address at which they reached the worker's port. */
  readonly addresses: readonly string[]
  /** UDP ports of this worker, both ends inclusive; any free one where there are none. */
  readonly ports?: { readonly from: number; readonly to: number }
  readonly maxViewers: number
}

export interface RtcRoomOptions {
  readonly settings: RtcSettings
  readonly transcodes: Transcodes
  readonly clock: Clock
  readonly log: Log
}

/** One client that was let in. */
export interface RtcGuest {
  readonly socket: WebSocket
  /** As the client wrote it. */
  readonly offer: string
  /** Where its connection arrived. */
  readonly localAddress: string
  readonly camera: Camera
  readonly stream: 'main' | 'sub'
  /** Released when it leaves. */
  readonly held: Held<Stream>
}

interface Seat {
  readonly socket: WebSocket
  readonly seat: LiveSeat<RtcViewer>
  isConnected: boolean
}

/** Handshakes under way at once: each costs some 20 ms of a core. */
const MAX_HANDSHAKES = 8
const CLOSE_BUSY = 1013
const CLOSE_RESTART = 1012
const CLOSE_INVALID = 4400

/** `accept` each client; everything it had ends with its socket. */
export class RtcRoom {
  readonly #options: RtcRoomOptions
  readonly #link: RtcLink
  readonly #hubs: RtcHubs
  readonly #seats = new Map<number, Seat>()
  #peers = 0
  #sources = 0

  constructor(options: RtcRoomOptions) {
    const { settings, clock, log } = options
    this.#options = options
    this.#link = new RtcLink({
      ...{ clock, log, ...(settings.ports ? { ports: settings.ports } : {}) },
      heard: message => this.#heard(message),
      lost: () => this.#sendAllAway()
    })
    this.#hubs = new RtcHubs(source => new RtcHub(source, ++this.#sources, this.#link, clock))
  }

  get viewers(): number {
    return this.#seats.size
  }

  /** Gives the viewer, or undefined after closing the socket. */
  accept(guest: RtcGuest): RtcViewer | undefined {
    const offer = readOffer(guest.offer)
    const reach = this.#reach(guest.localAddress)
    if (offer && reach && !this.#isFull()) return this.#seat(guest, offer, reach)
    guest.held.release()
    if (offer && reach) {
      guest.socket.send('{"type":"refused","reason":"webrtcBusy"}')
      guest.socket.close(CLOSE_BUSY, 'WebRTC is full')
    } else {
      guest.socket.send('{"type":"refused","reason":"webrtcOffer"}')
      guest.socket.close(CLOSE_INVALID, 'not an offer')
    }
    return undefined
  }

  /** Once a second. */
  tick(): void {
    this.#hubs.tick()
  }

  async stop(): Promise<void> {
    await this.#link.stop()
  }

  #isFull(): boolean {
    const handshakes = [...this.#seats.values()].filter(({ isConnected }) => !isConnected).length
    return this.#seats.size >= this.#options.settings.maxViewers || handshakes >= MAX_HANDSHAKES
  }

  /** Told addresses may be of a router in front of us: then every interface listens. */
  #reach(localAddress: string): Reach | undefined {
    const { addresses } = this.#options.settings
    if (addresses.length > 0) return { addresses }
    const own = localAddress.replace(/^::ffff:(?=\d+\.)/, '')
    return isIP(own) === 0 ? undefined : { addresses: [own], bind: own }
  }

  #seat({ socket, held, camera, stream }: RtcGuest, offer: Offer, reach: Reach): RtcViewer {
    const peer = ++this.#peers
    const post = this.#link.post.bind(this.#link)
    this.#link.open({ kind: 'open', peer, offer, reach })
    const seat = new LiveSeat<RtcViewer>({
      ...{ socket, plays: new Set(['h264'] as const), asked: held },
      ...{ hubs: this.#hubs, transcodes: this.#options.transcodes, clock: this.#options.clock },
      viewer: unplayable =>
        new RtcViewer({ peer, socket, unplayable, setKeysOnly: value => post({ kind: 'keysOnly', peer, value }) }),
      again: () => camera.acquire(stream),
      sub: () => (stream === 'main' && camera.row.subUrl !== undefined ? camera.acquire('sub') : undefined)
    })
    this.#seats.set(peer, { socket, seat, isConnected: false })
    socket.once('close', () => this.#leave(peer))
    return seat.viewer
  }

  #leave(peer: number): void {
    const seated = this.#seats.get(peer)
    if (!seated) return
    this.#seats.delete(peer)
    seated.seat.leave()
    this.#link.post({ kind: 'close', peer })
    if (this.#seats.size === 0) this.#link.idle()
  }

  #heard(message: FromRtc): void {
    const seated = this.#seats.get(message.peer)
    if (!seated) return
    switch (message.kind) {
      case 'answer':
        seated.seat.viewer.say(JSON.stringify({ type: 'answer', sdp: message.sdp }))
        break
      case 'connected':
        seated.isConnected = true
        break
      case 'ended':
        this.#options.log.info({ reason: message.reason }, 'a WebRTC viewer ended')
        seated.seat.viewer.say('{"type":"refused","reason":"webrtcEnded"}')
        seated.socket.close(CLOSE_RESTART, 'WebRTC ended')
    }
  }

  #sendAllAway(): void {
    for (const { socket } of this.#seats.values()) socket.close(CLOSE_RESTART, 'WebRTC ended')
  }
}
