/** From the sound packets of one session after another to units in the audio ring, on the picture's clock. */
import type { SenderReport } from '../rtsp/rtcp.ts'
import { rtpEnd, rtpPayload } from '../rtsp/rtp.ts'
import type { AudioTrack } from '../rtsp/sdp.ts'
import { DRIFT_SHARE, TimeLine } from '../rtsp/time-line.ts'
import { AacUnits } from './aac.ts'
import { audioFormatOf, sameFormat } from './format.ts'
import { AudioRing } from './ring.ts'

/** A second of G.711 in one packet is no packet of a camera. */
const MAX_PACKET_BYTES = 8192

export interface AudioIntakeEvents {
  /** Input that could not be used: a reason of a closed set, and how often. */
  fault(fault: string, times: number): void
  /** Wall clock of the oldest picture held; what is older is of no use. */
  oldestMs(): number
}

/**
 * `begin` with each session that has sound; `picture` after each picture, `packet` for each packet. The sound's own sender reports give its wall clock
 * only while the picture's are believed; else it is the arrival, less what the picture's clock is behind its arrival: two clocks would
 * drift apart.
 */
export class AudioIntake {
  ring: AudioRing | undefined
  readonly #events: AudioIntakeEvents
  readonly #aac = new AacUnits()
  #lost: (packets: number) => void = () => undefined
  #timeLine = new TimeLine()
  #payloadType = -1
  #sequence = -1
  #gap = false
  #arrivalMs = 0
  #rtpTime = 0
  #pictureReported = false
  #pictureSkewMs: number | undefined

  constructor(events: AudioIntakeEvents) {
    this.#events = events
  }

  begin(track: AudioTrack, lost: (packets: number) => void): void {
    this.#lost = lost
    this.#sequence = -1
    this.#gap = true
    this.#aac.lost()
    this.#pictureSkewMs = undefined
    const format = audioFormatOf(track)
    this.#payloadType = format ? track.payloadType : -1
    if (!format) this.#events.fault('audioFormat', 1)
    else if (this.ring && sameFormat(this.ring.format, format)) this.#timeLine.restart()
    else {
      this.ring = new AudioRing(format)
      this.#timeLine = new TimeLine(format.rate / 1000)
    }
  }

  senderReport(report: SenderReport): void {
    this.#timeLine.senderReport(report.wallMs, report.rtpTime)
  }

  /** Arrivals are told in a clock that was set by `byMs`. */
  clockSet(byMs: number): void {
    this.#timeLine.shift(byMs)
  }

  /** A picture of `wallMs` came at `arrivalMs`; `reported` says that its clock is the camera's. */
  picture(wallMs: number, arrivalMs: number, reported: boolean): void {
    this.#pictureReported = reported
    const seen = reported ? arrivalMs - wallMs : 0
    const skew = this.#pictureSkewMs
    this.#pictureSkewMs = skew === undefined || seen < skew ? seen : skew + (seen - skew) * DRIFT_SHARE
  }

  /** One RTP packet at `bytes[start, end)`; never throws. */
  packet(bytes: Buffer, start: number, end: number, arrivalMs: number): void {
    const fault = this.#packet(bytes, start, end, arrivalMs)
    if (fault !== undefined) this.#events.fault(fault, 1)
  }

  #packet(bytes: Buffer, start: number, end: number, arrivalMs: number): string | undefined {
    const ring = this.ring
    if (!ring || this.#payloadType === -1) return undefined
    const payload = rtpPayload(bytes, start, end)
    const stop = payload === -1 ? -1 : rtpEnd(bytes, start, end, payload)
    if (stop === -1) return 'audioHeader'
    // Comfort noise and dialled digits come between: not ours, and no fault.
    if (((bytes[start + 1] ?? 0) & 127) !== this.#payloadType) return undefined
    if (!this.#follow(bytes.readUInt16BE(start + 2)) || stop === payload) return undefined
    this.#rtpTime = bytes.readUInt32BE(start + 4)
    this.#arrivalMs = arrivalMs
    if (ring.format.encoding === 'aac')
      return this.#aac.packet(bytes, payload, stop, this.#rtpTime, (from, at, to, i) =>
        this.#unit(ring, from, at, to, i * ring.format.blockTicks)
      )
    if (stop - payload > MAX_PACKET_BYTES || (stop - payload) % ring.format.channels !== 0) return 'audioSize'
    this.#unit(ring, bytes, payload, stop, 0)
    return undefined
  }

  /** False for what is repeated or late; a hole is marked. */
  #follow(sequence: number): boolean {
    const step = (sequence - this.#sequence) & 0xffff
    if (this.#sequence !== -1 && (step === 0 || step >= 0x8000)) {
      // A source that begins anew may count from anywhere: late by more than reordering explains.
      if (step === 0 || step > 0xffff - 256) return false
      this.#gap = true
      this.#aac.lost()
    } else if (this.#sequence !== -1 && step > 1) {
      this.#gap = true
      this.#aac.lost()
      this.#lost(step - 1)
      this.#events.fault('audioLost', step - 1)
    }
    this.#sequence = sequence
    return true
  }

  #unit(ring: AudioRing, bytes: Buffer, start: number, end: number, laterTicks: number): void {
    const line = this.#timeLine
    line.advance((this.#rtpTime + laterTicks) >>> 0, this.#arrivalMs, this.#pictureReported)
    const wallMs = line.reported ? line.wallMs : line.wallMs - (this.#pictureSkewMs ?? 0)
    ring.push(bytes, start, end, line.pts, wallMs, this.#gap || line.jumped, this.#events.oldestMs())
    this.#gap = false
  }
}
