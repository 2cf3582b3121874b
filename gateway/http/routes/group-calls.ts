/** The group call 一键群呼: a leader starts, follows and ends it; a patrol's phone says that it was shown, and confirms it. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import {
  GROUP_CALL_KINDS,
  GROUP_CALL_LIMITS,
  type GroupCallAnswer,
  type GroupCallDraft
} from '../../core/group-call.ts'
import { UNIT_CLASSES } from '../../core/unit.ts'
import type { GroupCallRooms } from '../group-call-ports.ts'
import { doorOf } from '../guard.ts'
import type { HttpAccess } from '../ports.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const Id = Type.String({ minLength: 1, maxLength: 80 })
const Target = Type.Union([
  strict({ kind: Type.Literal('onDuty') }),
  strict({ kind: Type.Literal('cell'), cellId: Id }),
  strict({ kind: Type.Literal('class'), unitClass: Type.Enum([...UNIT_CLASSES]) }),
  strict({
    kind: Type.Literal('units'),
    unitIds: Type.Array(Id, { minItems: 1, maxItems: GROUP_CALL_LIMITS.units, uniqueItems: true })
  })
])
const StartBody = strict({
  target: Target,
  kind: Type.Enum([...GROUP_CALL_KINDS]),
  place: Type.Optional(Type.String({ maxLength: GROUP_CALL_LIMITS.place })),
  text: Type.Optional(Type.String({ maxLength: GROUP_CALL_LIMITS.text })),
  telephone: Type.Boolean()
})
const AnswerBody = strict({ id: Id, what: Type.Enum(['shown', 'confirmed']) })

export function groupCallRoutes(
  app: FastifyInstance,
  rooms: GroupCallRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = doorOf(access, origins)
  app.get('/api/group-calls', async request => {
    user(request, 'unit.call')
    return rooms.list()
  })
  app.get('/api/group-calls/choices', async request => {
    user(request, 'unit.call')
    return rooms.choices()
  })
  app.post('/api/group-calls', { schema: { body: StartBody } }, async request => {
    const who = user(request, 'unit.call')
    return rooms.start(request.body as GroupCallDraft, who)
  })
  app.post('/api/group-calls/:id/end', async request => {
    const who = user(request, 'unit.call')
    return rooms.end((request.params as { readonly id: string }).id.slice(0, 80), who)
  })
  app.post('/api/patrol/group-call', { schema: { body: AnswerBody } }, async (request, reply) => {
    const who = user(request, 'patrol.self')
    await rooms.answer(request.body as GroupCallAnswer, who)
    return reply.code(204).send()
  })
}
