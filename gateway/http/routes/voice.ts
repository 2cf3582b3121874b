/** A ticket for an open call: consoles hear it by the adapter's own port. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { type EvidenceId, id } from '../../core/brand.ts'
import type { HearMode } from '../../core/voice.ts'
import { checkOrigin, sessionOf } from '../guard.ts'
import type { HttpAccess, VoiceRooms } from '../ports.ts'

const HearBody = Type.Object({ mode: Type.Enum(['live', 'first']) }, { additionalProperties: false })

export function voiceRoutes(
  app: FastifyInstance,
  rooms: VoiceRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  app.post('/api/evidence/:id/hear', { schema: { body: HearBody } }, async request => {
    checkOrigin(request.raw, origins)
    const { user } = sessionOf(access, request.headers.cookie)
    // Who works on incidents hears their calls: a patrol reads its own order, and no more.
    access.require(user, 'incident.act')
    const { mode } = request.body as { readonly mode: HearMode }
    return rooms.hear(id<EvidenceId>((request.params as { id: string }).id.slice(0, 80)), mode, user)
  })
}
