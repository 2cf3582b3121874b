/** Where the vehicle of an open incident is now; cameras, cell and place of the press stay with the incident as they were (rule 10: nothing is said once it is over). */
import type { SourceId } from '../core/brand.ts'
import type { Position } from '../core/geo.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'

export interface VehiclePlaceDeps {
  alarmsOf(incidentId: Incident['id']): readonly Alarm[]
  /** Undefined when there is none or it is older than the window. */
  positionOf(sourceId: SourceId): Position | undefined
}

export type VehicleAt = (incident: Incident) => Position | undefined

/** The newest that any of its sources told. */
export function createVehicleAt({ alarmsOf, positionOf }: VehiclePlaceDeps): VehicleAt {
  return incident => {
    if (incident.sourceKind !== 'taxi' || !isOpen(incident)) return undefined
    return alarmsOf(incident.id)
      .flatMap(alarm => positionOf(alarm.sourceId) ?? [])
      .reduce<Position | undefined>((newest, each) => (newest && newest.atMs >= each.atMs ? newest : each), undefined)
  }
}
