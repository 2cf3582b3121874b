/** Sinks 接收方: opened, made, changed, taken out and tried by the administrator while the gateway runs. */

import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { CAP_SCOPES, CAP_STATUSES, CONTACT_TELLS, SINK_FORMATS } from '../../core/outwards.ts'
import { ALARM_CLASSES } from '../../core/signal.ts'
import { SINK_LIMITS, type SinkDraft } from '../../core/sink-record.ts'
import { draftFaults } from '../draft-faults.ts'
import type { Doorkeeper } from '../guard.ts'
import type { SinkRooms } from '../sink-ports.ts'
import { RecordId, strict, Version } from './record-routes.ts'

/** Only bounds what comes: values are judged field by field, with words. */
const Draft = strict({
  name: Type.String({ maxLength: 128 }),
  url: Type.Optional(Type.String({ maxLength: 2 * SINK_LIMITS.url })),
  secret: Type.Optional(Type.String({ maxLength: 2 * SINK_LIMITS.secretMost })),
  enabled: Type.Boolean(),
  format: Type.Enum([...SINK_FORMATS]),
  scope: Type.Enum([...CAP_SCOPES]),
  addresses: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 2 * SINK_LIMITS.addresses }),
  restriction: Type.String({ maxLength: 200 }),
  status: Type.Enum([...CAP_STATUSES]),
  tell: Type.Enum([...CONTACT_TELLS]),
  personal: Type.Boolean(),
  lowestPriority: Type.Integer({ minimum: 1, maximum: 5 }),
  classes: Type.Array(Type.Enum([...ALARM_CLASSES]), { maxItems: ALARM_CLASSES.length })
})

export function sinkRoutes(app: FastifyInstance, rooms: SinkRooms, administrator: Doorkeeper): void {
  app.get('/api/sinks/detail', { schema: { querystring: strict({ id: RecordId }) } }, request => {
    administrator(request)
    return rooms.detail((request.query as { id: string }).id)
  })
  const body = strict({ version: Version, draft: Draft })
  app.post('/api/sinks', { schema: { body }, attachValidation: true }, async request => {
    const user = administrator(request)
    const { draft, version } = request.body as { draft: SinkDraft; version: number }
    return draftFaults(request, '/draft') ?? rooms.save(draft, version, user)
  })
  app.post('/api/sinks/remove', { schema: { body: strict({ id: RecordId, version: Version }) } }, request => {
    const { id, version } = request.body as { id: string; version: number }
    return rooms.remove(id, version, administrator(request))
  })
  app.post('/api/sinks/test', { schema: { body: strict({ id: RecordId }) } }, request =>
    rooms.tryOut((request.body as { id: string }).id, administrator(request))
  )
}
