/** The health of cameras in words that worker, judge and console share: what is measured, what is wrong, what a day was like. */
import type { CameraId } from './brand.ts'

export const CAMERA_CAUSES = [
  'noFrame',
  'unauthorized',
  'videoLoss',
  'black',
  'covered',
  'white',
  'frozenPicture',
  'tampered',
  'noKeyframe',
  'frozenClock',
  'notRecording',
  'loss',
  'reconnects',
  'bitrateLow',
  'bitrateHigh',
  'formatChanged',
  'clockOffset'
] as const
/** What can be wrong with a camera, gravest first; each is a trouble of its own. */
export type CameraCause = (typeof CAMERA_CAUSES)[number]

/** With one of these nobody sees what happens in front of the camera: the seconds count as not available. */
export const BLINDING: ReadonlySet<CameraCause> = new Set([
  'noFrame',
  'unauthorized',
  'videoLoss',
  'black',
  'covered',
  'white',
  'frozenPicture'
])

/** What a camera says of itself by its own analytics; undefined: it never spoke of it. */
export type CameraClaims = Readonly<Partial<Record<'tampered' | 'videoLoss', boolean>>>

export const PICTURE_VERDICTS = ['ok', 'black', 'white', 'covered', 'frozenPicture'] as const
/** What a tiny grey copy of a keyframe shows: brightness and change only, never what or who is in it. */
export type PictureVerdict = (typeof PICTURE_VERDICTS)[number]

/** The newest check of a picture. */
export interface PictureSign {
  readonly atMs: number
  readonly verdict: PictureVerdict
  /** Checks in a row with this verdict, 1,000 at most. */
  readonly run: number
  /** Time between this check and the one before: what the budget really gives. */
  readonly everyMs?: number
  /** Mean brightness 0 … 255. */
  readonly mean: number
  /** Standard deviation of the brightness over the picture. */
  readonly deviation: number
}

/** What a worker measures of one stream beside the rates, from what it does anyway. All ages count by our clock. */
export interface StreamSigns {
  /** Since when this worker has kept the stream open: what was before, it does not know. */
  readonly watchedSinceMs: number
  readonly lastKeyAtMs?: number
  /** Smoothed time between keyframes. */
  readonly keyIntervalMs?: number
  /** For so long packets have come while the RTP time or the time in the sender reports stood still. */
  readonly clockStoodMs: number
  /** Packets lost of those sent, over about a minute. */
  readonly lossPercent: number
  /** Sessions begun anew within the last hour. */
  readonly reconnects: number
  /** The camera's clock minus ours, from RTCP sender reports; absent where it sends none or no wall clock. */
  readonly clockOffsetMs?: number
  /** How the offset grows. */
  readonly clockTrendMsPerHour?: number
  readonly picture?: PictureSign
}

/** What the floor sees of a camera at a glance. `unknown`: not watched just now, e.g. its worker is being started again. */
export type CameraCondition = 'ok' | 'trouble' | 'down' | 'planned' | 'unknown'

export interface CameraTrouble {
  readonly cause: CameraCause
  readonly sinceMs: number
  /** How often it came back before it was clear for long enough. */
  readonly relapses: number
  /** Told by the trouble of a whole network, not by one of its own. */
  readonly common?: string
}

/** A camera's site-day. What is in none of the sums was not observed: unknown, never up. Seconds. */
export interface CameraDay {
  readonly liveS: number
  readonly plannedS: number
  readonly downS: Readonly<Partial<Record<CameraCause, number>>>
  readonly troubles: number
  readonly reconnects: number
  /** Changes of condition, at most 200 a day: `[UTC ms, condition, cause]`. */
  readonly changes: readonly (readonly [number, CameraCondition, CameraCause?])[]
}

const DAYS_30_MS = 30 * 86_400_000
/** Bounds of announced work: `works` at once, so far ahead, so long, on so many cameras. */
export const PLANNED_LIMITS = {
  works: 500,
  aheadMs: DAYS_30_MS,
  lengthMs: DAYS_30_MS,
  cameras: 1_000,
  reasonLength: 200
} as const

/** Work on cameras that somebody has announced 计划检修. UTC ms. */
export interface PlannedWork {
  readonly id: string
  readonly cameras: readonly CameraId[]
  readonly startMs: number
  readonly endMs: number
  readonly reason: string
  /** Work number and name. */
  readonly by: string
}

/** POST /api/camera-health/planned. Without a start it begins now. */
export interface PlannedDraft extends Pick<PlannedWork, 'cameras' | 'endMs' | 'reason'> {
  readonly startMs?: number
}

/** Key of a stored day: sorts by day, then camera. `day` as `2026-11-28` in the site's zone. */
export function cameraDayKey(day: string, cameraId: CameraId): string {
  return `${day}/${cameraId}`
}
