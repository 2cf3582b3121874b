/** What was before with the subject of an incident; asking is on record, so it is no GET. */
import type { FastifyInstance } from 'fastify'
import { type IncidentId, id } from '../../core/brand.ts'
import type { EarlierRooms } from '../earlier-ports.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess } from '../ports.ts'

export function earlierRoutes(
  app: FastifyInstance,
  rooms: EarlierRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const keeper = keeperOf(access, origins, 'incident.act')
  app.post('/api/incidents/:id/earlier', async request => {
    const user = keeper(request)
    return rooms.earlier(id<IncidentId>((request.params as { id: string }).id.slice(0, 80)), user)
  })
}
