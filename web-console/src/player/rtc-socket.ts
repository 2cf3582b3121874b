/** A live picture by WebRTC behind the same socket that the live session knows: words as they are, every picture a message without bytes. */
import type { Ticket } from '../../../gateway/core/wire.ts'
import type { LiveSocket } from './live-session.ts'
import type { Sink } from './mse-sink.ts'
import { newPeer, offerOf, takeAnswer } from './peer.ts'
import { readWorkerMessage } from './policy.ts'
import { liveSocket } from './tickets.ts'

export interface RtcSocketOptions {
  readonly video: Pick<HTMLVideoElement, 'srcObject'>
  /** WebRTC does not come about here: the picture is to be had by MSE. Said once. */
  readonly failed: () => void
  readonly socket: (ticket: Ticket) => LiveSocket
  readonly peer: () => RTCPeerConnection
  readonly now: () => number
}

/** ICE and DTLS, and then the first picture, may each take so long, ms: nobody waits longer in front of a black tile. */
const PATIENCE_MS = 4_000
/** The first picture of a stream that has to be opened or transcoded first. */
const SLOW_PATIENCE_MS = 12_000
const LOOK_MS = 250
/** The session tells pictures from words by them; where the bytes are, the browser knows. */
const PICTURE = new ArrayBuffer(0)

export function rtcSocket(ticket: Ticket, video: HTMLVideoElement, failed: () => void): LiveSocket {
  return new RtcSocket(ticket, { video, failed, socket: liveSocket, peer: newPeer, now: Date.now })
}

/** Keeps the last picture, like its MSE cousin, until it is closed. */
export function rtcSink(video: Pick<HTMLVideoElement, 'srcObject'>): Sink {
  return {
    init: () => undefined,
    push: () => undefined,
    tick: () => undefined,
    close: () => {
      video.srcObject = null
    }
  }
}

/** Begins at once; `close` ends everything it began. */
export class RtcSocket implements LiveSocket {
  binaryType: BinaryType = 'arraybuffer'
  onopen: (() => void) | null = null
  onmessage: ((event: { readonly data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  readonly #options: RtcSocketOptions
  readonly #socket: LiveSocket
  readonly #peer: RTCPeerConnection
  readonly #look: ReturnType<typeof setInterval>
  #offer: string | undefined
  #isOpen = false
  #saidHello = false
  #awaitsInit = false
  #isOver = false
  #frames = 0
  /** The next step must be done by then, as long as there was no picture and the camera is not said to be silent. */
  #deadlineMs: number
  #patienceMs = PATIENCE_MS
  #isStale = false

  constructor(ticket: Ticket, options: RtcSocketOptions) {
    this.#options = options
    this.#peer = options.peer()
    this.#socket = options.socket(ticket)
    this.#deadlineMs = options.now() + PATIENCE_MS
    this.#socket.onopen = () => {
      this.#isOpen = true
      this.#begin()
    }
    this.#socket.onmessage = ({ data }) => this.#hear(data)
    this.#socket.onclose = () => this.onclose?.()
    this.#look = setInterval(() => void this.#count(), LOOK_MS)
    this.#makeOffer().catch(() => this.#fail())
  }

  /** The session's first message has the ticket and codecs; here the offer stands for those. */
  send(data: string): void {
    if (this.#saidHello) {
      this.#socket.send(data)
      return
    }
    this.#saidHello = true
    const { ticket } = JSON.parse(data) as { ticket: string }
    this.#socket.send(JSON.stringify({ ticket, offer: this.#offer }))
  }

  close(): void {
    this.#isOver = true
    clearInterval(this.#look)
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null
    this.#socket.close()
    this.#peer.ontrack = this.#peer.onconnectionstatechange = null
    this.#peer.close()
  }

  async #makeOffer(): Promise<void> {
    const peer = this.#peer
    const { receiver } = peer.addTransceiver('video', { direction: 'recvonly' })
    // A watch floor wants the newest picture, not the smoothest.
    if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0
    peer.ontrack = ({ track }) => {
      this.#options.video.srcObject = new MediaStream([track])
    }
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === 'connected') this.#wait()
      if (peer.connectionState === 'failed') this.#fail()
    }
    this.#offer = await offerOf(peer)
    this.#begin()
  }

  #begin(): void {
    if (this.#isOpen && this.#offer !== undefined && !this.#isOver) this.onopen?.()
  }

  #hear(data: unknown): void {
    const message = typeof data === 'string' ? readWorkerMessage(data) : undefined
    switch (message?.type) {
      case 'answer':
        takeAnswer(this.#peer, message.sdp, () => this.#fail())
        return
      case 'refused':
        // `transcodeBusy` is the same by MSE.
        if (message.reason.startsWith('webrtc')) {
          this.#fail()
          return
        }
        break
      case 'init':
        this.#awaitsInit = true
        break
      case 'source':
        this.#patienceMs = SLOW_PATIENCE_MS
        this.#wait()
        break
      case 'stale':
        this.#isStale = true
        break
      case 'live':
        this.#isStale = false
        this.#wait()
    }
    this.onmessage?.({ data })
  }

  #wait(): void {
    this.#deadlineMs = this.#options.now() + this.#patienceMs
  }

  async #count(): Promise<void> {
    const decoded = await this.#decoded()
    if (this.#isOver) return
    // Not before the words about it: the session must know what it sees.
    if (decoded > this.#frames && (this.#frames > 0 || this.#awaitsInit)) {
      this.#frames = decoded
      if (this.#awaitsInit) this.onmessage?.({ data: PICTURE })
      this.#awaitsInit = false
      this.onmessage?.({ data: PICTURE })
    }
    if (this.#frames === 0 && !this.#isStale && this.#options.now() > this.#deadlineMs) this.#fail()
  }

  async #decoded(): Promise<number> {
    const stats = await this.#peer.getStats().catch(() => undefined)
    let frames = 0
    // A report is a map to read, and no more, in the types of browsers.
    stats?.forEach((each: { readonly type: string; readonly framesDecoded?: number }) => {
      if (each.type === 'inbound-rtp') frames = each.framesDecoded ?? 0
    })
    return frames
  }

  #fail(): void {
    if (this.#isOver) return
    this.close()
    this.#options.failed()
  }
}
