/** What is recorded: the timeline of one camera, and the list of all with what they keep. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { type CameraId, id } from '../../core/brand.ts'
import { GatewayError } from '../../core/errors.ts'
import { sessionOf } from '../guard.ts'
import type { HttpAccess, RecordingRooms } from '../ports.ts'

const Time = Type.String({ pattern: '^\\d{1,15}$' })
const TimelineQuery = Type.Object({
  fromMs: Time,
  toMs: Time,
  reason: Type.Optional(Type.String({ maxLength: 500 })),
  incidentId: Type.Optional(Type.String({ minLength: 1, maxLength: 80, pattern: '^[A-Za-z0-9:._/-]+$' }))
})

export function recordingRoutes(app: FastifyInstance, recordings: RecordingRooms, access: HttpAccess): void {
  app.get('/api/recordings', async request => {
    access.require(sessionOf(access, request.headers.cookie).user, 'diagnostics.read')
    return recordings.overview()
  })
  app.get('/api/recordings/:id', { schema: { querystring: TimelineQuery } }, async request => {
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, 'recording.view')
    const query = request.query as { fromMs: string; toMs: string; reason?: string; incidentId?: string }
    const [fromMs, toMs] = [Number(query.fromMs), Number(query.toMs)]
    if (toMs <= fromMs) throw new GatewayError('BODY_INVALID', { field: 'toMs', why: 'not after fromMs' })
    const wish = { fromMs, toMs, reason: query.reason, incidentId: query.incidentId }
    return recordings.timeline(id<CameraId>((request.params as { id: string }).id), wish, user)
  })
}
