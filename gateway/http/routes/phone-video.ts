/** Live video of patrols' phones: the floor asks and ends, a patrol's own press begins, and may end it at any time. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { PhoneVideoAnswer, PhoneVideoAsk } from '../../core/phone-video.ts'
import { doorOf } from '../guard.ts'
import type { PhoneVideoRooms } from '../phone-video-ports.ts'
import type { HttpAccess } from '../ports.ts'

const AskBody = Type.Object(
  { incidentId: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })) },
  { additionalProperties: false }
)
const AnswerBody = Type.Object(
  { what: Type.Enum(['start', 'again', 'decline', 'stop']) },
  { additionalProperties: false }
)

export function phoneVideoRoutes(
  app: FastifyInstance,
  rooms: PhoneVideoRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = doorOf(access, origins)
  const unitOf = (request: FastifyRequest) => (request.params as { readonly id: string }).id.slice(0, 80)
  app.post('/api/units/:id/video', { schema: { body: AskBody } }, async request => {
    const who = user(request, 'unit.video')
    return rooms.ask(unitOf(request), request.body as PhoneVideoAsk, who)
  })
  app.post('/api/units/:id/video/end', async (request, reply) => {
    const who = user(request, 'unit.video')
    await rooms.end(unitOf(request), who)
    return reply.code(204).send()
  })
  app.post('/api/patrol/video', { schema: { body: AnswerBody } }, async (request, reply) => {
    const who = user(request, 'patrol.self')
    const { what } = request.body as PhoneVideoAnswer
    if (what === 'start' || what === 'again') return rooms[what](who)
    await rooms.stop(who)
    return reply.code(204).send()
  })
}
