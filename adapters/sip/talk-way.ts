/**
 * By which way an operator's voice goes: the WebSocket carries it from the first word; WebRTC takes over when it is connected, and gives
 * back when it is lost or was not there in time. Used in the voice thread only.
 */
import type { WayChosen } from '../../gateway/core/voice.ts'
import type { RtpPacket } from './rtp.ts'
import { RtpFollow } from './rtp-follow.ts'
import type { Law } from './sdp.ts'
import type { TalkPacket } from './talk-messages.ts'
import { PAYLOAD_TYPE } from './talk-offer.ts'
import type { TalkConnection, TalkEvents } from './talk-rtc.ts'

/** A page that hangs up ends WebRTC a moment before its socket: nothing was lost then. */
export const LOST_MS = 500
const STEP_BYTES = 160
/** A packet of so many steps at most; browsers send one. */
const MAX_STEPS = 3

export interface TalkWayOptions {
  /** Nobody waits longer for WebRTC; and a browser sends without a pause, muted too: nothing for so long is a line that is gone. */
  readonly giveUpMs: number
  /** Absent: WebRTC is switched off. */
  readonly open: ((sdp: string, events: TalkEvents) => TalkConnection | undefined) | undefined
  /** A word to the console. */
  say(message: object): void
  /** 20 ms that the console says. */
  said(payload: Buffer, law: Law): void
  chosen(chosen: WayChosen): void
}

export class TalkWay {
  readonly #options: TalkWayOptions
  readonly #follow = new RtpFollow()
  #connection: TalkConnection | undefined
  #isUp = false
  #isSettled = false
  #isOver = false
  #deadline: NodeJS.Timeout | undefined
  #silent: NodeJS.Timeout | undefined
  /** Of the browser's packets. */
  #next: number | undefined
  /** Of what is mixed for it. */
  #steps = 0

  constructor(options: TalkWayOptions) {
    this.#options = options
    if (!options.open) this.#settle({ way: 'websocket', why: 'off' })
    else this.#wait('noOffer')
  }

  /** True while the voice goes by WebRTC. */
  get isUp(): boolean {
    return this.#isUp
  }

  /** Once; what comes later is passed over. */
  offered(sdp: string): void {
    const { open, say } = this.#options
    if (this.#isSettled || this.#connection) return
    this.#connection = open?.(sdp, {
      answer: answer => say({ type: 'answer', sdp: answer }),
      connected: () => this.#connected(),
      said: packet => this.#said(packet),
      ended: () => this.#lost()
    })
    if (this.#connection) this.#wait('late')
    else this.#settle({ way: 'websocket', why: 'noOffer' })
  }

  /** A packet of the telephone, as it came. */
  relay(packet: RtpPacket, law: Law): void {
    const { sequence, timestamp } = this.#follow.next(packet)
    this.#connection?.hear({ sequence, timestamp, payloadType: PAYLOAD_TYPE[law], payload: packet.payload })
  }

  /** 20 ms of A-law that were mixed here. */
  hear(step: Buffer): void {
    const n = this.#steps++
    const from = { sequence: n & 0xffff, timestamp: (n * STEP_BYTES) >>> 0, ssrc: -1 }
    this.#connection?.hear({ ...this.#follow.next(from), payloadType: PAYLOAD_TYPE.alaw, payload: step })
  }

  close(): void {
    clearTimeout(this.#deadline)
    clearTimeout(this.#silent)
    this.#isOver = true
    this.#isSettled = true
    this.#isUp = false
    this.#connection?.close()
    this.#connection = undefined
  }

  #wait(why: 'noOffer' | 'late'): void {
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => this.#settle({ way: 'websocket', why }), this.#options.giveUpMs)
  }

  #connected(): void {
    if (this.#isSettled) return
    this.#isUp = true
    this.#silent = setTimeout(() => this.#lost(), this.#options.giveUpMs)
    this.#settle({ way: 'webrtc' })
  }

  #lost(): void {
    const wasUp = this.#isUp
    clearTimeout(this.#silent)
    this.#isUp = false
    this.#connection?.close()
    this.#connection = undefined
    if (this.#isOver) return
    if (wasUp) {
      this.#options.say({ type: 'way', way: 'websocket' })
      const chosen = { way: 'websocket', why: 'lost' } as const
      this.#deadline = setTimeout(() => this.#options.chosen(chosen), LOST_MS)
    } else if (!this.#isSettled) this.#settle({ way: 'websocket', why: 'late' })
  }

  #settle(chosen: WayChosen): void {
    clearTimeout(this.#deadline)
    this.#isSettled = true
    if (chosen.way === 'websocket') {
      this.#connection?.close()
      this.#connection = undefined
    }
    this.#options.say({ type: 'way', way: chosen.way })
    this.#options.chosen(chosen)
  }

  /** By UDP packets come late, twice or not at all; what is missing is made up where it is spoken (concealment.ts). */
  #said({ payloadType, sequence, payload }: TalkPacket): void {
    this.#silent?.refresh()
    const law = payloadType === PAYLOAD_TYPE.alaw ? 'alaw' : payloadType === PAYLOAD_TYPE.ulaw ? 'ulaw' : undefined
    const ahead = this.#next === undefined ? 0 : (sequence - this.#next) & 0xffff
    if (!this.#isUp || !law || ahead >= 0x8000 || payload.length > MAX_STEPS * STEP_BYTES) return
    this.#next = (sequence + 1) & 0xffff
    for (let at = 0; at + STEP_BYTES <= payload.length; at += STEP_BYTES)
      this.#options.said(Buffer.from(payload.subarray(at, at + STEP_BYTES)), law)
  }
}
