/** Open calls and call-backs: consoles hear and speak by the adapter's own port, against tickets. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type EvidenceId, type IncidentId, id } from '../../core/brand.ts'
import type { HearMode, TalkRequest } from '../../core/voice.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess, TalkRooms, VoiceRooms } from '../ports.ts'

const HearBody = Type.Object({ mode: Type.Enum(['live', 'first']) }, { additionalProperties: false })

const TalkBody = Type.Object(
  {
    number: Type.String({ pattern: '^[+0-9]{3,21}$' }),
    duressConfirmed: Type.Optional(Type.Boolean()),
    silentConfirmed: Type.Optional(Type.Boolean())
  },
  { additionalProperties: false }
)

export function voiceRoutes(
  app: FastifyInstance,
  rooms: { readonly voice: VoiceRooms; readonly talk: TalkRooms },
  access: HttpAccess,
  origins: readonly string[]
): void {
  // Who works on incidents hears their calls: a patrol reads its own order, and no more.
  const user = keeperOf(access, origins, 'incident.act')
  const idOf = (request: FastifyRequest) => (request.params as { id: string }).id.slice(0, 80)

  app.get('/api/incidents/:id/numbers', async request => {
    user(request)
    return rooms.talk.numbers(id<IncidentId>(idOf(request)))
  })
  app.post('/api/incidents/:id/talk', { schema: { body: TalkBody } }, async request => {
    const who = user(request)
    return rooms.talk.talk(id<IncidentId>(idOf(request)), request.body as TalkRequest, who)
  })
  app.post('/api/evidence/:id/hear', { schema: { body: HearBody } }, async request => {
    const who = user(request)
    const { mode } = request.body as { readonly mode: HearMode }
    return rooms.voice.hear(id<EvidenceId>(idOf(request)), mode, who)
  })
}
