/** One clock for several players: it runs, stands, steps and jumps, and every picture follows it. */
import type { Presence } from './play-session.ts'

export const SPEEDS = [0.5, 1, 2, 4, 8] as const
export type Speed = (typeof SPEEDS)[number]

/** What the director needs of one picture. */
export interface Follower {
  /** Somebody makes its pictures while it plays: not every one of them when it goes fast. */
  readonly isHeavy: boolean
  at(atMs: number): Presence
  /** From a time on, with all pictures or keyframes only. */
  play(atMs: number, keys: boolean): void
  scrub(atMs: number): void
  /** Shows the time; runs at `rate` when it is not 0. */
  follow(atMs: number, rate: number): void
  allow(positionMs: number, toMs: number): void
  /** A time inside the next or the previous picture; undefined while it is not known. */
  step(atMs: number, direction: 1 | -1): number | undefined
}

export interface DirectorView {
  readonly playing: boolean
  readonly scrubbing: boolean
  readonly speed: Speed
  /** Keyframes only: the speed is more than can be decoded. */
  readonly keys: boolean
  readonly waiting: boolean
  /** Every picture is at the newest there is. */
  readonly newest: boolean
}

/** Media kept in front of the clock, seconds of playing. */
const AHEAD_S = 8
/** So long all pictures wait for one that is not there; then it must catch up by itself. */
const PATIENCE_MS = 2_500
/** A gap of all pictures is shown so long before the clock jumps over it. */
const GAP_SHOWN_MS = 1_500
/** Searching by dragging asks for a picture so often at most. */
const SCRUB_MS = 80
/** Inside what begins there. */
const INSIDE_MS = 1

export class Director {
  #view: DirectorView = { playing: false, scrubbing: false, speed: 1, keys: false, waiting: false, newest: false }
  #atMs: number
  #lastMs = 0
  #waitingSinceMs: number | undefined
  #gapSinceMs: number | undefined
  #scrubbedMs = 0
  #soughtMs: number | undefined
  #step: 1 | -1 | undefined
  readonly #followers = new Set<Follower>()
  readonly #listeners = new Set<() => void>()
  readonly #now: () => number
  readonly #wallNow: () => number

  /** `now` is monotonic, ms; `wallNow` the gateway's time, UTC ms. */
  constructor(atMs: number, now: () => number, wallNow: () => number) {
    this.#atMs = atMs
    this.#now = now
    this.#wallNow = wallNow
  }

  get atMs(): number {
    return this.#atMs
  }

