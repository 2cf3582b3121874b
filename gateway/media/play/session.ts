/** One playback client: its commands, one at a time, the newest first; sent no faster than it allows and its line takes. */
import type { WebSocket } from 'ws'
import type { PlayRange } from '../../core/media.ts'
import type { Clock, Log } from '../../core/ports.ts'
import type { VideoCodec } from '../codec/config.ts'
import { AUDIO_TRACK, audioRateOf } from '../fmp4/audio-track.ts'
import type { RecordedMedia } from '../record/types.ts'
import type { PlaySeat, Transcodes } from '../transcode/transcodes.ts'
import { readAudioRun, readVideoFragment, type VideoFragment } from './boxes.ts'
import type { ReadBudget } from './budget.ts'
import { Cursor, type Piece } from './cursor.ts'
import { keyFragment, type PlaySound, wholeFragment } from './cut.ts'
import { videoInit } from './init-parts.ts'
import { baseOf, PlayTime } from './play-time.ts'
import { type PlayCommand, type PlayWord, readCommand } from './protocol.ts'
import { SoundLine } from './sound-line.ts'
import { TranscodedPlay } from './transcoded-play.ts'

type Line = Pick<WebSocket, 'OPEN' | 'readyState' | 'bufferedAmount' | 'send' | 'close'>

