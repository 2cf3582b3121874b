/** People: found, opened, made, changed, a new password. Keeping somebody out is in admin.ts. */

import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { RECORD_LIMITS as LIMITS } from '../../core/subject-record.ts'
import type { UserDraft } from '../../core/user-record.ts'
import { draftFaults } from '../draft-faults.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess, UserRooms } from '../ports.ts'
import { type Finding, FindQuery, findingOf } from './finding.ts'
import { strict } from './record-routes.ts'

const Text = Type.String({ maxLength: 200 })
const SaveBody = strict({
  /** What the form was opened with; empty for somebody new. */
  version: Type.String({ maxLength: 64 }),
  draft: strict({
    ...{ login: Text, name: Text, unitId: Type.Optional(Text), fleetId: Type.Optional(Text) },
    role: Type.Enum(['operator', 'leader', 'patrol', 'taxiDispatcher', 'administrator', 'auditor'])
  })
})
const OneQuery = strict({ id: Type.String({ minLength: 1, maxLength: 16 }) })

export function userRoutes(
  app: FastifyInstance,
  rooms: UserRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const administrator = keeperOf(access, origins, 'user.manage')
  app.get('/api/users', { schema: { querystring: FindQuery } }, async request => {
    administrator(request)
    return rooms.page(findingOf(request.query as Finding, LIMITS.rows))
  })
  app.get('/api/users/detail', { schema: { querystring: OneQuery } }, async request => {
    administrator(request)
    return rooms.detail((request.query as { id: string }).id)
  })
  app.get('/api/users/choices', async request => {
    administrator(request)
    return rooms.choices()
  })
  app.post('/api/users', { schema: { body: SaveBody }, attachValidation: true }, async request => {
    const user = administrator(request)
    const { draft, version } = request.body as { draft: UserDraft; version: string }
    return draftFaults(request, '/draft') ?? rooms.save(draft, version, user)
  })
  app.post('/api/users/:login/password', async request =>
    rooms.newPassword((request.params as { login: string }).login.slice(0, 16), administrator(request))
  )
}
