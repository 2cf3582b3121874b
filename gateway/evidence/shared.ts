/** In a storm many incidents ask the same camera for the same seconds: the picture is taken once and shared. */
import type { CameraId } from '../core/brand.ts'
import type { ClipResult } from '../core/media.ts'
import type { Clock } from '../core/ports.ts'

/** Work that takes longer, on a machine that is busy, shows another moment by now. */
const UNDER_WAY_MS = 5_000

export interface Shared {
  /** Joins work of the same kind on the same camera that is under way, not for long, or was begun within `withinMs`; else begins. */
  take(kind: string, cameraId: CameraId, withinMs: number, begin: () => Promise<ClipResult>): Promise<ClipResult>
}

interface Entry {
  /** By the clock that nobody sets: one set back would hand out old pictures until it has caught up. */
  readonly atMs: number
  pending: boolean
  readonly result: Promise<ClipResult>
}

export function createShared(clock: Pick<Clock, 'steady'>): Shared {
  const entries = new Map<string, Entry>()
  return {
    take(kind, cameraId, withinMs, begin) {
      const key = `${kind}\n${cameraId}`
      const known = entries.get(key)
      const joinedMs = known?.pending ? Math.max(withinMs, UNDER_WAY_MS) : withinMs
      if (known && clock.steady() - known.atMs <= joinedMs) return known.result
      const entry: Entry = { atMs: clock.steady(), pending: true, result: begin() }
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
