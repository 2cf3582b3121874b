/** The patrol phone: own state, commands in order, position while on duty. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GatewayError } from '../../core/errors.ts'
import type { PatrolCommand, PatrolPosition, PatrolWay, SessionUser } from '../../core/wire.ts'
import { doorOf } from '../guard.ts'
import type { HttpAccess, HttpRooms } from '../ports.ts'
import { PatrolCommandsBody, PatrolPositionBody } from '../schemas.ts'

export function patrolRoutes(
  app: FastifyInstance,
  rooms: HttpRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const door = doorOf(access, origins)
  const user = (request: FastifyRequest): SessionUser => {
    const self = door(request, 'patrol.self')
    if (self.unitId === undefined)
      throw new GatewayError('NOT_ALLOWED', { permission: 'patrol.self', why: 'this person belongs to no team' })
    return self
  }

  app.get('/api/patrol/state', async request => rooms.patrolState(user(request)))

  app.post('/api/patrol/sign-on', async request => {
    const who = user(request)
    const wanted = (request.body as { unitId?: string } | null)?.unitId
    if (wanted !== undefined && wanted !== who.unitId)
      throw new GatewayError('NOT_ALLOWED', { permission: 'patrol.self', why: 'another team' })
    return rooms.patrolState(who)
  })

  app.post('/api/patrol/commands', { schema: { body: PatrolCommandsBody } }, async request =>
    rooms.patrolCommands(user(request), request.body as PatrolCommand[])
  )

  app.get('/api/patrol/orders/:id/way', async (request): Promise<PatrolWay> => {
    const { id } = request.params as { readonly id: string }
    return rooms.patrolWay(id, user(request))
  })

  app.post('/api/patrol/position', { schema: { body: PatrolPositionBody } }, async (request, reply) => {
    const kept = rooms.patrolPosition(user(request), request.body as PatrolPosition)
    if (!kept) throw new GatewayError('ILLEGAL_TRANSITION', { why: 'off duty: no position is kept' })
    return reply.code(204).send()
  })
}
