/** Signs of health of one stream, measured from what the ingest does anyway: fields set per unit and report, sums made once a second. */
import type { PictureSign, StreamSigns } from '../../core/camera-health.ts'

const HOUR_MS = 3_600_000
/** More would only make the figure larger, not the verdict another. */
const MAX_RECONNECTS = 1_000
/** Loss is averaged over about this. */
const LOSS_WINDOW_MS = 60_000
/** Some cameras send sender reports that count from their start (RFC 3550 §6.4.1 allows it): that is no wall clock. */
const NO_WALL_CLOCK_MS = 365 * 24 * HOUR_MS
/** A larger step is a clock that was set, not one that drifts. */
const STEP_MS = 1_000
/** Below it a trend is noise of the network. */
const TREND_AFTER_MS = 600_000

/** What a session has received so far. */
export interface SessionProgress {
  readonly packets: number
  /** RTP time stamp of the newest packet. */
  readonly rtpTime: number
}

/** `tick` once a second; the other calls as things happen. Survives reconnects of its stream. */
export class Signs {
  picture: PictureSign | undefined
  #watchedSinceMs = 0
  #lastTickMs = 0
  #lastKeyAtMs: number | undefined
  #keyIntervalMs: number | undefined
  #sessions = 0
  #reconnectsMs: number[] = []
  #progress: SessionProgress = { packets: 0, rtpTime: -1 }
  #stoodSinceMs: number | undefined
  #lost = 0
  #lostShare = 0
  #receivedShare = 0
  #report: { readonly wallMs: number; readonly atMs: number } | undefined
  #reportStoodSinceMs: number | undefined
  #offsetMs: number | undefined
  #anchor: { readonly offsetMs: number; readonly atMs: number } | undefined

  opened(nowMs: number): void {
    this.#watchedSinceMs = nowMs
    this.#lastTickMs = nowMs
    this.#sessions = 0
  }

  /** A session is playing. */
  playing(nowMs: number): void {
    if (this.#sessions++ > 0) this.#reconnectsMs.push(nowMs)
    if (this.#reconnectsMs.length > MAX_RECONNECTS) this.#reconnectsMs.shift()
    this.#progress = { packets: 0, rtpTime: -1 }
    this.#stoodSinceMs = undefined
    this.#report = undefined
    this.#reportStoodSinceMs = undefined
  }

  key(atMs: number): void {
    const before = this.#lastKeyAtMs
    this.#lastKeyAtMs = atMs
    if (before === undefined) return
    const interval = this.#keyIntervalMs
    this.#keyIntervalMs = interval === undefined ? atMs - before : interval + (atMs - before - interval) * 0.25
  }

  lost(packets: number): void {
    this.#lost += packets
  }

  /** A sender report: the camera's own time when it was sent. */
  report(wallMs: number, atMs: number): void {
    const before = this.#report
    this.#report = { wallMs, atMs }
    const offsetMs = wallMs - atMs
    if (Math.abs(offsetMs) > NO_WALL_CLOCK_MS) return
    if (before && before.wallMs === wallMs) {
      if (atMs > before.atMs) this.#reportStoodSinceMs ??= before.atMs
      return
    }
    this.#reportStoodSinceMs = undefined
    const known = this.#offsetMs
    const stepped = known === undefined || Math.abs(offsetMs - known) > STEP_MS
    this.#offsetMs = stepped ? offsetMs : known + (offsetMs - known) * 0.3
    if (stepped || !this.#anchor) this.#anchor = { offsetMs, atMs }
  }

  tick(nowMs: number, now: SessionProgress | undefined): void {
    const progress = now ?? this.#progress
    const came = Math.max(0, progress.packets - this.#progress.packets)
    // A new session begins with its first packet wherever it likes.
    if (came > 0 && progress.rtpTime === this.#progress.rtpTime) this.#stoodSinceMs ??= this.#lastTickMs
    else if (came > 0) this.#stoodSinceMs = undefined
    this.#progress = progress
    // A clock that was set back would let the sums grow without end.
    const kept = Math.exp(-Math.max(0, nowMs - this.#lastTickMs) / LOSS_WINDOW_MS)
    this.#lostShare = this.#lostShare * kept + this.#lost
    this.#receivedShare = this.#receivedShare * kept + came
    this.#lost = 0
    this.#lastTickMs = nowMs
    while (this.#reconnectsMs[0] !== undefined && this.#reconnectsMs[0] < nowMs - HOUR_MS) this.#reconnectsMs.shift()
  }

  figures(nowMs: number): StreamSigns {
    const sent = this.#lostShare + this.#receivedShare
    const stood = [this.#stoodSinceMs, this.#reportStoodSinceMs].filter(since => since !== undefined)
    return {
      watchedSinceMs: this.#watchedSinceMs,
      lastKeyAtMs: this.#lastKeyAtMs,
      keyIntervalMs: this.#keyIntervalMs === undefined ? undefined : Math.round(this.#keyIntervalMs),
      clockStoodMs: stood.length === 0 ? 0 : Math.max(0, nowMs - Math.min(...stood)),
      lossPercent: sent < 1 ? 0 : Math.round((this.#lostShare / sent) * 10_000) / 100,
      reconnects: this.#reconnectsMs.length,
      clockOffsetMs: this.#offsetMs === undefined ? undefined : Math.round(this.#offsetMs),
      clockTrendMsPerHour: this.#trend(nowMs),
      picture: this.picture
    }
  }

  #trend(nowMs: number): number | undefined {
    const anchor = this.#anchor
    if (!anchor || this.#offsetMs === undefined || nowMs - anchor.atMs < TREND_AFTER_MS) return undefined
    return Math.round(((this.#offsetMs - anchor.offsetMs) * HOUR_MS) / (nowMs - anchor.atMs))
  }
}
