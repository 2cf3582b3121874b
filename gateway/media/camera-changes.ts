/** What a worker is told when the list of its cameras changes: only what differs, however long the list is; pure. */
import type { CameraId } from '../core/brand.ts'
import type { MediaCamera } from '../core/media.ts'

export interface CameraChanges {
  /** New, or described anew. */
  readonly put: readonly MediaCamera[]
  readonly gone: readonly CameraId[]
}

/** Undefined: nothing changed. */
export function cameraChanges(
  before: readonly MediaCamera[],
  after: readonly MediaCamera[]
): CameraChanges | undefined {
  const known = new Map(before.map(row => [row.cameraId, row]))
  const wanted = new Set(after.map(row => row.cameraId))
  const put = after.filter(row => {
    const old = known.get(row.cameraId)
    return old === undefined || (old !== row && JSON.stringify(old) !== JSON.stringify(row))
  })
  const gone = before.filter(row => !wanted.has(row.cameraId)).map(row => row.cameraId)
  return put.length + gone.length > 0 ? { put, gone } : undefined
}
