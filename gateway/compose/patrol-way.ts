/** The way of a patrol to its own order, for its phone: where a car is now is another's position, so the reading is on record first (rule 10). */
import { id, type UnitId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Incident } from '../core/incident.ts'
import type { Unit } from '../core/unit.ts'
import type { PatrolWay } from '../core/wire.ts'
import type { Dispatch } from '../dispatch/dispatch.ts'
import type { Units } from '../dispatch/units.ts'
import type { HttpRooms } from '../http/ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { HttpRoomsDeps } from './http-rooms.ts'

/**
 * A way across a city takes the main thread a tenth of a second, and a phone may ask as often as it likes: one in this time for all phones of a unit.
 * Shorter than they ask of themselves; what is left of a way they reckon from their own place.
 */
const FRESH_MS = 3_000

export interface PatrolWayDeps extends Pick<HttpRoomsDeps, 'clock' | 'positionReads'>, Pick<Dispatch, 'wayTo'> {
  readonly units: Pick<Units, 'get' | 'activeOrder'>
  readonly incidents: Pick<Incidents, 'get'>
}

export function createPatrolWay(deps: PatrolWayDeps): HttpRooms['patrolWay'] {
  const { clock, units, incidents, positionReads, wayTo } = deps
  /** Forgotten by itself: where a car is outlives no order by more. */
  const fresh = new Map<string, PatrolWay | undefined>()
  const wayOf = (assignmentId: string, unit: Unit, incident: Incident): PatrolWay | undefined => {
    if (!fresh.has(assignmentId)) {
      fresh.set(assignmentId, wayTo(unit, incident))
      clock.after(FRESH_MS, () => fresh.delete(assignmentId))
    }
    return fresh.get(assignmentId)
  }
  return async (assignmentId, user) => {
    const unitId = user.unitId === undefined ? undefined : id<UnitId>(user.unitId)
    const found = () => {
      const order = unitId && units.activeOrder(unitId)
      const isIt = order?.assignment.id === assignmentId && order.assignment.state !== 'arrived'
      const incident = isIt ? incidents.get(order.incidentId) : undefined
      const unit = unitId && units.get(unitId)
      if (!incident || !unit) throw new GatewayError('NOT_FOUND', { order: assignmentId.slice(0, 80) })
      return { incident, unit }
    }
    await positionReads.read(user, `incident:${found().incident.number}`)
    // It may have been recalled while the look was written down.
    const { incident, unit } = found()
    const way = wayOf(assignmentId, unit, incident)
    if (!way) throw new GatewayError('ILLEGAL_TRANSITION', { why: 'a place is not known' })
    return way
  }
}
