/** The strip under the alarm place: which camera has recorded what around the alarm, as fractions of the time shown. Pure. */
import type { Incident } from '../../../../gateway/core/incident.ts'
import { codesOf } from '../../ui/same-name.ts'

export interface StripRow {
  readonly cameraId: string
  readonly name: string
  /** Of two cameras of one name. */
  readonly code: string | undefined
  /** Recorded interval, 0 … 1 of the strip. */
  readonly from: number
  readonly to: number
  /** Still being written. */
  readonly growing: boolean
  /** Missing media inside, ms. */
  readonly gapMs: number
}

export interface Strip {
  readonly startMs: number
  readonly endMs: number
  readonly rows: readonly StripRow[]
  /** Where the alarm and its presses are, 0 … 1. */
  readonly presses: readonly { readonly at: number; readonly atMs: number }[]
  /** Where now is while something is still written, 0 … 1. */
  readonly now: number | undefined
}

/** Undefined while no clip is asked for. A clip that is being written ends now, at the latest where it was asked to end. */
export function stripOf(incident: Incident, nowMs: number): Strip | undefined {
  const clips = incident.evidence.filter(item => item.kind === 'clip' && item.state !== 'failed')
  if (clips.length === 0) return undefined
  const startMs = Math.min(...clips.map(clip => clip.actualFromMs ?? clip.requestedFromMs))
  const endMs = Math.max(startMs + 1_000, ...clips.map(clip => clip.actualToMs ?? clip.requestedToMs))
  const fraction = (atMs: number) => Math.min(1, Math.max(0, (atMs - startMs) / (endMs - startMs)))
  const codeOf = codesOf(clips)
  const growing = clips.some(clip => clip.state === 'recording')
  return {
    startMs,
    endMs,
    rows: clips.map(clip => ({
      cameraId: clip.cameraId,
      name: clip.cameraName,
      code: codeOf(clip),
      from: fraction(clip.actualFromMs ?? clip.requestedFromMs),
      to: fraction(clip.actualToMs ?? Math.min(nowMs, clip.requestedToMs)),
      growing: clip.state === 'recording',
      gapMs: clip.gapMs ?? 0
    })),
    presses: incident.pressTimesMs
      .filter(atMs => atMs >= startMs && atMs <= endMs)
      .map(atMs => ({ at: fraction(atMs), atMs })),
    now: growing && nowMs < endMs ? fraction(nowMs) : undefined
  }
}
