/** One playback client: its commands, one at a time, the newest first; sent no faster than it allows and its line takes. */
import type { WebSocket } from 'ws'
import type { PlayRange } from '../../core/media.ts'
import type { Clock, Log } from '../../core/ports.ts'
import { AUDIO_TRACK, audioRateOf } from '../fmp4/audio-track.ts'
import type { RecordedMedia } from '../record/types.ts'
import { readAudioRun, readVideoFragment, videoInit } from './boxes.ts'
import type { ReadBudget } from './budget.ts'
import { Cursor, type Piece } from './cursor.ts'
import { keyFragment, type PlaySound, wholeFragment } from './cut.ts'
import { baseOf, PlayTime } from './play-time.ts'
import { type PlayCommand, type PlayWord, readCommand } from './protocol.ts'

type Line = Pick<WebSocket, 'OPEN' | 'readyState' | 'bufferedAmount' | 'send' | 'close'>

export interface PlaySessionOptions {
  readonly line: Line
  readonly media: RecordedMedia
  readonly range: PlayRange
  readonly budget: ReadBudget
  readonly clock: Clock
  readonly log: Log
}

/** So much may wait in front of a slow line. */
export const MAX_WAITING_BYTES = 4 * 1024 * 1024
const LINE_POLL_MS = 20
/** The newest second is on disk within a fragment of it being filmed; asking more often shows nothing newer. */
const EDGE_POLL_MS = 250
/** Commands in a second: a drag of the scrubber makes 30. */
const MAX_COMMANDS = 200
const CLOSE_INVALID = 4400

type Ask = Exclude<PlayCommand, { type: 'more' }>

/** `take` every text of the client; `close` when the socket has gone. */
export class PlaySession {
  readonly #options: PlaySessionOptions
  readonly #baseMs: number
  #closed = false
  /** Rises with every command; a run that is not of the newest one ends. */
  #generation = 0
  #running: Promise<void> = Promise.resolve()
  #allowedMs = 0
  #wake = (): void => undefined
  #sentInit: Buffer | undefined
  #sequence = 1
  #commands = 0
  #commandsSinceMs = 0

  constructor(options: PlaySessionOptions) {
    this.#options = options
    this.#baseMs = baseOf(options.range.fromMs)
    const { fromMs, toMs } = options.range
    this.#say({ type: 'hello', baseMs: this.#baseMs, fromMs, toMs })
  }

  take(text: string): void {
    const command = this.#tooMany() ? undefined : readCommand(text)
    if (!command) {
      this.close()
      this.#options.line.close(CLOSE_INVALID, 'not a command')
      return
    }
    if (command.type === 'more') this.#allowedMs = Math.max(this.#allowedMs, command.toMs)
    else this.#begin(command)
    this.#wake()
  }

  close(): void {
    this.#closed = true
    this.#generation++
    this.#wake()
  }

  #tooMany(): boolean {
    const now = this.#options.clock.now()
    if (Math.abs(now - this.#commandsSinceMs) >= 1000) {
      this.#commandsSinceMs = now
      this.#commands = 0
    }
    return ++this.#commands > MAX_COMMANDS
  }

