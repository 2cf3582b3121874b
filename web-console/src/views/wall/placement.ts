/** What stands in the alarm place: which P1 goes up by itself, and who waits. Pure. */
import type { Incident } from '../../../../gateway/core/incident.ts'
import { isOpen } from '../../state/queue.ts'

/** The alarm place shows the tour, one camera somebody chose, or an incident. */
export type Place =
  | { readonly kind: 'tour' }
  | { readonly kind: 'camera'; readonly cameraId: string }
  | { readonly kind: 'incident'; readonly incidentId: string; readonly cameraId?: string }

/** First come, first shown; the same order as on the floor within a priority. */
function byUrgency(a: Incident, b: Incident): number {
  return a.priority - b.priority || a.openedAtMs - b.openedAtMs
}

/**
 * The alarm place after any change. Only P1 goes up by itself, and only in place of a tour that nobody watches: a camera, an incident
 * or a picture that somebody has chosen or zoomed stays until it is over or taken down by hand. Where help has not arrived yet goes
 * before where it has.
 */
export function nextPlace(place: Place, incidents: ReadonlyMap<string, Incident>, watched: boolean): Place {
  if (place.kind === 'camera') return place
  if (place.kind === 'incident') {
    const incident = incidents.get(place.incidentId)
    if (incident && isOpen(incident)) return place
  }
  if (place.kind === 'tour' && watched) return place
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
