/** What of an incident is on disk and what failed; pure, so that nobody reads "locked" of a recording that does not exist. */
import type { EvidenceItem } from '../../../gateway/core/incident.ts'

/** Clips that are kept or being written, and how many cameras gave none at all. */
export interface Recorded {
  readonly clips: readonly EvidenceItem[]
  readonly cameras: number
  readonly failedCameras: number
}

export function recordedOf(evidence: readonly EvidenceItem[]): Recorded {
  const all = evidence.filter(item => item.kind === 'clip')
  const clips = all.filter(item => item.state !== 'failed')
  const cameras = new Set(clips.map(item => item.cameraId))
  const failed = new Set(all.map(item => item.cameraId).filter(cameraId => !cameras.has(cameraId)))
  return { clips, cameras: cameras.size, failedCameras: failed.size }
}
