/** Where recordings lie: `<dir>/<camera>/<stream>/<UTC day>/<startMs>.mp4`, with an index file beside it. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { CameraId } from '../../core/brand.ts'
import { segmentFile } from '../../core/recording.ts'
import type { StreamName } from './types.ts'

export const STREAMS: readonly StreamName[] = ['main', 'sub']
/** A segment is never longer, so that one which covers a moment began this day or the day before. */
export const MAX_SEGMENT_MS = 3_600_000
/** File systems end a name at 255 bytes. */
const MAX_NAME = 200

/** A folder's name made of a camera id: letters, digits, `_` and `-` as they are, everything else as %XX; very long ids by their SHA-256. */
export function cameraFolder(cameraId: CameraId): string {
  const name = encodeURIComponent(cameraId).replace(
    /[.!~*'()]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
  )
  return name.length <= MAX_NAME ? name : `sha256-${createHash('sha256').update(cameraId).digest('hex')}`
}

/** `20261128`, in UTC: a folder never depends on a time zone. */
export function dayName(ms: number): string {
  return segmentFile(Math.floor(ms)).slice(0, 8)
}

export function streamFolder(dir: string, cameraId: CameraId, stream: StreamName): string {
  return join(dir, cameraFolder(cameraId), stream)
}

/** The start that a media file's name tells; undefined for any other file. */
export function startOf(file: string): number | undefined {
  const digits = /^(\d{10,15})\.mp4$/.exec(file)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

export function indexPath(path: string): string {
  return path.replace(/\.mp4$/, '.idx')
}
