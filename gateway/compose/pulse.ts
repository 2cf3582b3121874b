/** What the gateway does by the clock: positions to the viewers once a second, old rows out of the store once an hour. */

import type { SourceId } from '../core/brand.ts'
import type { Position } from '../core/geo.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Units } from '../dispatch/units.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR } from '../feed/project.ts'

export interface PulseDeps {
  readonly clock: Clock
  readonly log: Log
  readonly hub: Pick<Hub, 'broadcast'>
  readonly units: Pick<Units, 'takeMoved'>
  readonly incidents: { all(): Iterable<Incident>; alarmsOf(incidentId: Incident['id']): readonly Alarm[] }
  positionOf(sourceId: SourceId): Position | undefined
  prune(): Promise<void>
}

const POSITIONS_MS = 1_000
const PRUNE_MS = 3_600_000

/** Runs until the returned function is called. */
export function startPulse(deps: PulseDeps): () => void {
  const sent = new Map<string, number>()
  const positions = () => {
    const units = deps.units.takeMoved()
    const vehicles = []
    for (const incident of deps.incidents.all()) {
      // Rule 10: a vehicle is shown only while its incident is open.
      if (incident.sourceKind !== 'taxi' || !isOpen(incident)) {
        sent.delete(incident.id)
        continue
      }
      const source = deps.incidents.alarmsOf(incident.id)[0]?.sourceId
      const position = source && deps.positionOf(source)
      if (!position || sent.get(incident.id) === position.atMs) continue
      sent.set(incident.id, position.atMs)
      vehicles.push({ incidentId: incident.id, position })
    }
    if (units.length > 0 || vehicles.length > 0) deps.hub.broadcast(FLOOR, { type: 'positions', units, vehicles })
  }
  const stopPositions = deps.clock.every(POSITIONS_MS, positions)
  const stopPrune = deps.clock.every(PRUNE_MS, () => {
    deps.prune().catch(error => deps.log.warn({ err: error }, 'old rows could not be dropped'))
  })
  return () => {
    stopPositions()
    stopPrune()
  }
}
