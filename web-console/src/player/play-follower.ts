/** Keeps one video element at the clock of the director: rate for small errors, a jump for large ones, and says what is on screen. */
import type { Follower } from './play-director.ts'
import type { Frame } from './play-frames.ts'
import type { PlaySession, Presence } from './play-session.ts'

/** The part of a video element that is steered. */
export type SteeredVideo = Pick<
  HTMLVideoElement,
  'currentTime' | 'playbackRate' | 'paused' | 'seeking' | 'buffered' | 'readyState' | 'play' | 'pause'
>

/** Off by more than this a running picture jumps, s of media time at speed 1. */
const JUMP_S = 0.3
/** Nearer is as good as there: half a picture at 25 a second. */
const CLOSE_S = 0.015
/** How fast a small error is made up for: by so much of it in a second, and at most so much of the speed. */
const GAIN = 1.5
const MAX_CORRECTION = 0.12
const TRIM_BEHIND_MS = 20_000
const TRIM_EVERY_MS = 5_000
/** Inside the picture that begins there. */
const INSIDE_MS = 1

export class VideoFollower implements Follower {
  readonly #video: SteeredVideo
  readonly #session: PlaySession
  #trimmedMs = 0

  constructor(video: SteeredVideo, session: PlaySession) {
    this.#video = video
    this.#session = session
  }

  get isHeavy(): boolean {
    const { state } = this.#session
    return state.kind === 'ready' && state.transcoded !== undefined
  }

  /**
   * A picture that has come and is not in the player's buffer yet is on its way: a clock that ran on would be ahead of the buffer for ever on
   * a slow machine. What the player has thrown away is waited for by nobody.
   */
  at(atMs: number): Presence {
    const there = this.#session.at(atMs)
    const isOnItsWay =
      there.kind === 'frame' && this.#session.isAppending && !holds(this.#video, there.frame.at + INSIDE_MS / 1_000)
    return isOnItsWay ? { kind: 'loading', soon: true } : there
  }

  play(atMs: number, keys: boolean): void {
    this.#session.play(atMs, keys)
  }

  scrub(atMs: number): void {
    this.#session.scrub(atMs)
  }

  allow(positionMs: number, toMs: number): void {
    this.#session.allow(positionMs, toMs)
    if (Math.abs(positionMs - this.#trimmedMs) < TRIM_EVERY_MS) return
    this.#trimmedMs = positionMs
    this.#session.trim(positionMs - TRIM_BEHIND_MS)
  }

  /** Wall time inside the next or the previous picture. */
  step(atMs: number, direction: 1 | -1): number | undefined {
    const clock = this.#session.mediaTime(atMs)
    const frame = clock === undefined ? undefined : this.#session.frames.at(clock)
    if (clock === undefined || !frame) return undefined
    // It may stand before its time: in a hole in front of the first one.
    const time = Math.max(clock, frame.at)
    const next = direction === 1 ? this.#session.frames.after(time) : this.#session.frames.before(time)
    // In front of what is buffered lies a picture that must be fetched first; in a hole as far back as the known part of it is long.
    if (!next) return direction === -1 ? atMs - Math.abs(clock - frame.at) * 1_000 - INSIDE_MS : undefined
    return atMs + (next.at - clock) * 1_000 + INSIDE_MS
  }

  follow(atMs: number, rate: number): void {
    const video = this.#video
    const target = this.#session.mediaTime(atMs)
    const there = this.#session.at(atMs)
    if (target === undefined || there.kind !== 'frame') {
      if (!video.paused) video.pause()
      return
    }
    const { frame } = there
    // In a small hole the picture before it stands, and in one in front of all the first.
    const time = target < frame.at ? frame.at + INSIDE_MS / 1_000 : Math.min(target, frame.until - 0.001)
    const error = video.currentTime - time
    if (rate === 0) this.#stand(time, frame)
    else if (Math.abs(error) > JUMP_S * Math.max(1, rate)) this.#jump(time)
    else this.#run(error, rate)
  }

  #stand(time: number, frame: Frame): void {
    const video = this.#video
    if (!video.paused) video.pause()
    const inside = video.currentTime >= frame.at && video.currentTime < frame.until
    if (!inside) this.#jump(time)
  }

  /**
   * One jump at a time: a decoder that is asked again before it has answered never shows anything. One whose picture has gone from the
   * buffer meanwhile, as the clock ran past it, is never answered.
   */
  #jump(time: number): void {
    if (!this.#video.seeking || !isBuffered(this.#video)) this.#video.currentTime = time
  }

  #run(error: number, rate: number): void {
    const video = this.#video
    const correction =
      Math.abs(error) < CLOSE_S ? 0 : Math.max(-MAX_CORRECTION, Math.min(MAX_CORRECTION, -error * GAIN))
    const wanted = Math.round(rate * (1 + correction / Math.max(1, rate)) * 100) / 100
    if (video.playbackRate !== wanted) video.playbackRate = wanted
    if (video.paused) void video.play().catch(() => undefined)
  }
}

/** Whether there is anything where the video stands, or is on its way to. */
function isBuffered(video: SteeredVideo): boolean {
  return holds(video, video.currentTime)
}

function holds({ buffered }: SteeredVideo, time: number): boolean {
  return Array.from({ length: buffered.length }, (_, n) => n).some(
    n => time >= buffered.start(n) - CLOSE_S && time < buffered.end(n) + CLOSE_S
  )
}
