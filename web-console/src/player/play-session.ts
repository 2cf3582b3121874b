/** The recordings of one camera in one player: ticket, WebSocket, what is buffered, what is missing; reconnects for ever at the same time. */
import type { PlayTicket } from '../../../gateway/core/wire.ts'
import type { LiveSocket } from './live-session.ts'
import { type Frame, FrameList, readFrames } from './play-frames.ts'
import type { PlaySink, PlayTrouble } from './play-sink.ts'
import { type PlayWord, readPlayWord } from './play-words.ts'
import { BUSY_RETRY_MS, backOffMs } from './policy.ts'

export interface Interval {
  readonly fromMs: number
  readonly toMs: number
}

export type PlayTicketAnswer =
  | { readonly ok: true; readonly ticket: PlayTicket }
  | { readonly ok: false; readonly code: string; readonly final: boolean }

/** What the tile draws beside the picture. `ready`: connected; whether there is a picture at a time says `at`. */
export type PlayState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly transcoded?: { readonly height: number } }
  /** H.265, and the gateway transcodes as many streams as it may already. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'offline'; readonly attempt: number; readonly code: string }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unsupported'; readonly codec: string }

/** What there is at a time. */
export type Presence =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'gap'; readonly fromMs: number; readonly toMs: number }
  /** Nothing newer than `atMs` is recorded yet; `shows` when what is before it is on the screen. */
  | { readonly kind: 'edge'; readonly atMs: number; readonly shows: boolean }
  /** `soon`: it has come, and is on its way into the player's buffer. */
  | { readonly kind: 'loading'; readonly soon?: true }
  /** Refused, not playable: nothing will come by waiting. */
  | { readonly kind: 'none' }

export interface PlaySessionOptions {
  readonly ticket: (interval: Interval) => Promise<PlayTicketAnswer>
  readonly socket: (ticket: PlayTicket) => LiveSocket
  /** What this browser plays, of `h264` and `h265`. */
  readonly codecs: readonly string[]
  readonly sink: (trouble: (reason: PlayTrouble) => void) => PlaySink
  /** The interval that is asked for around a time: what the operator looks at. */
  readonly interval: (atMs: number) => Interval
  readonly onState: (state: PlayState) => void
  readonly random: () => number
}

interface Wish {
  readonly type: 'play' | 'frame'
  readonly atMs: number
  readonly keys: boolean
  /** What is buffered stays: the answer goes on where it ends. */
  readonly goesOn?: boolean
}

const DAY_MS = 86_400_000
/** Pictures lie end to end, up to 30 ms off the clock they were filmed by (gateway/media/play/play-time.ts): a gap or the newest begins so much earlier. */
const OFF_MS = 40
/** A new allowance is sent when it is so much more than the last one, ms. */
const ALLOW_STEP_MS = 500

/** `want` a time, `allow` how far ahead, `stop` for good. No method throws. */
export class PlaySession {
  readonly frames = new FrameList()
  readonly #options: PlaySessionOptions
  #state: PlayState = { kind: 'idle' }
  #stopped = false
  #generation = 0
  #attempt = 0
  #socket: LiveSocket | undefined
  #hello: Extract<PlayWord, { type: 'hello' }> | undefined
  #sink: PlaySink | undefined
  #baseMs: number | undefined
  #wish: Wish | undefined
  #next: Wish | undefined
  #id = 0
  #begun = 0
  #answered = false
  /** What is buffered belongs to an older wish. */
  #asked = false
  #codec = ''
  #awaitsInit = false
  #positionMs = 0
  #allowedMs = 0
  #allowMs = 0
  #gaps: Interval[] = []
  #edgeMs: number | undefined
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(options: PlaySessionOptions) {
    this.#options = options
  }

  get state(): PlayState {
    return this.#state
  }

  /** What came is not yet all in the player's buffer. */
  get isAppending(): boolean {
    return this.#sink?.isBusy === true
  }

  /** Media time of a wall time, s; undefined before the first connection. */
  mediaTime(atMs: number): number | undefined {
    return this.#baseMs === undefined ? undefined : (atMs - this.#baseMs) / 1_000
  }

