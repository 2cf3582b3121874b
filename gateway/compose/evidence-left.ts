/** The incidents that a run before this one left: what a journaled signal opens at the start records by itself, and nothing of it was cut off. */
import type { IncidentId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'

export interface LeftIncidents {
  get(incidentId: IncidentId): Incident | undefined
  all(): Iterable<Incident>
  /** Resolved or closed ones whose recordings go on: filed within the post-roll, they are not at hand any more. */
  recording(): Promise<readonly Incident[]>
  stored(incidentId: IncidentId): Promise<Incident | undefined>
}

/** Those that are there at the call, as they are when `ready` is. */
export async function withLeft(
  incidents: LeftIncidents,
  ready: Promise<unknown>,
  recover: (incident: Incident) => void
): Promise<void> {
  const known = [...incidents.all()].map(each => each.id)
  // At once: what fails first fails the start, and the other is no rejection that nobody handles.
  const [recording] = await Promise.all([incidents.recording(), ready])
  const left = new Set([...known, ...recording.map(each => each.id)])
  for (const each of left) {
    const incident = incidents.get(each) ?? (await incidents.stored(each))
    if (incident) recover(incident)
  }
}
