/** Where the person of an incident is now: asked on purpose, on record each time. */
import type { FastifyInstance } from 'fastify'
import { type IncidentId, id } from '../../core/brand.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess, LocatorRooms } from '../ports.ts'

export function locatorRoutes(
  app: FastifyInstance,
  rooms: LocatorRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const keeper = keeperOf(access, origins, 'position.read')
  // POST, since each look changes the record.
  app.post('/api/incidents/:id/locate', async request => {
    const user = keeper(request)
    return rooms.look(id<IncidentId>((request.params as { id: string }).id.slice(0, 80)), user)
  })
}
