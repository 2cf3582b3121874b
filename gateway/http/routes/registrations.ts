/** Vehicle terminals that ask to be registered: the administrator's list and his decisions. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { REGISTRATION_LIMITS } from '../../core/registration.ts'
import { checkOrigin, sessionOf } from '../guard.ts'
import type { HttpAccess, RegistrationRooms } from '../ports.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const SearchQuery = strict({ text: Type.Optional(Type.String({ maxLength: REGISTRATION_LIMITS.searchLength })) })
const source = Type.String({ minLength: 1, maxLength: 80 })
const ApproveBody = strict({ source, subjectId: Type.String({ minLength: 1, maxLength: 80 }) })
const RefuseBody = strict({ source })
const ReplaceBody = strict({
  source,
  terminalId: Type.String({ maxLength: REGISTRATION_LIMITS.textLength }),
  outcome: Type.Union([Type.Literal('taken'), Type.Literal('refused')])
})

export function registrationRoutes(
  app: FastifyInstance,
  rooms: RegistrationRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const administrator = (request: FastifyRequest) => {
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, 'terminal.approve')
    return user
  }
  app.get('/api/registrations', async request => {
    administrator(request)
    return rooms.list()
  })
  app.get('/api/registrations/vehicles', { schema: { querystring: SearchQuery } }, async request => {
    administrator(request)
    return { vehicles: rooms.vehicles((request.query as { text?: string }).text ?? '') }
  })
  app.post('/api/registrations/approve', { schema: { body: ApproveBody } }, async (request, reply) => {
    checkOrigin(request.raw, origins)
    const user = administrator(request)
    const body = request.body as { source: string; subjectId: string }
    await rooms.approve(body.source, body.subjectId, user)
    return reply.code(204).send()
  })
  app.post('/api/registrations/refuse', { schema: { body: RefuseBody } }, async (request, reply) => {
    checkOrigin(request.raw, origins)
    const user = administrator(request)
    await rooms.refuse((request.body as { source: string }).source, user)
    return reply.code(204).send()
  })
  app.post('/api/registrations/replace', { schema: { body: ReplaceBody } }, async (request, reply) => {
    checkOrigin(request.raw, origins)
    const user = administrator(request)
    const { source, terminalId, outcome } = request.body as Type.Static<typeof ReplaceBody>
    await rooms.replace(source, terminalId, outcome === 'taken', user)
    return reply.code(204).send()
  })
}
