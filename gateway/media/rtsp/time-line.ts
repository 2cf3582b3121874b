/** Turns RTP time stamps into an unbroken time line and into our wall clock. */

/** RTP clock rate of H.264 (RFC 6184 §8.1). */
export const TICKS_PER_MS = 90
/** A camera's own clock is believed only while it agrees with the arrival time: not ahead, and not later than a sender's delay. */
const CLOCK_AHEAD_MS = 100
const CLOCK_BEHIND_MS = 1000
/** A step of the time stamps that differs from the elapsed time by more is a jump, not a pause. */
const JUMP_MS = 2000
/** How fast the arrival-based offset may follow a drifting camera, per unit. */
export const DRIFT_SHARE = 0.002

/**
 * `advance` once per access unit, then read `pts`, `wallMs` and `jumped`. The wall clock comes from RTCP sender reports (RFC 3550 §6.4.1)
 * where they agree with arrival, else from the earliest arrivals. It is never later than the arrival, so a clip that starts at a
 * keyframe "at or before T" really does. Its state outlives reconnects: a break becomes a gap of true length.
 */
export class TimeLine {
  pts = 0
  wallMs = 0
  jumped = false
  /** `wallMs` is the camera's own clock, told by a sender report. */
  reported = false
  readonly #ticksPerMs: number
  #lastRtp: number | undefined
  #lastArrivalMs = 0
  #offsetMs: number | undefined
  #reportRtp: number | undefined
  #reportWallMs = 0

  constructor(ticksPerMs = TICKS_PER_MS) {
    this.#ticksPerMs = ticksPerMs
  }

  /** A new session: time stamps start anywhere, so the next unit is placed by its arrival. */
  restart(): void {
    this.#lastRtp = undefined
    this.#offsetMs = undefined
    this.#reportRtp = undefined
  }

  /** A sender report: `wallMs` of the camera's clock belongs to RTP time `rtp`. */
  senderReport(wallMs: number, rtp: number): void {
    this.#reportRtp = rtp
    this.#reportWallMs = wallMs
  }

  /** Arrivals are told in a clock that was set by `byMs`: no time has gone by. */
  shift(byMs: number): void {
    if (this.#lastArrivalMs !== 0) this.#lastArrivalMs += byMs
    if (this.#offsetMs !== undefined) this.#offsetMs += byMs
    this.wallMs += byMs
  }

  /** With `believe` false the arrivals alone are heard. */
  advance(rtp: number, arrivalMs: number, believe = true): void {
    const first = this.#lastRtp === undefined
    const step = first ? 0 : (rtp - (this.#lastRtp ?? 0)) | 0
    const elapsedMs = arrivalMs - this.#lastArrivalMs
    this.jumped =
      first ||
      step < -this.#ticksPerMs * 1000 ||
      Math.abs(step / this.#ticksPerMs - elapsedMs) > JUMP_MS + elapsedMs / 2
    if (this.jumped) {
      // Sender reports of before the jump speak of other time stamps.
      if (!first) this.#reportRtp = undefined
      this.#offsetMs = undefined
      this.pts += this.#lastArrivalMs === 0 ? 0 : Math.max(1, Math.round(elapsedMs * this.#ticksPerMs))
    } else this.pts += step
    this.#lastRtp = rtp
    this.#lastArrivalMs = arrivalMs
    const reportedMs = believe ? this.#reported(rtp, arrivalMs) : undefined
    this.reported = reportedMs !== undefined
    this.wallMs = reportedMs ?? this.#arrived(arrivalMs)
  }

  #reported(rtp: number, arrivalMs: number): number | undefined {
    if (this.#reportRtp === undefined) return undefined
    const wallMs = this.#reportWallMs + ((rtp - this.#reportRtp) | 0) / this.#ticksPerMs
    if (wallMs > arrivalMs + CLOCK_AHEAD_MS || wallMs < arrivalMs - CLOCK_BEHIND_MS) return undefined
    return Math.min(wallMs, arrivalMs)
  }

  /** The smallest delay seen stands for the true one; it slowly follows drift. */
  #arrived(arrivalMs: number): number {
    const ptsMs = this.pts / this.#ticksPerMs
    const seen = arrivalMs - ptsMs
    const offset = this.#offsetMs
    this.#offsetMs = offset === undefined || seen < offset ? seen : offset + (seen - offset) * DRIFT_SHARE
    return Math.min(arrivalMs, ptsMs + this.#offsetMs)
  }
}
