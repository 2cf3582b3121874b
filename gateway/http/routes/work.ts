/** Incident work beside the incidents: the books of 处置预案. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { SOP_AUTO, SOP_ROLES, type SopDraft } from '../../core/sop.ts'
import { checkOrigin, sessionOf } from '../guard.ts'
import type { HttpAccess, HttpPermission } from '../ports.ts'
import type { WorkRooms } from '../work-ports.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const Name = Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' })
const Key = Type.String({ pattern: '^[A-Za-z0-9-]{1,32}$' })
const Step = strict({
  id: Key,
  zh: Name,
  en: Name,
  who: Type.Enum([...SOP_ROLES]),
  withinS: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
  auto: Type.Optional(Type.Enum([...SOP_AUTO]))
})
const SopBody = strict({
  base: Type.Integer({ minimum: 1 }),
  sheets: Type.Array(strict({ kind: Key, steps: Type.Array(Step, { maxItems: 30 }) }), { minItems: 1, maxItems: 40 })
})
const SopQuery = strict({ version: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,7}$' })) })

export function workRoutes(
  app: FastifyInstance,
  rooms: WorkRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = (request: FastifyRequest, permission: HttpPermission) => {
    if (request.method !== 'GET') checkOrigin(request.raw, origins)
    const session = sessionOf(access, request.headers.cookie)
    access.require(session.user, permission)
    return session.user
  }
  app.get('/api/sop', { schema: { querystring: SopQuery } }, async request => {
    user(request, 'sop.read')
    const { version } = request.query as { readonly version?: string }
    return rooms.sop(version === undefined ? undefined : Number(version))
  })
  app.post('/api/sop', { schema: { body: SopBody } }, async request => {
    const who = user(request, 'sop.edit')
    return rooms.saveSop(request.body as SopDraft, who)
  })
}
