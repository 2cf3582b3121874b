/** Which positions of devices are kept at all (rule 10): of vehicles for the short window, of anybody else only while his incident is open. */
import type { SourceId } from '../core/brand.ts'
import type { Position } from '../core/geo.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { Clock } from '../core/ports.ts'
import type { Latest } from '../registry/latest.ts'
import type { Registry } from '../registry/registry.ts'

export interface PositionDoorDeps {
  readonly clock: Clock
  readonly registry: Pick<Registry, 'kindOf'>
  readonly latest: Pick<Latest, 'position'>
  readonly incidents: { all(): Iterable<Incident>; alarmsOf(incidentId: Incident['id']): readonly Alarm[] }
}

/** Sources with an open incident are looked up at most this often, however many positions come. */
const FRESH_MS = 1_000

export function createPositionDoor(deps: PositionDoorDeps): (sourceId: SourceId, position: Position) => void {
  let open = new Set<SourceId>()
  let atMs = Number.NEGATIVE_INFINITY
  const hasIncident = (sourceId: SourceId): boolean => {
    const nowMs = deps.clock.steady()
    if (nowMs - atMs >= FRESH_MS) {
      atMs = nowMs
      open = new Set(
        [...deps.incidents.all()].filter(isOpen).flatMap(({ id }) => deps.incidents.alarmsOf(id).map(a => a.sourceId))
      )
    }
    return open.has(sourceId)
  }
  return (sourceId, position) => {
    if (deps.registry.kindOf(sourceId) === 'taxi' || hasIncident(sourceId)) deps.latest.position(sourceId, position)
  }
}
