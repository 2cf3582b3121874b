/** What is recorded of a camera, when and for how long; what the rooms, the workers and the catalogue say to each other about it. */

import type { CameraId, IncidentId } from './brand.ts'
import type { WeekSpan } from './schedule.ts'

export const RECORDING_MODES = ['preRoll', 'continuous', 'schedule', 'events'] as const
/** 仅预录 连续 按计划 按事件. */
export type RecordingMode = (typeof RECORDING_MODES)[number]

/** Why a segment was recorded. */
export type RecordingCause = 'continuous' | 'schedule' | 'event'

/** Public cameras are kept this long at least (GB/T 28181 practice, Counter-terrorism Law art. 32: 90 days where the place is a key target). */
export const PUBLIC_MIN_DAYS = 30

export type RecordingSpan = WeekSpan

/** The registry's wish for one camera; what is absent comes from the settings `media.recording`. */
export interface RecordingRow {
  readonly mode?: RecordingMode
  readonly stream?: 'main' | 'sub'
  /** Days kept. */
  readonly days?: number
  readonly schedule?: readonly RecordingSpan[]
  /** Motion is marked, and recorded in the mode `events`; default: of public cameras. */
  readonly motion?: boolean
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
  /**
   * Start of the newest segment of each stream that the catalogue has; later files were left by a crash and are repaired. Absent: the
   * catalogue cannot be asked yet, and nothing is repaired before it can.
   */
  readonly knownMs?: { readonly main: number; readonly sub: number }
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

/** Segments that follow so closely are one recording; a longer gap ends a segment in the recorder. */
export const JOINED_MS = 1000

export interface RecordingHealth {
  /** `stalled`: it should record, and for 5 s nothing has reached the disk, whatever the reason; `diskFull`: there is no room. */
  readonly state: 'off' | 'recording' | 'stalled' | 'diskFull'
  readonly sinceMs: number
  readonly mode: RecordingMode
}

/** Ids of the holds that stand by themselves while an incident is not closed begin so; no person has to release them. */
export const OPEN_INCIDENT_HOLD = 'open:'

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

/** Why a moment of a camera matters; what was recorded near an alarm outlives the rest when space is short. */
export interface RecordingMark {
  readonly cameraId: CameraId
  readonly atMs: number
  readonly kind: 'alarm' | 'motion' | 'input'
  /** What belongs to it: recordings that touch this interval are near an alarm. */
  readonly fromMs: number
  readonly toMs: number
  readonly incidentId?: IncidentId
  readonly label?: string
}

/** What there is of one stream. */
export interface RecordingUsage {
  readonly cameraId: CameraId
  readonly stream: 'main' | 'sub'
  readonly bytes: number
  readonly segments: number
  readonly oldestMs: number
  /** Start of the newest segment. */
  readonly newestMs: number
  /** Written within the last 24 h. */
  readonly dayBytes: number
}

/** What may be kept; beyond it the oldest goes that no hold covers, ordinary recordings before those near alarms. */
export interface RetentionRule {
  readonly nowMs: number
  /** Absent: a camera that nobody lists any more, kept for `otherDays`. */
  readonly days: readonly { readonly cameraId: CameraId; readonly days: number }[]
  readonly otherDays: number
  /** 0: as much as the disk takes. */
  readonly quotaBytes: number
  readonly minFreeBytes: number
}

/** What a sweep did and found; `more`: it stopped at its bound and wants to be called again. */
export interface SweepResult {
  readonly usedBytes: number
  readonly heldBytes: number
  readonly freeBytes: number
  readonly removed: number
  readonly removedForSpace: number
  readonly more: boolean
}

/** Files of one stream that lie on disk and are in no row. */
export interface StrayRecordings {
  readonly cameraId: CameraId
  readonly stream: 'main' | 'sub'
  readonly startsMs: readonly number[]
}

/** The catalogue of finished segments. Every write is durable when it resolves; all reject with STORE_FAILED when it cannot be. */
export interface RecordingStore {
  /** Only segments that are finished and synced: what the catalogue names is there. */
  put(segments: readonly RecordedSegment[]): Promise<void>
  /**
   * What overlaps the interval, both streams, oldest first; segments of one stream that follow one another are told as one, so that a month
   * is no work for who asks. At most 50,000 segments are looked at.
   */
  segments(cameraId: CameraId, fromMs: number, toMs: number): Promise<readonly RecordedSegment[]>
  usage(nowMs: number): Promise<readonly RecordingUsage[]>
  mark(mark: RecordingMark): Promise<void>
  marks(cameraId: CameraId, fromMs: number, toMs: number): Promise<readonly RecordingMark[]>
  /** A hold of the same id is replaced. */
  hold(hold: RecordingHold): Promise<void>
  release(id: string): Promise<void>
  holds(cameraId: CameraId): Promise<readonly RecordingHold[]>
  /** In one transaction: these are held from now on, and nothing else. */
  setHolds(holds: readonly RecordingHold[]): Promise<void>
  /**
   * A stretch of the disk compared with the rows, from `after` on, else from the beginning: files older than the newest segment of their
   * stream that no row names. `next`: where to go on; absent at the end.
   */
  strays(after?: string): Promise<{ readonly found: readonly StrayRecordings[]; readonly next?: string }>
  sweep(rule: RetentionRule): Promise<SweepResult>
  close(): Promise<void>
}

/** What is recorded of one camera between two times: GET /api/recordings/:cameraId?fromMs&toMs. What lies in no span is a gap. */
export interface RecordingTimeline {
  readonly cameraId: string
  readonly fromMs: number
  readonly toMs: number
  /** Ascending, without overlap. */
  readonly spans: readonly {
    readonly fromMs: number
    readonly toMs: number
    readonly cause: 'continuous' | 'schedule' | 'event'
    /** A legal hold keeps it whatever retention says. */
    readonly held?: boolean
  }[]
  readonly marks: readonly {
    readonly atMs: number
    readonly kind: 'alarm' | 'motion' | 'input'
    readonly incidentId?: IncidentId
    readonly label?: string
  }[]
  /** Start of the oldest recording there is; absent: nothing is recorded. */
  readonly oldestMs?: number
}

/** GET /api/recordings: what is kept of every camera and for how long it will do. Bytes as they lie on disk. */
export interface RecordingOverview {
  readonly usedBytes: number
  /** Kept by holds, whatever retention says. */
  readonly heldBytes: number
  readonly freeBytes: number
  /** What recordings may take at most: the quota, or what the disk has less what must stay free. */
  readonly capacityBytes: number
  readonly cameras: readonly {
    readonly cameraId: string
    readonly name: string
    readonly mode: RecordingMode
    readonly stream: 'main' | 'sub'
    readonly state: 'off' | 'recording' | 'stalled' | 'diskFull'
    readonly bytes: number
    readonly bytesPerDay: number
    /** Absent: nothing is recorded. */
    readonly oldestMs?: number
    readonly wantedDays: number
    /** Age of the oldest recording. */
    readonly keptDays: number
    /** For how many days the room will do; `wantedDays` at most. */
    readonly forecastDays: number
  }[]
}
