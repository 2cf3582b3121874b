/** One live picture, or the sound of one: ticket, WebSocket to the video worker, sink; reconnects for ever with back-off until stopped, and says what it sees. */
import type { Ticket } from '../../../gateway/core/wire.ts'
import type { LiveMade, LiveState } from './live-state.ts'
import type { Sink, SinkTrouble } from './mse-sink.ts'
import {
  BUSY_RETRY_MS,
  backOffMs,
  REFUSED_RETRY_MS,
  readWorkerMessage,
  SILENCE_MS,
  STALE_AFTER_MS,
  STALE_SILENCE_MS
} from './policy.ts'

/** The part of a WebSocket that the session uses. */
export interface LiveSocket {
  binaryType: BinaryType
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: (() => void) | null
  send(data: string): void
  close(): void
}

/** A ticket, or why there is none; `final` is a refusal, everything else is worth trying again soon. */
export type TicketAnswer =
  | { readonly ok: true; readonly ticket: Ticket }
  | { readonly ok: false; readonly code: string; readonly final: boolean }

export interface LiveSessionOptions {
  readonly ticket: () => Promise<TicketAnswer>
  readonly socket: (ticket: Ticket) => LiveSocket
  /** What this browser plays, of `h264` and `h265`. */
  readonly codecs: readonly string[]
  readonly sink: (trouble: (reason: SinkTrouble) => void) => Sink
  readonly onState: (state: LiveState) => void
  /** Browser time, UTC ms. */
  readonly now: () => number
  readonly random: () => number
}

const TICK_MS = 250
/** A connection that has shown pictures for so long has mended what was wrong. */
const STEADY_MS = 5_000

/** Call `start` once; `stop` ends it for good. No method throws. */
export class LiveSession {
  readonly #options: LiveSessionOptions
  #state: LiveState = { kind: 'paused' }
  #attempt = 0
  #stopped = true
  #generation = 0
  #socket: LiveSocket | undefined
  #sink: Sink | undefined
  #codec: string | undefined
  #height = 0
  #made: LiveMade | undefined
  #keysOnly = false
  #isOpen = false
  #awaitsInit = false
  #retry: ReturnType<typeof setTimeout> | undefined
  #ticker: ReturnType<typeof setInterval> | undefined
  #lastFrameMs = 0
  #lastWordMs = 0
  #openedMs = 0
  #toldStale = false

  constructor(options: LiveSessionOptions) {
    this.#options = options
  }

