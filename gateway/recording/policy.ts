/** What one camera's recording should be: the registry's wish over the settings. */
import type { CameraId } from '../core/brand.ts'
import type { RecordingMode, RecordingSpan } from '../core/recording.ts'
import type { CameraRow } from '../core/unit.ts'

/** The settings `media.recording` that this room reads. */
export interface RecordingSettings {
  readonly mode: RecordingMode
  readonly privateMode: RecordingMode
  readonly stream: 'main' | 'sub'
  readonly publicDays: number
  readonly privateDays: number
  /** 10^9 bytes; 0: all that `minFreeGb` leaves. */
  readonly quotaGb: number
  readonly minFreeGb: number
  /** Recorded after the last motion. */
  readonly motionTailMs: number
}

export interface CameraPolicy {
  readonly cameraId: CameraId
  readonly name: string
  readonly ownership: CameraRow['ownership']
  readonly mode: RecordingMode
  readonly stream: 'main' | 'sub'
  readonly days: number
  readonly schedule: readonly RecordingSpan[]
  /** Motion that the camera sees is marked, and recorded in the mode `events`. */
  readonly motion: boolean
}

const ALWAYS: readonly RecordingSpan[] = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }]

/**
 * A town must keep what its public cameras see (30 days at least), so they are recorded all the time unless told otherwise. Joined private
 * cameras are recorded by their owners: of them only what is near an alarm.
 */
export function policyOf(row: CameraRow, settings: RecordingSettings): CameraPolicy {
  const isPublic = row.ownership === 'public'
  const wish = row.recording
  return {
    cameraId: row.id,
    name: row.name,
    ownership: row.ownership,
    mode: wish?.mode ?? (isPublic ? settings.mode : settings.privateMode),
    stream: wish?.stream ?? settings.stream,
    days: wish?.days ?? (isPublic ? settings.publicDays : settings.privateDays),
    schedule: wish?.schedule ?? ALWAYS,
    // Who walks past a household's camera is nobody's business while nobody calls for help.
    motion: wish?.motion ?? isPublic
  }
}
