/** What the page of cameras by health gets: figures, days and one camera's day. Types only; no addresses, no log-ins, no pictures. */
import type { CameraCause, CameraCondition, CameraDay, CameraTrouble, PlannedWork } from './camera-health.ts'
import type { StreamHealth } from './media.ts'
import type { CameraRow } from './unit.ts'

/** GET /api/camera-health: one of these per camera of the registry. */
export interface CameraHealthRow extends Pick<CameraRow, 'id' | 'name' | 'ownership'> {
  readonly gridCell?: string
  /** False: the registry knows no address of it, so nothing is missing. */
  readonly expected: boolean
  readonly condition: CameraCondition
  /** Why it is down, or its gravest trouble. */
  readonly cause?: CameraCause
  readonly sinceMs: number
  readonly troubles: readonly CameraTrouble[]
  /** Announced work that is going on, else the next. */
  readonly planned?: Omit<PlannedWork, 'cameras'> & { readonly cameras: number }
  readonly health?: StreamHealth
  /** Usual bitrate at this hour of the day. */
  readonly usual?: { readonly lowKbps: number; readonly highKbps: number }
  /** kbit/s of the last hour, a point per two minutes, newest last. */
  readonly spark: readonly number[]
  readonly maker?: string
  readonly model?: string
  readonly firmware?: string
  /** Age of its oldest recording; absent: nothing is recorded. */
  readonly keptDays?: number
  /** The device's clock minus ours as ONVIF told it, and when. */
  readonly deviceClock?: { readonly offsetMs: number; readonly atMs: number }
}

/** GET /api/camera-health/days: the last 30 site-days, today last. Per day `[live, down, planned]` in seconds; null: nothing was observed. */
export interface CameraDays {
  readonly days: readonly string[]
  readonly cameras: readonly {
    readonly id: CameraRow['id']
    readonly days: readonly (readonly [liveS: number, downS: number, plannedS: number] | null)[]
  }[]
}

/** GET /api/camera-health/:id/day?day=2026-11-28: what one site-day was like; `page` is absent when nothing was observed. */
export interface CameraDayDetail {
  readonly day: string
  readonly startMs: number
  readonly endMs: number
  readonly page?: CameraDay
}
