/** Units and their rota: found, made, changed, removed. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { RECORD_LIMITS as LIMITS } from '../../core/subject-record.ts'
import { UNIT_CLASSES } from '../../core/unit.ts'
import type { UnitDraft } from '../../core/unit-record.ts'
import type { SessionUser } from '../../core/wire.ts'
import { checkOrigin, sessionOf } from '../guard.ts'
import type { HttpAccess, UnitRooms } from '../ports.ts'
import { type Finding, FindQuery, findingOf } from './finding.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const Id = Type.String({ minLength: 1, maxLength: 128 })
const Text = Type.String({ maxLength: 200 })
const Version = Type.Integer({ minimum: 0 })
/** Values are judged field by field, with words; this only bounds them. */
const SaveBody = strict({
  version: Version,
  draft: strict({
    id: Type.Optional(Id),
    ...{ name: Text, phone: Type.Optional(Text), gridCellId: Type.Optional(Text) },
    unitClass: Type.Enum([...UNIT_CLASSES]),
    vehicle: Type.Enum(['car', 'motorcycle', 'bicycle', 'foot']),
    ...{ memberCount: Type.Number(), speedKmh: Type.Number() },
    rota: Type.Optional(
      Type.Array(strict({ days: Type.Array(Type.Number(), { maxItems: 7 }), from: Text, to: Text }), { maxItems: 100 })
    )
  })
})
const RemoveBody = strict({ id: Id, version: Version })

export function unitRoutes(
  app: FastifyInstance,
  rooms: UnitRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const administrator = (request: FastifyRequest): SessionUser => {
    if (request.method !== 'GET') checkOrigin(request.raw, origins)
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, 'registry.manage')
    return user
  }
  app.get('/api/units', { schema: { querystring: FindQuery } }, async request => {
    administrator(request)
    return rooms.page(findingOf(request.query as Finding, LIMITS.rows))
  })
  app.get('/api/units/detail', { schema: { querystring: strict({ id: Id }) } }, async request => {
    administrator(request)
    return rooms.detail((request.query as { id: string }).id)
  })
  app.post('/api/units', { schema: { body: SaveBody } }, async request => {
    const { draft, version } = request.body as { draft: UnitDraft; version: number }
    return rooms.save(draft, version, administrator(request))
  })
  app.post('/api/units/remove', { schema: { body: RemoveBody } }, async request => {
    const { id, version } = request.body as { id: string; version: number }
    return rooms.remove(id, version, administrator(request))
  })
}
