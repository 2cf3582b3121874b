/** Patrol routes 巡逻路线: kept by the administrator, walked by the unit, looked at by the floor. */

import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { id, type UnitId } from '../../core/brand.ts'
import { GatewayError } from '../../core/errors.ts'
import { keeperOf } from '../guard.ts'
import type { PatrolRouteRooms } from '../patrol-route-ports.ts'
import type { HttpAccess } from '../ports.ts'
import { RecordId, recordRoutes, strict } from './record-routes.ts'

const Text = Type.String({ maxLength: 200 })
const Draft = strict({
  id: Type.Optional(RecordId),
  ...{ name: Text, gridCellId: Type.Optional(Text) },
  unitIds: Type.Array(RecordId, { maxItems: 100 }),
  rota: Type.Array(strict({ days: Type.Array(Type.Number(), { maxItems: 7 }), from: Text, to: Text }), {
    maxItems: 100
  }),
  points: Type.Array(
    strict({
      ...{ id: Type.Optional(RecordId), name: Text },
      ...{ lat: Type.Number(), lon: Type.Number(), radiusM: Type.Number() }
    }),
    { maxItems: 200 }
  )
})

export function patrolRouteRoutes(
  app: FastifyInstance,
  rooms: PatrolRouteRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const keeper = keeperOf(access, origins, 'registry.manage')
  recordRoutes(app, '/api/patrol-routes', { rooms, keeper, draft: Draft })
  app.get('/api/patrol-routes/choices', async request => {
    keeper(request)
    return rooms.choices()
  })
  const patrol = keeperOf(access, origins, 'patrol.self')
  app.get('/api/patrol/rounds', async request => {
    const { unitId } = patrol(request)
    if (unitId === undefined)
      throw new GatewayError('NOT_ALLOWED', { permission: 'patrol.self', why: 'this person belongs to no team' })
    return rooms.own(id<UnitId>(unitId))
  })
  // Where a unit has been says where it is (rule 10).
  const floor = keeperOf(access, origins, 'position.read')
  app.get('/api/rounds', async request => rooms.everybody(floor(request)))
}
