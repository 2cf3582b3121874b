/** Neighbour groups: found, named, filled, emptied. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { GroupDraft } from '../../core/group-record.ts'
import { RECORD_LIMITS as LIMITS } from '../../core/subject-record.ts'
import type { SessionUser } from '../../core/wire.ts'
import { checkOrigin, sessionOf } from '../guard.ts'
import type { GroupRooms, HttpAccess } from '../ports.ts'
import { type Finding, FindQuery, findingOf } from './finding.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const Id = Type.String({ minLength: 1, maxLength: 128 })
const Ids = Type.Optional(Type.Array(Id, { maxItems: 200 }))
const Version = Type.Integer({ minimum: 0 })
const SaveBody = strict({
  version: Version,
  draft: strict({ id: Type.Optional(Id), name: Type.String({ maxLength: 200 }) })
})
const RemoveBody = strict({ id: Id, version: Version })
const MembersBody = strict({ id: Id, add: Ids, remove: Ids })

export function groupRoutes(
  app: FastifyInstance,
  rooms: GroupRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const administrator = (request: FastifyRequest): SessionUser => {
    if (request.method !== 'GET') checkOrigin(request.raw, origins)
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, 'registry.manage')
    return user
  }
  app.get('/api/groups', { schema: { querystring: FindQuery } }, async request => {
    administrator(request)
    return rooms.page(findingOf(request.query as Finding, LIMITS.rows))
  })
  app.get('/api/groups/detail', { schema: { querystring: strict({ id: Id }) } }, async request => {
    administrator(request)
    return rooms.detail((request.query as { id: string }).id)
  })
  app.post('/api/groups', { schema: { body: SaveBody } }, async request => {
    const { draft, version } = request.body as { draft: GroupDraft; version: number }
    return rooms.save(draft, version, administrator(request))
  })
  app.post('/api/groups/remove', { schema: { body: RemoveBody } }, async request => {
    const { id, version } = request.body as { id: string; version: number }
    return rooms.remove(id, version, administrator(request))
  })
  app.post('/api/groups/members', { schema: { body: MembersBody } }, async (request, reply) => {
    const { id, ...change } = request.body as { id: string; add?: string[]; remove?: string[] }
    await rooms.members(id, change, administrator(request))
    return reply.code(204).send()
  })
}
