/** People: found, made, changed, a new password. Keeping somebody out is in admin.ts. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { RECORD_LIMITS as LIMITS } from '../../core/subject-record.ts'
import type { UserDraft } from '../../core/user-record.ts'
import type { SessionUser } from '../../core/wire.ts'
import { checkOrigin, sessionOf } from '../guard.ts'
import type { HttpAccess, UserRooms } from '../ports.ts'
import { type Finding, FindQuery, findingOf } from './finding.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const Text = Type.String({ maxLength: 200 })
const SaveBody = strict({
  isNew: Type.Boolean(),
  draft: strict({
    ...{ login: Text, name: Text, unitId: Type.Optional(Text), fleetId: Type.Optional(Text) },
    role: Type.Enum(['operator', 'leader', 'patrol', 'taxiDispatcher', 'administrator', 'auditor'])
  })
})

export function userRoutes(
  app: FastifyInstance,
  rooms: UserRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const administrator = (request: FastifyRequest): SessionUser => {
    if (request.method !== 'GET') checkOrigin(request.raw, origins)
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, 'user.manage')
    return user
  }
  app.get('/api/users', { schema: { querystring: FindQuery } }, async request => {
    administrator(request)
    return rooms.page(findingOf(request.query as Finding, LIMITS.rows))
  })
  app.get('/api/users/choices', async request => {
    administrator(request)
    return rooms.choices()
  })
  app.post('/api/users', { schema: { body: SaveBody } }, async request => {
    const { draft, isNew } = request.body as { draft: UserDraft; isNew: boolean }
    return rooms.save(draft, isNew, administrator(request))
  })
  app.post('/api/users/:login/password', async request =>
    rooms.newPassword((request.params as { login: string }).login.slice(0, 16), administrator(request))
  )
}