export interface PlaySessionOptions {
  readonly line: Line
  readonly media: RecordedMedia
  readonly range: PlayRange
  readonly budget: ReadBudget
  /** What the client's browser plays. */
  readonly plays: ReadonlySet<VideoCodec>
  readonly transcodes: Pick<Transcodes, 'seat'>
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
/** "Try again later" (RFC 6455 registry). */
const CLOSE_BUSY = 1013

type Ask = Exclude<PlayCommand, { type: 'more' }>
type FragmentPiece = Extract<Piece, { kind: 'fragment' }>

/** What answers one command. */
interface Answer {
  readonly ask: Ask
  readonly time: PlayTime
  readonly line: SoundLine
  pictures: number
  /** Only where the recording is of a codec that the client does not play. */
  transcoded?: TranscodedPlay
}

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
  /** Kept from the first picture that needs it to the end: who searches back and forth does not lose it to another. */
  #seat: PlaySeat | undefined
  #answer: Answer | undefined

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
    this.#answer?.transcoded?.stop()
    this.#seat?.release()
    this.#seat = undefined
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
    this.#answer?.transcoded?.stop()
    // One file at a time: the run before ends at its next step.
    this.#running = this.#running.then(() => this.#run(ask, generation)).catch(error => this.#failed(error))
  }

  async #run(ask: Ask, generation: number): Promise<void> {
    if (this.#isOver(generation)) return
    const { media, range, clock, budget } = this.#options
    const cursor = new Cursor({ media, range, atMs: ask.atMs, keysOnly: ask.keys, now: () => clock.now() })
    const time = new PlayTime(this.#baseMs)
    const answer: Answer = { ask, time, line: new SoundLine(), pictures: 0 }
    this.#answer = answer
    this.#sentInit = undefined
    this.#say({ type: 'begin', id: ask.id })
    try {
      while (await this.#mayGoOn(ask, cursor, generation)) {
        const piece = await cursor.next()
        if (piece.kind === 'fragment') await budget.take(piece.bytes.length)
        if (this.#isOver(generation)) return
        const isAnswered = await this.#tell(piece, answer)
        if (isAnswered || this.#isOver(generation)) return
        if (piece.kind === 'edge') await this.#pause(EDGE_POLL_MS)
      }
    } finally {
      answer.transcoded?.stop()
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
  async #tell(piece: Piece, answer: Answer): Promise<boolean> {
    const { ask } = answer
    const { id } = ask
    if (piece.kind === 'fragment') return this.#fragment(piece, answer)
    // Nothing newer is written: what the transcoder holds back comes out with what follows.
    if (piece.kind !== 'edge' || ask.type === 'frame') await answer.transcoded?.finish()
    if (piece.kind === 'end') this.#say({ type: 'end', id, atMs: piece.atMs })
    else if (piece.kind === 'edge') this.#say({ type: 'edge', id, atMs: piece.atMs })
    else this.#say({ type: 'gap', id, fromMs: piece.fromMs, toMs: piece.toMs })
    if (piece.kind !== 'end' && ask.type === 'frame') this.#say({ type: 'done', id })
    return piece.kind === 'end' || ask.type === 'frame'
  }

  async #fragment(piece: FragmentPiece, answer: Answer): Promise<boolean> {
    const { ask } = answer
    // A frame command is answered with one group: the next keyframe ends it.
    const whole = ask.type === 'frame' && answer.pictures > 0 && piece.fragment.key
    if (!whole && (await this.#send(piece, answer))) answer.pictures++
    const done = ask.type === 'frame' && (whole || (ask.keys && answer.pictures > 0))
    if (done) await answer.transcoded?.finish()
    if (done && !this.#closed) this.#say({ type: 'done', id: ask.id })
    return done || this.#closed
  }

  /** True when there is a picture in it. */
  async #send(piece: FragmentPiece, answer: Answer): Promise<boolean> {
    const { ask, time } = answer
    const { fragment, index } = piece
    const init = videoInit(piece.init)
    const found = init && readVideoFragment(piece.bytes, init.trackId)
    if (!found) return false
    const sound = this.#soundOf(piece, answer)
    if (isH265(index.codec) && !this.#options.plays.has('h265')) return this.#transcode(piece, found, answer, sound)
    await answer.transcoded?.finish()
    const bytes = ask.keys
      ? keyFragment(found, time, this.#sequence++, fragment.startMs, piece.groupEndMs)
      : wholeFragment(found, time, this.#sequence++, fragment.startMs, sound)
    if (!bytes) return false
    const [sent, codec] = sound ? [piece.init, index.codec] : [init.bytes, index.codec.split(',')[0] ?? '']
    this.#sendInit(sent, { codec: codec.trim(), width: index.width, height: index.height })
    this.#sendBytes(bytes)
    return true
  }

  async #transcode(
    piece: FragmentPiece,
    found: VideoFragment,
    answer: Answer,
    sound: PlaySound | undefined
  ): Promise<boolean> {
    this.#seat ??= this.#options.plays.has('h264') ? this.#options.transcodes.seat() : undefined
    if (!this.#seat) {
      this.#say({ type: 'refused', reason: 'transcodeBusy' })
      this.close()
      this.#options.line.close(CLOSE_BUSY, 'transcoding is full')
      return false
    }
    answer.transcoded ??= new TranscodedPlay({
      seat: this.#seat,
      time: answer.time,
      keys: answer.ask.keys,
      sequence: () => this.#sequence++,
      init: (init, codec, width, height) => this.#sendInit(init, { codec, width, height, made: 'transcoded' }),
      send: bytes => this.#sendBytes(bytes)
    })
    return answer.transcoded.take(piece, found, sound)
  }

  /** Only for who asked for it, on record, and plays: single pictures and keyframes have none. */
  #soundOf({ init, bytes }: FragmentPiece, { ask, line }: Answer): PlaySound | undefined {
    if (this.#options.range.audio !== true || ask.keys || ask.type === 'frame') return undefined
    const rate = audioRateOf(init)
    return rate === undefined ? undefined : { rate, run: readAudioRun(bytes, AUDIO_TRACK), init, line }
  }

  /** Again only where it has changed. */
  #sendInit(init: Buffer, told: Omit<Extract<PlayWord, { type: 'init' }>, 'type'>): void {
    if (this.#sentInit?.equals(init)) return
    this.#sentInit = init
    this.#say({ type: 'init', ...told })
    this.#sendBytes(init)
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

  #sendBytes(bytes: Buffer): void {
    const { line } = this.#options
    if (line.readyState === line.OPEN) line.send(bytes, { binary: true })
  }
}

function isH265(codec: string): boolean {
  return /^h[ev][cv]1/.test(codec)
}
