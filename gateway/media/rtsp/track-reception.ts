/** One track of a playing session: where its packets come in, what was received of them, what the camera is told of it. */
import { randomInt } from 'node:crypto'
import { findBye, parseSenderReport, Reception, type SenderReport } from './rtcp.ts'

export type TrackName = 'video' | 'audio'

/** What a session gives out; packet bytes are valid only during the call. */
export interface TrackEvents {
  packet(track: TrackName, bytes: Buffer, start: number, end: number, arrivalMs: number): void
  senderReport(track: TrackName, report: SenderReport): void
}

/** A header and nothing else is no packet of a track. */
const RTP_HEADER_BYTES = 12

export class TrackReception {
  readonly name: TrackName
  /** 0 before the first. */
  packets = 0
  lastPacketMs: number
  readonly #reception: Reception
  readonly #events: TrackEvents
  readonly #onBye: () => void

  constructor(name: TrackName, clockRate: number, events: TrackEvents, nowMs: number, onBye: () => void) {
    this.name = name
    this.lastPacketMs = nowMs
    this.#reception = new Reception(randomInt(2 ** 32 - 1), clockRate / 1000)
    this.#events = events
    this.#onBye = onBye
  }

  media(bytes: Buffer, start: number, end: number, arrivalMs: number): void {
    if (end - start < RTP_HEADER_BYTES) return
    this.packets++
    this.lastPacketMs = arrivalMs
    this.#reception.packet(bytes, start, arrivalMs)
    this.#events.packet(this.name, bytes, start, end, arrivalMs)
  }

  control(bytes: Buffer, start: number, end: number, arrivalMs: number): void {
    const report = parseSenderReport(bytes, start, end)
    if (report) {
      this.#reception.senderReport(report, arrivalMs)
      this.#events.senderReport(this.name, report)
    }
    if (this.packets > 0 && findBye(bytes, start, end, this.#reception.sourceSsrc)) this.#onBye()
  }

  lost(packets: number): void {
    this.#reception.lost(packets)
  }

  get progress(): Reception['progress'] {
    return this.#reception.progress
  }

  /** Undefined before the first packet. */
  receiverReport(nowMs: number): Buffer | undefined {
    return this.#reception.receiverReport(nowMs)
  }
}
