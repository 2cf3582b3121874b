/** Recordings: tickets to play them, and the record of a still taken from them. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type CameraId, id } from '../../core/brand.ts'
import { GatewayError } from '../../core/errors.ts'
import type { PlayTicketRequest, RecordingStill } from '../../core/wire.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess, PlaybackRooms } from '../ports.ts'

/** A day and the hour around it: one look is one interval in the audit log. */
const MAX_INTERVAL_MS = 25 * 3_600_000
const Time = Type.Integer({ minimum: 0, maximum: 8_000_000_000_000 })
const why = {
  reason: Type.Optional(Type.String({ maxLength: 500 })),
  incidentId: Type.Optional(Type.String({ minLength: 1, maxLength: 80, pattern: '^[A-Za-z0-9:._/-]+$' }))
}
const PlayBody = Type.Object(
  { stream: Type.Enum(['main', 'sub']), fromMs: Time, toMs: Time, audio: Type.Optional(Type.Boolean()), ...why },
  { additionalProperties: false }
)
const StillBody = Type.Object({ atMs: Time, ...why }, { additionalProperties: false })

export function playbackRoutes(
  app: FastifyInstance,
  playback: PlaybackRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = keeperOf(access, origins, 'recording.view')
  const camera = (request: FastifyRequest) => id<CameraId>((request.params as { id: string }).id)

  app.post('/api/cameras/:id/play-ticket', { schema: { body: PlayBody } }, async request => {
    const who = user(request)
    const wish = request.body as PlayTicketRequest
    if (wish.toMs <= wish.fromMs || wish.toMs - wish.fromMs > MAX_INTERVAL_MS)
      throw new GatewayError('BODY_INVALID', { field: 'toMs', maxHours: MAX_INTERVAL_MS / 3_600_000 })
    return playback.playTicket(camera(request), wish, who)
  })
  app.post('/api/cameras/:id/recording-still', { schema: { body: StillBody } }, async (request, reply) => {
    await playback.stillTaken(camera(request), request.body as RecordingStill, user(request))
    return reply.code(204).send()
  })
}
