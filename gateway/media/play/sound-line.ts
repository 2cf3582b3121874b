/** The sound of one command of playback on the player's time line, whole frames end to end: where a file ends, less than a frame is in neither. */
import type { AudioFormat } from '../audio/format.ts'
import { frameMakerOf } from '../audio/frames.ts'
import type { AudioRun } from '../fmp4/audio-run.ts'
import { audioFormatIn } from '../fmp4/audio-track.ts'

/** More than this is missing in the recording, and stays a hole. */
const MAX_SILENCE_S = 2
/** More than this was recorded twice, as by a clock that was set back: the later one counts. */
const MAX_OVERLAP_S = 0.2

/** A player stands still at a hole of one of two tracks. What is missing is silence; up to half a frame moves the sound of this file instead. */
export class SoundLine {
  #endTicks = 0
  /** What the sound before was. */
  #before: string | undefined

  /** `run` lies where its own file says; `init` is that file's init segment. Undefined where all of it was sent already. */
  place(run: AudioRun, init: Buffer): AudioRun | undefined {
    const format = audioFormatIn(init, run.blockTicks)
    const kind = format && `${format.codec} ${format.rate} ${format.channels} ${format.blockTicks}`
    const placed = format && kind === this.#before ? this.#joined(run, format) : run
    if (placed.frames.length === 0) return undefined
    this.#before = kind
    this.#endTicks = placed.baseTicks + placed.frames.length * placed.blockTicks
    return placed
  }

  #joined(run: AudioRun, format: AudioFormat): AudioRun {
    const { blockTicks } = run
    const missing = Math.round((run.baseTicks - this.#endTicks) / blockTicks)
    const missingS = (missing * blockTicks) / format.rate
    if (missingS > MAX_SILENCE_S || missingS < -MAX_OVERLAP_S) return run
    const frames = missing > 0 ? [...silence(missing, format), ...run.frames] : run.frames.slice(-missing)
    return { blockTicks, baseTicks: this.#endTicks, frames }
  }
}

function silence(count: number, format: AudioFormat): readonly Buffer[] {
  const frames = frameMakerOf(format)
  frames.limit(count * format.blockTicks)
  frames.silence(count * format.blockTicks)
  return frames.run()?.frames ?? []
}