  at(atMs: number): Presence {
    const { kind } = this.#state
    if (kind === 'refused' || kind === 'unsupported' || kind === 'busy') return { kind: 'none' }
    if (this.#asked) return { kind: 'loading' }
    const time = this.mediaTime(atMs)
    const frame = time === undefined ? undefined : this.frames.at(time)
    const gap = this.#gapAt(atMs) ?? (frame ? undefined : this.#gapAt(atMs + OFF_MS))
    if (gap) return { kind: 'gap', ...gap }
    if (frame) return { kind: 'frame', frame }
    if (this.#edgeMs !== undefined && atMs >= this.#edgeMs - OFF_MS)
      return { kind: 'edge', atMs: this.#edgeMs, shows: this.frames.count > 0 }
    return { kind: 'loading' }
  }

  #gapAt(atMs: number): Interval | undefined {
    return this.#gaps.find(each => atMs >= each.fromMs && atMs < each.toMs)
  }

  /** Plays from a time on; `keys` with keyframes only. */
  play(atMs: number, keys: boolean): void {
    this.#next = undefined
    this.#allowMs = 0
    this.#positionMs = atMs
    this.#ask({ type: 'play', atMs, keys })
  }

  /** The picture at a time while it is searched for: the newest wish is asked for when the one before is answered. */
  scrub(atMs: number): void {
    const wish: Wish = { type: 'frame', atMs, keys: true }
    // Each attempt is a look on record: a hand that drags makes none.
    if (this.#state.kind === 'busy') return
    if (this.#wish?.type === 'frame' && !this.#answered && this.#hello) this.#next = wish
    else this.#ask(wish)
  }

  /** Where the player is, and up to where the worker may send. */
  allow(positionMs: number, toMs: number): void {
    this.#positionMs = positionMs
    this.#allowMs = Math.max(this.#allowMs, toMs)
    if (this.#wish?.type !== 'play' || !this.#hello || this.#begun !== this.#id) return
    if (this.#allowMs < this.#allowedMs + ALLOW_STEP_MS) return
    this.#allowedMs = this.#allowMs
    this.#say({ type: 'more', toMs: Math.round(this.#allowMs) })
  }

  trim(beforeMs: number): void {
    const time = this.mediaTime(beforeMs)
    if (time === undefined || time <= 0) return
    this.frames.trim(time)
    this.#sink?.trim(time)
  }

  stop(): void {
    this.#stopped = true
    this.#generation++
    clearTimeout(this.#retry)
    this.#drop()
    this.#sink?.close()
  }

  #ask(wish: Wish): void {
    this.#wish = wish
    this.#answered = false
    this.#asked = true
    const hello = this.#hello
    if (hello && wish.atMs >= hello.fromMs && wish.atMs < hello.toMs) this.#command()
    else this.#connect()
  }

  #command(): void {
    const wish = this.#wish
    if (!wish) return
    this.#id++
    this.#allowedMs = 0
    this.#say({ type: wish.type, id: this.#id, atMs: Math.round(wish.atMs), ...(wish.keys ? { keys: true } : {}) })
  }

  #connect(): void {
    const wish = this.#wish
    if (this.#stopped || !wish) return
    const generation = ++this.#generation
    clearTimeout(this.#retry)
    this.#drop()
    if (this.#state.kind !== 'offline' && this.#state.kind !== 'busy' && !wish.goesOn) this.#set({ kind: 'loading' })
    this.#attempt++
    const lost = (code: string) => generation === this.#generation && this.#again(code)
    void this.#options
      .ticket(this.#options.interval(wish.atMs))
      .catch((): PlayTicketAnswer => ({ ok: false, code: 'MEDIA_UNAVAILABLE', final: false }))
      .then(answer => {
        if (generation !== this.#generation) return
        if (answer.ok) this.#open(answer.ticket, generation, lost)
        else if (answer.final) this.#set({ kind: 'refused', code: answer.code })
        else this.#again(answer.code)
      })
  }

  #open(ticket: PlayTicket, generation: number, lost: (code: string) => void): void {
    let socket: LiveSocket
    try {
      socket = this.#options.socket(ticket)
    } catch {
      lost('MEDIA_UNAVAILABLE')
      return
    }
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => socket.send(JSON.stringify({ ticket: ticket.ticket, codecs: this.#options.codecs }))
    socket.onclose = () => lost('MEDIA_UNAVAILABLE')
    socket.onmessage = ({ data }) => {
      if (generation !== this.#generation) return
      if (typeof data === 'string') this.#onWord(readPlayWord(data))
      else if (data instanceof ArrayBuffer) this.#onBytes(new Uint8Array(data))
    }
  }

  #onWord(word: PlayWord | undefined): void {
    if (!word) return
    if (word.type === 'hello') this.#onHello(word)
    else if (word.type === 'begin') this.#onBegin(word.id)
    else if (word.type === 'refused') this.#onBusy()
    else if (this.#begun !== this.#id) return
    else if (word.type === 'init') {
      this.#codec = word.codec
      this.#awaitsInit = true
      // Only a picture ends the count: a worker that says hello and goes is no help.
      this.#attempt = 0
      this.#set({ kind: 'ready', ...(word.made ? { transcoded: { height: word.height } } : {}) })
    } else if (word.type === 'gap') this.#addGap(word)
    else if (word.type === 'edge') this.#edgeMs = word.atMs
    else if (word.type === 'end') this.#onEnd(word.atMs)
    if (word.type === 'done' || word.type === 'gap' || word.type === 'end') this.#onAnswered()
  }

  #onHello(hello: Extract<PlayWord, { type: 'hello' }>): void {
    const wish = this.#wish
    this.#hello = hello
    if (!wish) return
    // The gateway may have opened less than was asked for.
    if (wish.atMs < hello.fromMs || wish.atMs >= hello.toMs) {
      this.#drop()
      this.#set({ kind: 'refused', code: 'RECORDING_CLOSED' })
      return
    }
    const shiftMs = hello.baseMs - (this.#baseMs ?? hello.baseMs)
    if (!this.#sink || this.#baseMs === undefined || shiftMs < -DAY_MS) this.#renew(hello.baseMs)
    if (this.#state.kind !== 'ready') this.#set({ kind: 'ready' })
    this.#command()
  }

  #renew(baseMs: number): void {
    this.#sink?.close()
    this.#baseMs = baseMs
    this.frames.clear()
    this.#sink = this.#options.sink(reason => this.#onTrouble(reason))
  }

  #onBegin(id: number): void {
    this.#begun = id
    if (id !== this.#id) return
    this.#asked = false
    this.#awaitsInit = false
    this.#edgeMs = undefined
    if (!this.#wish?.goesOn) {
      this.#gaps = []
      this.frames.clear(this.#wish && this.mediaTime(this.#wish.atMs))
      this.#sink?.clear()
    }
    this.allow(this.#positionMs, this.#allowMs)
  }

  #onBytes(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#begun !== this.#id || !this.#hello || this.#baseMs === undefined) return
    const shift = (this.#hello.baseMs - this.#baseMs) / 1_000
    if (this.#awaitsInit) {
      this.#awaitsInit = false
      this.#sink?.init(this.#codec, bytes, shift)
      return
    }
    this.#edgeMs = undefined
    this.frames.add(readFrames(bytes), shift)
    this.#sink?.push(bytes)
  }

  #addGap({ fromMs, toMs }: Interval): void {
    this.#edgeMs = undefined
    this.#gaps.push({ fromMs, toMs })
  }

  /** With a new ticket, from the end of what is buffered where the player stands in it, else from where it stands. */
  #goOn(): void {
    const wish = this.#wish
    if (wish?.type === 'play') {
      const last = this.frames.last()
      const goesOn = last !== undefined && this.at(this.#positionMs).kind === 'frame'
      this.#wish = { ...wish, atMs: goesOn ? last.wallMs : this.#positionMs, goesOn }
    }
    this.#connect()
  }

  /** The interval of the ticket is over: the next one is asked for while what is buffered still plays. */
  #onEnd(atMs: number): void {
    if (this.#wish?.type !== 'play') return
    this.#wish = { ...this.#wish, atMs, goesOn: true }
    this.#connect()
  }

  /** Asked again later by itself, and at once where somebody seeks. */
  #onBusy(): void {
    this.#generation++
    this.#drop()
    this.#set({ kind: 'busy' })
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#goOn(), BUSY_RETRY_MS * (0.8 + 0.4 * this.#options.random()))
  }

  #onAnswered(): void {
    this.#answered = true
    const next = this.#next
    this.#next = undefined
    if (next && this.#wish?.type === 'frame') this.#ask(next)
  }

  #onTrouble(reason: PlayTrouble): void {
    this.#sink = undefined
    if (reason === 'unsupported') {
      this.#generation++
      this.#drop()
      this.#set({ kind: 'unsupported', codec: this.#codec })
    } else {
      this.frames.clear()
      this.#again('MEDIA_UNAVAILABLE')
    }
  }

  #again(code: string): void {
    if (this.#stopped) return
    this.#generation++
    this.#drop()
    this.#set({ kind: 'offline', attempt: this.#attempt, code })
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#goOn(), backOffMs(this.#attempt, this.#options.random()))
  }

  #say(command: object): void {
    this.#socket?.send(JSON.stringify(command))
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#hello = undefined
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    try {
      socket.close()
    } catch {
      // A socket that cannot even be closed is forgotten all the same.
    }
  }

  #set(state: PlayState): void {
    this.#state = state
    if (!this.#stopped) this.#options.onState(state)
  }
}
