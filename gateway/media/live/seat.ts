/** Where a viewer sits: at the stream it asked for, or, where its browser cannot play that, at one that it can. */
import type { WebSocket } from 'ws'
import type { Clock } from '../../core/ports.ts'
import type { VideoCodec } from '../codec/config.ts'
import type { Stream } from '../ingest/stream.ts'
import type { Transcodes } from '../transcode/transcodes.ts'
import type { Held, LiveSource } from './source.ts'

/** Who sits there. */
export interface Seated {
  /** True once it was told a picture's parameters. */
  readonly hasBegun: boolean
  say(text: string): void
}

export interface SeatOptions<V extends Seated> {
  readonly socket: Pick<WebSocket, 'close'>
  readonly plays: ReadonlySet<VideoCodec>
  /** Released by the seat. */
  readonly asked: Held<Stream>
  /** One more hold on the stream asked for. */
  again(): Held<Stream> | undefined
  /** The camera's sub stream where another one was asked for and there is one. */
  sub(): Held<Stream> | undefined
  readonly hubs: { add(source: LiveSource, viewer: V): void; remove(source: LiveSource, viewer: V): void }
  /** Makes the viewer; it calls `unplayable` where the stream is nothing for it. */
  viewer(unplayable: () => void): V
  readonly transcodes: Transcodes
  readonly clock: Clock
}

/** A sub stream that has to be opened first may take so long to its first keyframe. */
const SUB_WAIT_MS = 4000
/** "Try again later" (RFC 6455 registry). */
const CLOSE_BUSY = 1013

/** Constructing takes the seat, `leave` gives it up. */
export class LiveSeat<V extends Seated> {
  readonly viewer: V
  readonly #options: SeatOptions<V>
  #held: Held<LiveSource>
  #step: 'asked' | 'sub' | 'transcoded' = 'asked'
  #left = false
  #cancelWait = (): void => undefined

  constructor(options: SeatOptions<V>) {
    this.#options = options
    this.#held = options.asked
    this.viewer = options.viewer(() => this.#next())
    options.hubs.add(options.asked.stream, this.viewer)
  }

  leave(): void {
    if (this.#left) return
    this.#left = true
    this.#cancelWait()
    this.#options.hubs.remove(this.#held.stream, this.viewer)
    this.#held.release()
  }

  /** A transcoded stream is H.264, so this ends; a browser that plays not even that is told to go. */
  #next(): void {
    if (this.#left) return
    this.#cancelWait()
    const sub = this.#step === 'asked' ? this.#options.sub() : undefined
    if (sub) {
      this.#step = 'sub'
      this.#cancelWait = this.#options.clock.after(SUB_WAIT_MS, () => !this.viewer.hasBegun && this.#next())
      this.#sit(sub, { type: 'source', made: 'sub' })
      return
    }
    const made = this.#step === 'transcoded' ? undefined : this.#transcoded()
    this.#step = 'transcoded'
    if (made) this.#sit(made, { type: 'source', made: 'transcoded' })
    else {
      this.viewer.say('{"type":"refused","reason":"transcodeBusy"}')
      this.#options.socket.close(CLOSE_BUSY, 'transcoding is full')
    }
  }

  #transcoded(): Held<LiveSource> | undefined {
    return this.#options.plays.has('h264') ? this.#options.transcodes.acquire(this.#options.again) : undefined
  }

  #sit(held: Held<LiveSource>, note: object): void {
    const before = this.#held
    this.#held = held
    this.viewer.say(JSON.stringify(note))
    this.#options.hubs.remove(before.stream, this.viewer)
    before.release()
    this.#options.hubs.add(held.stream, this.viewer)
  }
}
