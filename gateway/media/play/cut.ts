/** Makes what a player is sent out of a recorded fragment: the picture track alone, on the player's time line, whole or its keyframe only. */
import { buildFragment, type Sample } from '../fmp4/fragment.ts'
import { TIMESCALE } from '../fmp4/init.ts'
import type { VideoFragment } from './boxes.ts'
import type { PlayTime } from './play-time.ts'

const TICKS_PER_MS = TIMESCALE / 1000

/** `sequence` rises from fragment to fragment; `wallMs` is what the index says where the file does not. */
export function wholeFragment(found: VideoFragment, time: PlayTime, sequence: number, wallMs: number): Buffer {
  const ticks = found.samples.reduce((sum, sample) => sum + sample.duration, 0)
  const wall = found.wallMs ?? wallMs
  return buildFragment({ sequence, baseTicks: time.place(wall, ticks), wallMs: wall }, found.samples)
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
