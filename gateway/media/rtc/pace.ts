/** What of a source one peer is sent, and when: paced, from a keyframe on, only keyframes while its line loses packets. */
import type { RtpFrame } from './frames.ts'

/** Of one step: some 100 Mbit/s, which a keyframe or a replay may fill and no receive buffer overflows with. */
export const STEP_BYTES = 64 * 1024
export const STEP_MS = 5
/** Beyond a replay, so much may wait; then the rest up to the next keyframe is left out. */
const MAX_WAITING_BYTES = 1024 * 1024
/** A peer that asks for a keyframe gets the last one again, this often at most. */
const REPLAY_EVERY_MS = 1_000
/** Of the packets since its last report a peer lost so many: congestion, and its end. RFC 3550 §6.4.1 counts in 1/256. */
const LOSS_BEGINS = 0.1
const LOSS_ENDS = 0.02
/** Between replayed pictures, in ticks of 90 kHz: they are decoded as fast as they come, and the newest one is shown. */
const REPLAY_TICKS = 10
const CYCLE = 2 ** 32

export interface Packet {
  readonly payload: Uint8Array<ArrayBuffer>
  /** RTP time, 32 bits. */
  readonly timestamp: number
  /** Last one of its picture. */
  readonly marker: boolean
}

interface Waiting {
  readonly frame: RtpFrame
  readonly timestamp: number
  /** Payloads that are gone already. */
  sent: number
}

/** `begin` and `frame` put in, `next` takes out, at most STEP_BYTES at a time. */
export class Pace {
  /** Frames left out. */
  dropped = 0
  readonly #queue: Waiting[] = []
  #waiting = 0
  #allowance = 0
  #waitKey = true
  #keysOnly = false
  #congested = false
  #shift = 0
  #last: number | undefined
  #replayedMs = Number.NEGATIVE_INFINITY

  constructor(firstTimestamp: number) {
    this.#shift = firstTimestamp
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  get congested(): boolean {
    return this.#congested
  }

  /** Everything since the last keyframe, close together; what waited of another source is forgotten. */
  begin(replay: readonly RtpFrame[], nowMs: number): void {
    const newest = replay.at(-1)
    this.#queue.length = 0
    this.#waiting = 0
    this.#waitKey = true
    if (!newest) return
    this.#replayedMs = nowMs
    const frames = this.#thin ? replay.slice(0, 1) : replay
    this.#follow(newest.ticks - REPLAY_TICKS * (frames.length - 1))
    for (const [n, frame] of frames.entries()) this.#put(frame, newest.ticks - REPLAY_TICKS * (frames.length - 1 - n))
    this.#allowance = this.#waiting
    this.#waitKey = this.#thin
  }

  frame(frame: RtpFrame): void {
    this.#allowance = Math.min(this.#allowance, this.#waiting)
    if (this.#waiting > this.#allowance + MAX_WAITING_BYTES) this.#waitKey = true
    else if (frame.key && this.#waiting <= MAX_WAITING_BYTES / 2) this.#waitKey = false
    if (this.#waitKey) {
      this.dropped++
      return
    }
    this.#follow(frame.ticks)
    this.#put(frame, frame.ticks)
    if (this.#thin) this.#waitKey = true
  }

  /** True where the peer's wish for a keyframe is to be answered with a replay. */
  wantsKey(nowMs: number): boolean {
    return !this.#thin && nowMs - this.#replayedMs >= REPLAY_EVERY_MS
  }

  setKeysOnly(value: boolean): void {
    this.#keysOnly = value
    if (value) this.#waitKey = true
  }

  /** Of a receiver report, 0 to 1. */
  lost(fraction: number): void {
    if (fraction > LOSS_BEGINS) {
      this.#congested = true
      this.#waitKey = true
    } else if (fraction < LOSS_ENDS) this.#congested = false
  }

  /** The packets of one step. */
  next(): Packet[] {
    const step: Packet[] = []
    let bytes = 0
    for (let head = this.#queue[0]; head && bytes < STEP_BYTES; head = this.#queue[0]) {
      const { frame, timestamp } = head
      const start = frame.ends[head.sent - 1] ?? 0
      const payload = frame.bytes.subarray(start, frame.ends[head.sent])
      const marker = ++head.sent >= frame.ends.length
      bytes += payload.length
      step.push({ payload, timestamp, marker })
      if (marker) this.#queue.shift()
    }
    this.#waiting -= bytes
    return step
  }

  get #thin(): boolean {
    return this.#keysOnly || this.#congested
  }

  /** RTP time never goes back, whatever the source's time line does. */
  #follow(ticks: number): void {
    if (this.#last !== undefined && ticks + this.#shift <= this.#last) this.#shift = this.#last + REPLAY_TICKS - ticks
  }

  #put(frame: RtpFrame, ticks: number): void {
    this.#last = ticks + this.#shift
    this.#waiting += frame.bytes.length
    this.#queue.push({ frame, timestamp: ((this.#last % CYCLE) + CYCLE) % CYCLE, sent: 0 })
  }
}
