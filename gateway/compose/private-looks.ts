/** Rule 9 over time: a picture that an incident opened is cut when no open incident near the camera is left. */
import type { CameraId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { Media } from '../core/media.ts'

/** True while the incident opens this private camera to operators. A flat battery opens nobody's camera. */
export function opensCamera(incident: Incident, cameraId: CameraId): boolean {
  return isOpen(incident) && laneOf(incident) === 'alarm' && incident.cameras.some(each => each.cameraId === cameraId)
}

/** The cabin of a car is heard while an open incident says that a leader has approved it. */
export function hearsCamera(incident: Incident, cameraId: CameraId): boolean {
  return opensCamera(incident, cameraId) && incident.cameras.some(each => each.cameraId === cameraId && each.heard)
}

export interface LooksDeps {
  readonly incidents: { all(): Iterable<Incident> }
  readonly media: Pick<Media, 'endLooks'>
}

/** To be called with every change of an incident, once `incidents` has it. */
export function endLooks({ incidents, media }: LooksDeps, after: Incident, before: Incident | undefined): void {
  for (const { cameraId } of before?.cameras ?? []) {
    if (!before || !opensCamera(before, cameraId) || opensCamera(after, cameraId)) continue
    const left = [...incidents.all()].filter(each => opensCamera(each, cameraId))
    const finder = left[0]?.foundBy
    // What is left opens it to everybody but its finder: he may be the one who looks, and the others come back by themselves.
    const closesToFinder = finder !== undefined && left.every(each => each.foundBy === finder)
    if (left.length === 0 || (closesToFinder && before.foundBy !== finder)) media.endLooks(cameraId)
  }
}
