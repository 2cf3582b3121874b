/** What stands where on the wall: which P1 goes into the alarm place, who waits, which cameras are on the page. Pure. */
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { isOpen } from '../../state/queue.ts'

/** The alarm place shows the tour, one camera somebody chose, or an incident; `by` says who put the incident there. */
export type Place =
  | { readonly kind: 'tour' }
  | { readonly kind: 'camera'; readonly cameraId: string }
  | { readonly kind: 'incident'; readonly incidentId: string; readonly cameraId?: string }

export const TILES_PER_PAGE = 16

/** First come, first shown; the same order as on the floor within a priority. */
function byUrgency(a: Incident, b: Incident): number {
  return a.priority - b.priority || a.openedAtMs - b.openedAtMs
}

/**
 * The alarm place after any change. Only P1 goes up by itself, and only in place of the tour: a camera or an incident that somebody
 * may be watching stays until it is over or taken down by hand. Where help has not arrived yet goes before where it has.
 */
export function nextPlace(place: Place, incidents: ReadonlyMap<string, Incident>): Place {
  if (place.kind === 'camera') return place
  if (place.kind === 'incident') {
    const incident = incidents.get(place.incidentId)
    if (incident && isOpen(incident)) return place
  }
  const next = [...incidents.values()]
    .filter(incident => isOpen(incident) && incident.priority === 1 && incident.cameras.length > 0)
    .sort((a, b) => Number(a.state === 'onScene') - Number(b.state === 'onScene') || byUrgency(a, b))[0]
  if (next) return { kind: 'incident', incidentId: next.id }
  return place.kind === 'tour' ? place : { kind: 'tour' }
}

/** Open P1 and P2 that are not in the alarm place, most urgent first. */
export function waitingFor(place: Place, incidents: ReadonlyMap<string, Incident>): readonly Incident[] {
  return [...incidents.values()]
    .filter(incident => isOpen(incident) && incident.priority <= 2)
    .filter(incident => place.kind !== 'incident' || place.incidentId !== incident.id)
    .sort(byUrgency)
}

export interface NumberedCamera {
  readonly camera: CameraView
  /** 1, 2, 3 … over all pages: the number to type. */
  readonly number: number
}

/** The cameras of a page, numbered through; a page beyond the last is the last, and the last is filled from the one before. */
export function pageOf(cameras: readonly CameraView[], page: number): readonly NumberedCamera[] {
  const last = Math.max(0, cameras.length - TILES_PER_PAGE)
  const start = Math.min(page * TILES_PER_PAGE, last)
  return cameras.slice(start, start + TILES_PER_PAGE).map((camera, index) => ({ camera, number: start + index + 1 }))
}

/** At least one, so that an empty wall still has a page. */
export function pageCount(cameras: number): number {
  return Math.max(1, Math.ceil(cameras / TILES_PER_PAGE))
}

/** The tour's camera at a step: public ones with a picture, else any; undefined without cameras. */
export function tourCamera(cameras: readonly CameraView[], step: number): CameraView | undefined {
  const open = cameras.filter(camera => camera.ownership === 'public' && camera.health === 'live')
  const list = open.length > 0 ? open : cameras
  return list[step % Math.max(1, list.length)]
}
