/** What is recorded of a camera, when and for how long; what the rooms, the workers and the catalogue say to each other about it. */
import type { CameraId, IncidentId } from './brand.ts'

export const RECORDING_MODES = ['preRoll', 'continuous', 'schedule', 'events'] as const
/** 仅预录 连续 按计划 按事件. */
export type RecordingMode = (typeof RECORDING_MODES)[number]

/** Why a segment was recorded. */
export type RecordingCause = 'continuous' | 'schedule' | 'event'

/** Public cameras are kept this long at least (GB/T 28181 practice, Counter-terrorism Law art. 32: 90 days where the place is a key target). */
export const PUBLIC_MIN_DAYS = 30

/** A weekly span in the site's time zone; `from` after `to` runs over midnight into the next day. */
export interface RecordingSpan {
  /** 1 Monday … 7 Sunday; the day on which it begins. */
  readonly days: readonly number[]
  /** `HH:MM`. */
  readonly from: string
  /** `HH:MM`; `24:00` is the end of the day. */
  readonly to: string
}

/** The registry's wish for one camera; what is absent comes from the settings `media.recording`. */
export interface RecordingRow {
  readonly mode?: RecordingMode
  readonly stream?: 'main' | 'sub'
  /** Days kept. */
  readonly days?: number
  readonly schedule?: readonly RecordingSpan[]
}

/** What a worker has to record of a camera from now on. */
export interface RecordingOrder {
  readonly cameraId: CameraId
  readonly mode: RecordingMode
  readonly stream: 'main' | 'sub'
  /** Absent: nothing now. */
  readonly cause?: RecordingCause
  /** Begin with what memory holds since then (UTC ms), else now. */
  readonly fromMs?: number
  /** The disk has no room: ordered, but nothing is written. */
  readonly diskFull?: boolean
  /** Start of the newest segment of each stream that the catalogue has; later files were left by a crash and are repaired. */
  readonly knownMs: { readonly main: number; readonly sub: number }
}

/** One file of recorded media, found by camera, stream and start. */
export interface RecordedSegment {
  readonly cameraId: CameraId
  readonly stream: 'main' | 'sub'
  readonly startMs: number
  readonly endMs: number
  /** Of the media file. */
  readonly bytes: number
  readonly cause: RecordingCause
  /** Still being written: the catalogue names it when it is finished and synced. */
  readonly open: boolean
}

export interface RecordingHealth {
  /** `stalled`: it should record, and for 5 s nothing has reached the disk, whatever the reason; `diskFull`: there is no room. */
  readonly state: 'off' | 'recording' | 'stalled' | 'diskFull'
  readonly sinceMs: number
  readonly mode: RecordingMode
}

/** Nothing recorded of this camera between the times is deleted while it stands. */
export interface RecordingHold {
  readonly id: string
  readonly cameraId: CameraId
  readonly fromMs: number
  readonly toMs: number
  readonly reason: string
  readonly incidentId?: IncidentId
}

/** The media file of a segment below its camera's and stream's folder: `20261128/1795842714000.mp4`, the day in UTC. */
export function segmentFile(startMs: number): string {
  return `${new Date(startMs).toISOString().slice(0, 10).replaceAll('-', '')}/${startMs}.mp4`
}
