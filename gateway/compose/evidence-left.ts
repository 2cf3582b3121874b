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
  const filed = (await incidents.recording()).map(each => each.id)
  const left = new Set([...known, ...filed])
  await ready
  for (const each of left) {
    const incident = incidents.get(each) ?? (await incidents.stored(each))
    if (incident) recover(incident)
  }
}
