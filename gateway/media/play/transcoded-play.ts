/** H.265 recordings for a browser without H.265, command by command: fragments in, H.264 fragments at the same times out. */
import { type AudioRun, audioFragment } from '../fmp4/audio-run.ts'
import { buildFragment, type Sample } from '../fmp4/fragment.ts'
import { initSegment, TIMESCALE } from '../fmp4/init.ts'
import type { RunPicture, TranscodedRun } from '../transcode/transcoded-run.ts'
import type { PlaySeat } from '../transcode/transcodes.ts'
import type { VideoFragment } from './boxes.ts'
import type { Piece } from './cursor.ts'
import { movedSound, type PlaySound } from './cut.ts'
import { h265Sets, withSoundOf } from './init-parts.ts'
import type { PlayTime } from './play-time.ts'

type FragmentPiece = Extract<Piece, { kind: 'fragment' }>

export interface TranscodedPlayOptions {
  readonly seat: PlaySeat
  readonly time: PlayTime
  /** Keyframes only, each standing until the next one. */
  readonly keys: boolean
  readonly sequence: () => number
  readonly init: (init: Buffer, codec: string, width: number, height: number) => void
  readonly send: (fragment: Buffer) => void
}

const TICKS_PER_MS = TIMESCALE / 1000
const MAX_FPS = 60

/** `take` fragments without a gap between them, `finish` before anything else is told, `stop` at the end. */
export class TranscodedPlay {
  readonly #options: TranscodedPlayOptions
  #run: TranscodedRun | undefined
  /** The recording's init segment that the run was begun for. */
  #from: Buffer | undefined
  /** Sound that waits for the pictures beside it. */
  #sound: AudioRun[] = []
  #isStopped = false

  constructor(options: TranscodedPlayOptions) {
    this.#options = options
  }

  /** Resolves when there is room for more; false where the fragment is of no use. */
  async take(piece: FragmentPiece, found: VideoFragment, sound: PlaySound | undefined): Promise<boolean> {
    if (this.#from !== undefined && !this.#from.equals(piece.init)) await this.finish()
    const run = this.#run ?? this.#begin(piece, found, sound !== undefined)
    if (!run) return false
    const wallMs = found.wallMs ?? piece.fragment.startMs
    const key = this.#options.keys ? keyOf(found, wallMs, piece.groupEndMs) : found.samples
    const durations = key.reduce((sum, sample) => sum + sample.duration, 0)
    const baseTicks = this.#options.time.place(wallMs, durations)
    const moved = movedSound(sound, baseTicks - found.baseTicks)
    if (moved) this.#sound.push(moved)
    await run.write(timed(key, baseTicks, wallMs))
    return key.length > 0
  }

  /** Resolves when everything that was taken has been sent. */
  async finish(): Promise<void> {
    const run = this.#run
    this.#run = undefined
    this.#from = undefined
    try {
      await run?.finish()
    } finally {
      run?.kill()
    }
    for (const sound of this.#sound.splice(0)) this.#options.send(audioFragment(this.#options.sequence(), sound))
  }

  /** At any time; whoever waits goes on at once. */
  stop(): void {
    this.#isStopped = true
    this.#run?.kill()
    this.#run = undefined
  }

  /** A run begins with a keyframe: what was cut off from its own is of no use. */
  #begin(piece: FragmentPiece, found: VideoFragment, hasSound: boolean): TranscodedRun | undefined {
    const sets = h265Sets(piece.init)
    const [first] = found.samples
    if (!sets || !first?.key || this.#isStopped) return undefined
    const soundCodec = hasSound ? piece.index.codec.split(',')[1]?.trim() : undefined
    this.#from = piece.init
    this.#run = this.#options.seat.begin({
      sets,
      fps: Math.min(MAX_FPS, Math.max(1, TIMESCALE / Math.max(1, first.duration))),
      made: (pictures, config) => {
        const init = initSegment(config)
        if (soundCodec === undefined) this.#options.init(init, config.codec, config.width, config.height)
        else {
          const both = withSoundOf(init, piece.init)
          this.#options.init(both, `${config.codec},${soundCodec}`, config.width, config.height)
        }
        this.#made(pictures)
      }
    })
    return this.#run
  }

  #made(pictures: readonly RunPicture[]): void {
    const [first] = pictures
    if (!first) return
    const { sequence, send } = this.#options
    const samples = pictures.map(({ data, key, ticks, duration }, i): Sample => {
      const next = pictures[i + 1]
      return { data, key, cts: 0, duration: next ? Math.max(1, next.ticks - ticks) : duration }
    })
    const [sound, ...more] = this.#sound.splice(0)
    send(buildFragment({ sequence: sequence(), baseTicks: first.ticks, wallMs: first.wallMs }, samples, sound))
    for (const run of more) send(audioFragment(sequence(), run))
  }
}

/** The keyframe alone, standing until the wall clock of the next one or of the gap before it. */
function keyOf(found: VideoFragment, wallMs: number, untilMs: number): readonly Sample[] {
  const [key] = found.samples
  if (!key?.key) return []
  return [{ ...key, duration: Math.max(key.duration, Math.round((untilMs - wallMs) * TICKS_PER_MS)) }]
}

function timed(samples: readonly Sample[], baseTicks: number, wallMs: number): RunPicture[] {
  let decoded = 0
  return samples.map(({ data, key, cts, duration }) => {
    const shown = decoded + cts
    decoded += duration
    return { data, key, duration, ticks: baseTicks + shown, wallMs: wallMs + shown / TICKS_PER_MS }
  })
}
