/** The way of a patrol to its own order, for its phone: where a car is now is another's position, so the reading is on record first (rule 10). */
import { id, type UnitId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Dispatch } from '../dispatch/dispatch.ts'
import type { Units } from '../dispatch/units.ts'
import type { HttpRooms } from '../http/ports.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { HttpRoomsDeps } from './http-rooms.ts'

export interface PatrolWayDeps extends Pick<HttpRoomsDeps, 'positionReads'>, Pick<Dispatch, 'wayTo'> {
  readonly units: Pick<Units, 'get' | 'activeOrder'>
  readonly incidents: Pick<Incidents, 'get'>
}

export function createPatrolWay({ units, incidents, positionReads, wayTo }: PatrolWayDeps): HttpRooms['patrolWay'] {
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
    const way = wayTo(unit, incident)
    if (!way) throw new GatewayError('ILLEGAL_TRANSITION', { why: 'a place is not known' })
    return way
  }
}