  start(): void {
    if (!this.#stopped) return
    this.#stopped = false
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
    void this.#connect()
  }

  stop(): void {
    this.#stopped = true
    this.#generation++
    clearInterval(this.#ticker)
    clearTimeout(this.#retry)
    this.#drop()
    this.#sink?.close()
    this.#sink = undefined
  }

  /** True while nobody can see the picture: keyframes only, and no word about its age. */
  setHidden(hidden: boolean): void {
    if (hidden === this.#keysOnly) return
    this.#keysOnly = hidden
    this.#lastWordMs = this.#options.now()
    if (this.#isOpen) this.#sayMode()
  }

  /** What was refused may be open now. */
  askAgain(): void {
    if (!this.#stopped && this.#state.kind === 'refused') void this.#connect()
  }

  async #connect(): Promise<void> {
    const generation = ++this.#generation
    this.#attempt++
    if (this.#shown()) this.#stale(undefined)
    // What was answered stands until the next answer: whoever writes a reason into it must not lose the words.
    else if (this.#state.kind !== 'busy' && this.#state.kind !== 'refused')
      this.#set({ kind: 'loading', attempt: this.#attempt })
    const answer = await this.#options
      .ticket()
      .catch((): TicketAnswer => ({ ok: false, code: 'MEDIA_UNAVAILABLE', final: false }))
    if (generation !== this.#generation) return
    if (!answer.ok) {
      this.#refused(answer.code, answer.final)
      return
    }
    try {
      this.#open(answer.ticket, generation)
    } catch {
      this.#again('MEDIA_UNAVAILABLE')
    }
  }

  #open(ticket: Ticket, generation: number): void {
    const socket = this.#options.socket(ticket)
    this.#socket = socket
    this.#openedMs = this.#options.now()
    this.#lastWordMs = this.#openedMs
    this.#awaitsInit = false
    this.#toldStale = false
    socket.binaryType = 'arraybuffer'
    this.#made = undefined
    socket.onopen = () => {
      socket.send(JSON.stringify({ ticket: ticket.ticket, codecs: this.#options.codecs }))
      this.#isOpen = true
      if (this.#keysOnly) this.#sayMode()
    }
    socket.onmessage = event => {
      if (generation === this.#generation) this.#onMessage(event.data)
    }
    socket.onclose = () => {
      if (generation === this.#generation) this.#again('MEDIA_UNAVAILABLE')
    }
  }

  #onMessage(data: unknown): void {
    this.#lastWordMs = this.#options.now()
    if (typeof data === 'string') this.#onText(data)
    else if (data instanceof ArrayBuffer) this.#onBytes(new Uint8Array(data))
  }

  #onText(text: string): void {
    const message = readWorkerMessage(text)
    switch (message?.type) {
      case 'init':
        this.#codec = message.codec
        this.#height = message.height
        this.#awaitsInit = true
        break
      case 'source':
        this.#made = message.made
        break
      case 'refused':
        this.#busy()
        break
      case 'stale':
        this.#toldStale = true
        this.#stale(message.lastFrameAtMs || undefined)
        break
      case 'noSound':
        this.#toldStale = true
        this.#set({ kind: 'noSound' })
        break
      case 'end':
        this.#again(message.reason || 'MEDIA_UNAVAILABLE')
        break
      case 'answer':
      case 'live':
      case undefined:
        // An answer is for the socket; 'live' is drawn when the next frame proves it; unknown text is a newer worker's and harms nothing.
        break
    }
  }

  #onBytes(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#codec === undefined) return
    if (this.#awaitsInit) {
      this.#awaitsInit = false
      this.#sink ??= this.#options.sink(reason => this.#onTrouble(reason))
      this.#sink.init(this.#codec, bytes)
      return
    }
    if (!this.#sink) return
    const now = this.#options.now()
    // After the first one ever, a picture that goes again at once is no end of the trouble: the count goes on, and so do the pauses.
    if (this.#lastFrameMs === 0 || now - this.#openedMs >= STEADY_MS) this.#attempt = 0
    this.#lastFrameMs = now
    this.#toldStale = false
    this.#sink.push(bytes)
    if (this.#sink) this.#live()
  }

  #live(): void {
    const before = this.#state
    const made = this.#made && { made: this.#made, height: this.#height }
    if (before.kind === 'live' && before.made === made?.made && (!made || before.height === made.height)) return
    this.#set({ kind: 'live', ...made })
  }

  #onTrouble(reason: SinkTrouble): void {
    this.#sink = undefined
    if (reason === 'unsupported') {
      this.#drop()
      this.#set({ kind: 'unsupported', codec: this.#codec ?? '' })
      this.#later(REFUSED_RETRY_MS)
    } else this.#again('MEDIA_UNAVAILABLE')
  }

  #tick(): void {
    this.#sink?.tick()
    const now = this.#options.now()
    const late = now - this.#lastFrameMs > STALE_AFTER_MS
    if (this.#state.kind === 'live' && late && !this.#keysOnly) this.#stale(undefined)
    const silenceMs = this.#toldStale || this.#keysOnly ? STALE_SILENCE_MS : SILENCE_MS
    if (this.#socket && now - this.#lastWordMs > silenceMs) this.#again('MEDIA_UNAVAILABLE')
  }

  #stale(lastFrameAtMs: number | undefined): void {
    const before = this.#state
    const told = lastFrameAtMs ?? (before.kind === 'stale' ? before.lastFrameAtMs : undefined)
    // While our own connection stands nobody counts: it is the gateway that tries the camera again.
    const attempt = this.#toldStale ? 0 : this.#attempt
    if (this.#lastFrameMs === 0) this.#set({ kind: 'offline', attempt, code: 'MEDIA_UNAVAILABLE' })
    else this.#set({ kind: 'stale', sinceMs: this.#lastFrameMs, lastFrameAtMs: told, attempt })
  }

  #refused(code: string, final: boolean): void {
    if (!final) {
      this.#again(code)
      return
    }
    this.#drop()
    this.#sink?.close()
    this.#sink = undefined
    this.#lastFrameMs = 0
    this.#set({ kind: 'refused', code })
    // Every look is on record: what an incident or a reason opens is asked for again when there is one.
    if (code !== 'CAMERA_CLOSED') this.#later(REFUSED_RETRY_MS)
  }

  #sayMode(): void {
    this.#socket?.send(JSON.stringify({ type: 'mode', value: this.#keysOnly ? 'keys' : 'all' }))
  }

  /** The gateway transcodes as much as it may already. */
  #busy(): void {
    this.#generation++
    this.#drop()
    this.#sink?.close()
    this.#sink = undefined
    this.#lastFrameMs = 0
    this.#set({ kind: 'busy' })
    this.#later(BUSY_RETRY_MS * (0.8 + 0.4 * this.#options.random()))
  }

  #again(code: string): void {
    if (this.#stopped) return
    this.#generation++
    this.#drop()
    if (this.#shown()) this.#stale(undefined)
    else this.#set({ kind: 'offline', attempt: this.#attempt, code })
    this.#later(backOffMs(Math.max(1, this.#attempt), this.#options.random()))
  }

  #later(ms: number): void {
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.#connect(), ms)
  }

  /** Closes the socket and forgets its callbacks; the sink stays, so that the last frame stays on screen. */
  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#isOpen = false
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    try {
      socket.close()
    } catch {
      // A socket that cannot even be closed is forgotten all the same.
    }
  }

  #shown(): boolean {
    return this.#state.kind === 'live' || this.#state.kind === 'stale'
  }

  #set(state: LiveState): void {
    this.#state = state
    if (!this.#stopped) this.#options.onState(state)
  }
}
