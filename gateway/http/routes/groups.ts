/** Neighbour groups: found, named, filled, emptied. */

import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { keeperOf } from '../guard.ts'
import type { GroupRooms, HttpAccess } from '../ports.ts'
import { RecordId, recordRoutes, strict } from './record-routes.ts'

const Ids = Type.Optional(Type.Array(RecordId, { maxItems: 200 }))
const Draft = strict({ id: Type.Optional(RecordId), name: Type.String({ maxLength: 200 }) })
const MembersBody = strict({ id: RecordId, add: Ids, remove: Ids })

export function groupRoutes(
  app: FastifyInstance,
  rooms: GroupRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const keeper = keeperOf(access, origins, 'registry.manage')
  recordRoutes(app, '/api/groups', { rooms, keeper, draft: Draft })
  app.post('/api/groups/members', { schema: { body: MembersBody } }, async (request, reply) => {
    const { id, ...change } = request.body as { id: string; add?: string[]; remove?: string[] }
    await rooms.members(id, change, keeper(request))
    return reply.code(204).send()
  })
}
