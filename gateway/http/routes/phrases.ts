/** The agreed phrases of the subject of an open incident; asking is on record, so it is no GET. */
import type { FastifyInstance } from 'fastify'
import { type IncidentId, id } from '../../core/brand.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess, PhraseRooms } from '../ports.ts'

export function phraseRoutes(
  app: FastifyInstance,
  rooms: PhraseRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const keeper = keeperOf(access, origins, 'incident.act')
  app.post('/api/incidents/:id/phrases', async request => {
    const user = keeper(request)
    return rooms.phrases(id<IncidentId>((request.params as { id: string }).id.slice(0, 80)), user)
  })
}
