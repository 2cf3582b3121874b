/** From the video packets of one session after another to units in the ring, on one unbroken time line. */
import { VIDEO_CODECS } from '../codec/codecs.ts'
import type { CodecConfig, VideoCodec } from '../codec/config.ts'
import { DecodeTimes } from '../codec/decode-times.ts'
import { Depacketizer } from '../codec/depacketizer.ts'
import type { ParameterSets } from '../codec/parameter-sets.ts'
import type { Ring } from '../ring/ring.ts'
import type { SenderReport } from '../rtsp/rtcp.ts'
import type { VideoTrack } from '../rtsp/sdp.ts'
import { TimeLine } from '../rtsp/time-line.ts'

/** Less is a correction of the clock, for which wall time stands still; more, and the clock was set back. */
const SET_BACK_MS = 2000

export interface VideoIntakeEvents {
  /** A unit is in the ring; called within the read that completed it. */
  unit(seq: number, arrivalMs: number): void
  /** Input that could not be used: a reason of a closed set, and how often. */
  fault(fault: string, times: number): void
  /** The clock was set: what is held is told in the new time, `byMs` from the old one. */
  clockSet(byMs: number): void
}

/** `begin` with each session; what is known of the stream outlives it. */
export class VideoIntake {
  readonly #events: VideoIntakeEvents
  readonly #timeLine = new TimeLine()
  readonly #decodeTimes = new DecodeTimes()
  #codec: VideoCodec = 'h264'
  #sets: ParameterSets = VIDEO_CODECS.h264.createSets()
  #config: CodecConfig | undefined
  #packets: Depacketizer | undefined
  #arrivalMs = 0
  #lastWallMs = 0

  constructor(events: VideoIntakeEvents) {
    this.#events = events
  }

  /** The wall clock of the last picture came from the camera's sender reports. */
  get reported(): boolean {
    return this.#timeLine.reported
  }

  /** Of the last keyframe. */
  get config(): CodecConfig | undefined {
    return this.#config
  }

  begin(track: VideoTrack, ring: Ring, lost: (packets: number) => void): void {
    const codec = VIDEO_CODECS[track.codec]
    if (track.codec !== this.#codec) {
      this.#codec = track.codec
      this.#sets = codec.createSets()
      this.#config = undefined
    }
    this.#timeLine.restart()
    for (const set of track.parameterSets) this.#sets.offer(set, 0, set.length)
    this.#packets = new Depacketizer(ring, this.#sets, codec.format, track.payloadType, {
      unit: (rtpTime, key, afterGap, leading) => this.#unit(ring, rtpTime, key, afterGap, leading),
      lost: packets => {
        this.#events.fault('lost', packets)
        lost(packets)
      },
      fault: fault => this.#events.fault(fault, 1)
    })
  }

  /** One RTP packet at `bytes[start, end)`. */
  packet(bytes: Buffer, start: number, end: number, arrivalMs: number): void {
    this.#arrivalMs = arrivalMs
    this.#packets?.packet(bytes, start, end)
  }

  /** The clock was set, ahead or back: what is held is told in the new time, and it is no gap. */
  clockSet(ring: Ring, byMs: number): void {
    this.#timeLine.shift(byMs)
    this.#tellAnew(ring, byMs)
  }

  #tellAnew(ring: Ring, byMs: number): void {
    ring.index.shiftWall(byMs)
    this.#lastWallMs += byMs
    this.#events.fault(byMs < 0 ? 'clockSetBack' : 'clockSetAhead', 1)
    this.#events.clockSet(byMs)
  }

  senderReport(report: SenderReport): void {
    this.#timeLine.senderReport(report.wallMs, report.rtpTime)
  }

  #unit(ring: Ring, rtpTime: number, key: boolean, afterGap: boolean, leading: boolean): boolean {
    const config = key ? this.#sets.take() : this.#config
    if (!config) {
      this.#events.fault('noParameterSets', 1)
      return false
    }
    if (config !== this.#config) this.#decodeTimes.expect(config.reorderFrames ?? 0)
    this.#config = config
    this.#timeLine.advance(rtpTime, this.#arrivalMs)
    if (this.#timeLine.jumped) this.#decodeTimes.restart()
    const { pts } = this.#timeLine
    const dts = this.#decodeTimes.next(pts)
    // A clock that was set back must not hold wall time still for as long: memory would never let anything go, no segment would end, and
    // an alarm would find no picture of its time. What is held is told in the new time instead.
    const backMs = this.#lastWallMs - this.#timeLine.wallMs
    if (backMs > SET_BACK_MS) this.#tellAnew(ring, -backMs)
    // Within a reordered group, and where the clock is corrected, wall time stands still instead of going back.
    this.#lastWallMs = Math.max(this.#lastWallMs, this.#timeLine.wallMs)
    const gap = afterGap || (this.#timeLine.jumped && ring.index.count > 0)
    const seq = ring.commit(dts, pts - dts, this.#lastWallMs, gap, key, config, leading)
    this.#events.unit(seq, this.#arrivalMs)
    return true
  }
}
