/** The agreed phrases of the subject of an open incident; asking is on record, so it is no GET. */
import type { FastifyInstance } from 'fastify'
import { type IncidentId, id } from '../../core/brand.ts'
import { checkOrigin, sessionOf } from '../guard.ts'
import type { HttpAccess, PhraseRooms } from '../ports.ts'

export function phraseRoutes(
  app: FastifyInstance,
  rooms: PhraseRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  app.post('/api/incidents/:id/phrases', async request => {
    checkOrigin(request.raw, origins)
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, 'incident.act')
    return rooms.phrases(id<IncidentId>((request.params as { id: string }).id.slice(0, 80)), user)
  })
}
