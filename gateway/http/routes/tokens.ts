/** API tokens: listed, made, revoked, by an administrator in person. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { API_SCOPES, type TokenDraft } from '../../core/api-token.ts'
import { draftFaults } from '../draft-faults.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess, TokenRooms } from '../ports.ts'

const MakeBody = Type.Object(
  {
    name: Type.String({ maxLength: 200 }),
    scopes: Type.Array(Type.Enum([...API_SCOPES]), { maxItems: API_SCOPES.length }),
    days: Type.Number()
  },
  { additionalProperties: false }
)

export function tokenRoutes(
  app: FastifyInstance,
  rooms: TokenRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const administrator = keeperOf(access, origins, 'token.manage')
  app.get('/api/tokens', async request => {
    administrator(request)
    return { tokens: rooms.list() }
  })
  app.post('/api/tokens', { schema: { body: MakeBody }, attachValidation: true }, async request => {
    const user = administrator(request)
    return draftFaults(request, '') ?? rooms.make(request.body as TokenDraft, user)
  })
  app.post('/api/tokens/:id/revoke', async (request, reply) => {
    await rooms.revoke((request.params as { id: string }).id.slice(0, 40), administrator(request))
    return reply.code(204).send()
  })
}