  get view(): DirectorView {
    return this.#view
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  add(follower: Follower): () => void {
    this.#followers.add(follower)
    this.#set({ keys: this.#wantsKeys(this.#view.playing) })
    follower.play(this.#atMs, this.#view.keys)
    this.#allow()
    return () => this.#followers.delete(follower)
  }

  toggle(): void {
    this.#run(!this.#view.playing)
  }

  pause(): void {
    this.#run(false)
  }

  setSpeed(speed: Speed): void {
    this.#set({ speed })
    this.#run(this.#view.playing)
  }

  /** Who stands still looks at every picture, whatever the speed was. */
  #run(playing: boolean): void {
    if (playing) this.#step = undefined
    const keys = this.#wantsKeys(playing)
    const changed = keys !== this.#view.keys
    this.#set({ playing, keys })
    if (changed) this.#restart()
  }

  seek(atMs: number): void {
    this.#atMs = Math.max(0, Math.min(this.#wallNow(), atMs))
    this.#waitingSinceMs = this.#gapSinceMs = this.#step = undefined
    const buffered = !this.#view.scrubbing
    this.#set({ scrubbing: false, newest: false })
    for (const each of this.#followers)
      if (!buffered || !isComing(each.at(this.#atMs))) each.play(this.#atMs, this.#view.keys)
    this.#allow()
    this.#tell()
  }

  jump(byMs: number): void {
    this.seek(this.#atMs + byMs)
  }

  /** While the hand drags: keyframes as it moves, the newest wish wins. */
  scrub(atMs: number): void {
    this.#atMs = Math.max(0, Math.min(this.#wallNow(), atMs))
    this.#set({ scrubbing: true })
    this.#tell()
  }

  /** The hand lets go: all pictures from there on. */
  drop(): void {
    this.#set({ scrubbing: false, newest: false })
    this.#soughtMs = undefined
    this.#restart()
  }

  /** One picture of the leading camera forward or back; the others follow its clock. */
  step(direction: 1 | -1): void {
    this.pause()
    const all = [...this.#followers]
    const leader = all.find(each => each.at(this.#atMs).kind === 'frame')
    const stepped = leader?.step(this.#atMs, direction)
    if (stepped !== undefined) {
      this.seek(stepped)
      return
    }
    // Pressed while this picture or the next is on its way: done as soon as it is there.
    const waits = leader ? direction === 1 : all.some(each => each.at(this.#atMs).kind === 'loading')
    this.#step = waits ? direction : undefined
  }

  /** Once a picture of the screen. */
  tick(): void {
    const now = this.#now()
    const passedMs = Math.min(500, now - this.#lastMs)
    this.#lastMs = now
    if (this.#view.scrubbing) {
      this.#search(now)
      return
    }
    // Only now it may be known that one of them is transcoded.
    if (this.#wantsKeys(this.#view.playing) !== this.#view.keys) this.#run(this.#view.playing)
    if (this.#step !== undefined) this.step(this.#step)
    const runs = this.#view.playing && this.#mayRun(now)
    if (runs) this.#atMs = Math.min(this.#wallNow(), this.#atMs + passedMs * this.#view.speed)
    this.#followAll(runs ? this.#view.speed : 0)
    this.#allow()
  }

  #search(now: number): void {
    if (this.#atMs !== this.#soughtMs && now - this.#scrubbedMs >= SCRUB_MS) {
      this.#scrubbedMs = now
      this.#soughtMs = this.#atMs
      for (const each of this.#followers) each.scrub(this.#atMs)
    }
    this.#followAll(0)
  }

  #mayRun(now: number): boolean {
    const all = [...this.#followers].map(each => each.at(this.#atMs))
    const some = (kind: Presence['kind']) => all.some(each => each.kind === kind)
    const newest = !some('frame') && some('edge')
    const waits = some('loading') && (this.#waitingSinceMs === undefined || now - this.#waitingSinceMs < PATIENCE_MS)
    this.#waitingSinceMs = some('loading') ? (this.#waitingSinceMs ?? now) : undefined
    this.#set({ newest, waiting: waits })
    if (waits || newest || !all.some(each => each.kind !== 'none')) return false
    if (some('frame') || !some('gap')) {
      this.#gapSinceMs = undefined
      return some('frame')
    }
    this.#gapSinceMs ??= now
    if (now - this.#gapSinceMs > GAP_SHOWN_MS) this.#overGap(all)
    return false
  }

  #overGap(all: readonly Presence[]): void {
    const ends = all.flatMap(each => (each.kind === 'gap' ? [each.toMs] : []))
    this.#gapSinceMs = undefined
    this.seek(Math.min(...ends) + INSIDE_MS)
  }

  #followAll(rate: number): void {
    for (const each of this.#followers) each.follow(this.#atMs, rate)
  }

  #restart(): void {
    for (const each of this.#followers) each.play(this.#atMs, this.#view.keys)
    this.#allow()
    this.#tell()
  }

  #allow(): void {
    const toMs = this.#atMs + AHEAD_S * 1_000 * Math.max(1, this.#view.speed)
    for (const each of this.#followers) each.allow(this.#atMs, toMs)
  }

  /** Eight times is more than any line and decoder takes; four times only for one picture. What is transcoded is half as fast. */
  #wantsKeys(playing: boolean): boolean {
    const heavy = [...this.#followers].some(each => each.isHeavy)
    const effort = this.#view.speed * (heavy ? 2 : 1)
    return playing && (effort >= 8 || (effort >= 4 && this.#followers.size > 1))
  }

  #set(change: Partial<DirectorView>): void {
    const next = { ...this.#view, ...change }
    const same = (Object.keys(next) as (keyof DirectorView)[]).every(key => next[key] === this.#view[key])
    if (same) return
    this.#view = next
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** Nothing need be asked for: it is there, or on its way into the buffer. */
function isComing(there: Presence): boolean {
  return there.kind === 'frame' || (there.kind === 'loading' && there.soon === true)
}
