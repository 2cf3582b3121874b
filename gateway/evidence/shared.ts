/** In a storm many incidents ask the same camera for the same seconds: the picture is taken once and shared. */
import type { CameraId } from '../core/brand.ts'
import type { ClipResult } from '../core/media.ts'
import type { Clock } from '../core/ports.ts'

export interface Shared {
  /** Joins work of the same kind on the same camera that is under way or was begun within `withinMs`; else begins. */
  take(kind: string, cameraId: CameraId, withinMs: number, begin: () => Promise<ClipResult>): Promise<ClipResult>
}

interface Entry {
  readonly atMs: number
  pending: boolean
  readonly result: Promise<ClipResult>
}

export function createShared(clock: Clock): Shared {
  const entries = new Map<string, Entry>()
  return {
    take(kind, cameraId, withinMs, begin) {
      const key = `${kind}\n${cameraId}`
      const known = entries.get(key)
      if (known && (known.pending || clock.now() - known.atMs <= withinMs)) return known.result
      const entry: Entry = { atMs: clock.now(), pending: true, result: begin() }
      entries.set(key, entry)
      entry.result.then(
        () => {
          entry.pending = false
        },
        // A failure is not shared with those who come later: the camera may be back.
        () => entries.get(key) === entry && entries.delete(key)
      )
      return entry.result
    }
  }
}