  #begin(ask: Ask): void {
    const generation = ++this.#generation
    this.#allowedMs = 0
    // One file at a time: the run before ends at its next step.
    this.#running = this.#running.then(() => this.#run(ask, generation)).catch(error => this.#failed(error))
  }

  async #run(ask: Ask, generation: number): Promise<void> {
    if (this.#isOver(generation)) return
    const { media, range, clock, budget } = this.#options
    const cursor = new Cursor({ media, range, atMs: ask.atMs, keysOnly: ask.keys, now: () => clock.now() })
    const time = new PlayTime(this.#baseMs)
    const answer = { ask, time, pictures: 0 }
    this.#sentInit = undefined
    this.#say({ type: 'begin', id: ask.id })
    try {
      while (await this.#mayGoOn(ask, cursor, generation)) {
        const piece = await cursor.next()
        if (piece.kind === 'fragment') await budget.take(piece.bytes.length)
        if (this.#isOver(generation) || this.#tell(piece, answer)) return
        if (piece.kind === 'edge') await this.#pause(EDGE_POLL_MS)
      }
    } finally {
      await cursor.close()
    }
  }

  /** Waits for the client's allowance and for room on its line; false when a newer command has come. */
  async #mayGoOn(ask: Ask, cursor: Cursor, generation: number): Promise<boolean> {
    const { line, range } = this.#options
    while (!this.#isOver(generation)) {
      const full = line.bufferedAmount > MAX_WAITING_BYTES
      const allowed = ask.type === 'frame' || cursor.atMs < this.#allowedMs || cursor.atMs >= range.toMs
      if (!full && allowed) return true
      await this.#pause(full ? LINE_POLL_MS : undefined)
    }
    return false
  }

  /** Sends one piece; true when the command is answered. */
  #tell(piece: Piece, answer: { readonly ask: Ask; readonly time: PlayTime; pictures: number }): boolean {
    const { ask } = answer
    const { id } = ask
    switch (piece.kind) {
      case 'fragment':
        return this.#fragment(piece, answer)
      case 'gap':
        this.#say({ type: 'gap', id, fromMs: piece.fromMs, toMs: piece.toMs })
        break
      case 'edge':
        this.#say({ type: 'edge', id, atMs: piece.atMs })
        break
      case 'end':
        this.#say({ type: 'end', id, atMs: piece.atMs })
        return true
    }
    if (ask.type === 'frame') this.#say({ type: 'done', id })
    return ask.type === 'frame'
  }

  #fragment(
    piece: Extract<Piece, { kind: 'fragment' }>,
    answer: { readonly ask: Ask; readonly time: PlayTime; pictures: number }
  ): boolean {
    const { ask, time } = answer
    const { fragment, index } = piece
    // A frame command is answered with one group: the next keyframe ends it.
    const whole = ask.type === 'frame' && answer.pictures > 0 && fragment.key
    const init = videoInit(piece.init)
    const found = !whole && init && readVideoFragment(piece.bytes, init.trackId)
    const sound = this.#soundOf(piece, ask)
    const bytes =
      found &&
      (ask.keys
        ? keyFragment(found, time, this.#sequence++, fragment.startMs, piece.groupEndMs)
        : wholeFragment(found, time, this.#sequence++, fragment.startMs, sound))
    if (init && bytes) {
      answer.pictures++
      const [sent, codec] = sound ? [piece.init, index.codec] : [init.bytes, index.codec.split(',')[0] ?? '']
      if (!this.#sentInit?.equals(sent)) this.#sendInit(sent, codec.trim(), index.width, index.height)
      this.#send(bytes)
    }
    const done = ask.type === 'frame' && (whole || (ask.keys && answer.pictures > 0))
    if (done) this.#say({ type: 'done', id: ask.id })
    return done
  }

  /** Only for who asked for it, on record, and plays: single pictures and keyframes have none. */
  #soundOf(piece: Extract<Piece, { kind: 'fragment' }>, ask: Ask): PlaySound | undefined {
    if (this.#options.range.audio !== true || ask.keys || ask.type === 'frame') return undefined
    const rate = audioRateOf(piece.init)
    return rate === undefined ? undefined : { rate, run: readAudioRun(piece.bytes, AUDIO_TRACK) }
  }

  #sendInit(init: Buffer, codec: string, width: number, height: number): void {
    this.#sentInit = init
    this.#say({ type: 'init', codec, width, height })
    this.#send(init)
  }

  #isOver(generation: number): boolean {
    return this.#closed || generation !== this.#generation
  }

  /** Until something changes, or `ms` at most. */
  #pause(ms: number | undefined): Promise<void> {
    return new Promise(resolve => {
      const cancel = ms === undefined ? undefined : this.#options.clock.after(ms, () => done())
      const done = (): void => {
        cancel?.()
        this.#wake = () => undefined
        resolve()
      }
      this.#wake = done
    })
  }

  #failed(error: unknown): void {
    if (this.#closed) return
    this.#options.log.error({ err: String(error), cameraId: this.#options.range.cameraId }, 'playback failed')
    this.close()
    this.#options.line.close(1011, 'playback failed')
  }

  #say(word: PlayWord): void {
    if (this.#options.line.readyState === this.#options.line.OPEN) this.#options.line.send(JSON.stringify(word))
  }

  #send(bytes: Buffer): void {
    const { line } = this.#options
    if (line.readyState === line.OPEN) line.send(bytes, { binary: true })
  }
}
