/** Makes what a player is sent out of a recorded fragment: the picture track, with the sound where it is wanted, on the player's time line, whole or its keyframe only. */
import type { AudioRun } from '../fmp4/audio-run.ts'
import { buildFragment, type Sample } from '../fmp4/fragment.ts'
import { TIMESCALE } from '../fmp4/init.ts'
import type { VideoFragment } from './boxes.ts'
import type { PlayTime } from './play-time.ts'
import type { SoundLine } from './sound-line.ts'

const TICKS_PER_MS = TIMESCALE / 1000

/** What of a file's sound goes with a fragment; its rate is told by the init segment. */
export interface PlaySound {
  readonly rate: number
  readonly run: AudioRun | undefined
  /** The file's init segment. */
  readonly init: Buffer
  /** Of the command that is being answered. */
  readonly line: SoundLine
}

/** `sequence` rises from fragment to fragment; `wallMs` is what the index says where the file does not. */
export function wholeFragment(
  found: VideoFragment,
  time: PlayTime,
  sequence: number,
  wallMs: number,
  sound?: PlaySound
): Buffer {
  const ticks = found.samples.reduce((sum, sample) => sum + sample.duration, 0)
  const wall = found.wallMs ?? wallMs
  const baseTicks = time.place(wall, ticks)
  return buildFragment(
    { sequence, baseTicks, wallMs: wall },
    found.samples,
    movedSound(sound, baseTicks - found.baseTicks)
  )
}

/** Onto the player's time line, by so many ticks of the picture. */
export function movedSound(sound: PlaySound | undefined, ticks: number): AudioRun | undefined {
  if (!sound?.run) return undefined
  const shift = Math.round((ticks * sound.rate) / TIMESCALE)
  const run = { ...sound.run, baseTicks: Math.max(0, sound.run.baseTicks + shift) }
  return sound.line.place(run, sound.init)
}

/** One picture that stands until the next one: `untilMs` is the wall clock of the next keyframe or of the gap before it. */
export function keyFragment(
  found: VideoFragment,
  time: PlayTime,
  sequence: number,
  wallMs: number,
  untilMs: number
): Buffer | undefined {
  const key: Sample | undefined = found.samples[0]
  if (!key?.key) return undefined
  const wall = found.wallMs ?? wallMs
  const duration = Math.max(key.duration, Math.round((untilMs - wall) * TICKS_PER_MS))
  return buildFragment({ sequence, baseTicks: time.place(wall, duration), wallMs: wall }, [{ ...key, duration }])
}
