/** Which cameras record because of an incident near them, and since when. */
import type { CameraId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { RecordingMark } from '../core/recording.ts'

/** An incident that stays open for days does not record for days. */
const MAX_OPEN_MS = 3_600_000

export interface EventTimes {
  readonly preRollMs: number
  readonly postRollMs: number
}

interface EventWindow {
  readonly fromMs: number
  readonly toMs: number
}

/** What is recorded of an incident: since before it was opened until after it was resolved, an hour after the last press at most. */
export function windowOf(incident: Incident, { preRollMs, postRollMs }: EventTimes): EventWindow {
  const lastMs = Math.max(incident.openedAtMs, incident.pressTimesMs.at(-1) ?? 0)
  const limitMs = lastMs + MAX_OPEN_MS
  const endMs = isOpen(incident) ? limitMs : Math.min(incident.resolvedAtMs ?? limitMs, limitMs)
  return { fromMs: incident.openedAtMs - preRollMs, toMs: Math.max(endMs, lastMs) + postRollMs }
}

/** Only alarms: a flat battery records nobody. */
export function isEvent(incident: Incident): boolean {
  return laneOf(incident) === 'alarm'
}

export function marksOf(incident: Incident, { fromMs, toMs }: EventWindow): readonly RecordingMark[] {
  return incident.cameras.map(({ cameraId }) => ({
    cameraId,
    atMs: incident.openedAtMs,
    kind: incident.alarmClass === 'camera' ? ('motion' as const) : ('alarm' as const),
    fromMs,
    toMs,
    incidentId: incident.id,
    label: incident.number
  }))
}

/** Windows by camera; what has ended is forgotten. */
export class Events {
  readonly #windows = new Map<CameraId, Map<string, EventWindow>>()

  set(incident: Incident, window: EventWindow): void {
    for (const { cameraId } of incident.cameras) {
      const windows = this.#windows.get(cameraId) ?? new Map<string, EventWindow>()
      windows.set(incident.id, window)
      this.#windows.set(cameraId, windows)
    }
  }

  /** Since when the camera has to record now; undefined when it has not. */
  sinceMs(cameraId: CameraId, nowMs: number): number | undefined {
    const windows = this.#windows.get(cameraId)
    if (!windows) return undefined
    for (const [incident, { toMs }] of windows) if (toMs <= nowMs) windows.delete(incident)
    if (windows.size === 0) this.#windows.delete(cameraId)
    return windows.size === 0 ? undefined : Math.min(...[...windows.values()].map(({ fromMs }) => fromMs))
  }
}
