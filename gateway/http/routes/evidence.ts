/** Evidence with its custody, legal holds 封存, and exports 导出. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type EvidenceId, id } from '../../core/brand.ts'
import { EXPORT_MAX_RANGES, type ExportRequest, type HoldRequest } from '../../core/exporting.ts'
import { doorOf } from '../guard.ts'
import type { EvidenceRooms, HttpAccess } from '../ports.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const Id = Type.String({ minLength: 1, maxLength: 80, pattern: '^[A-Za-z0-9:._/-]+$' })
const Words = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const Time = Type.Integer({ minimum: 0, maximum: 9_999_999_999_999 })
const Range = strict({ cameraId: Id, fromMs: Time, toMs: Time })

const ExportBody = strict({
  incidentId: Type.Optional(Id),
  ranges: Type.Optional(Type.Array(Range, { maxItems: EXPORT_MAX_RANGES })),
  burnIn: Type.Optional(strict({ time: Type.Boolean(), address: Type.Boolean() })),
  oneFile: Type.Optional(Type.Enum(['grid', 'sequence'])),
  oneFileSound: Type.Optional(Type.Union([Type.Literal('none'), strict({ cameraId: Id })])),
  reason: Words(500),
  receiver: Words(200)
})
const HoldBody = strict({
  target: Type.Union([strict({ incidentId: Id }), Range]),
  reason: Words(500),
  basis: Words(200)
})
const ListQuery = strict({
  incidentId: Type.Optional(Id),
  search: Type.Optional(Type.String({ maxLength: 60 }))
})
const ReleaseBody = strict({ reason: Words(500) })

export function evidenceRoutes(
  app: FastifyInstance,
  rooms: EvidenceRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = doorOf(access, origins)
  const idOf = (request: FastifyRequest) => (request.params as { id: string }).id

  app.get('/api/evidence', { schema: { querystring: ListQuery } }, async request => {
    user(request, 'evidence.export')
    return rooms.list(request.query as { readonly incidentId?: string; readonly search?: string })
  })
  app.get('/api/evidence/:id', async request =>
    rooms.detail(id<EvidenceId>(idOf(request)), user(request, 'evidence.export'))
  )

  app.get('/api/holds', async request => {
    user(request, 'evidence.export')
    return rooms.holds()
  })
  app.post('/api/holds', { schema: { body: HoldBody } }, async request =>
    rooms.hold(request.body as HoldRequest, user(request, 'evidence.hold'))
  )
  app.post('/api/holds/:id/release', { schema: { body: ReleaseBody } }, async request => {
    const who = user(request, 'evidence.hold')
    return rooms.release(idOf(request), (request.body as { reason: string }).reason, who)
  })

  app.get('/api/exports', async request => {
    user(request, 'evidence.export')
    return rooms.exports()
  })
  app.get('/api/exports/:id', async request => {
    user(request, 'evidence.export')
    return rooms.export(idOf(request))
  })
  app.post('/api/exports', { schema: { body: ExportBody } }, async request =>
    rooms.order(request.body as ExportRequest, user(request, 'evidence.export'))
  )
  app.post('/api/exports/:id/cancel', async request => rooms.cancel(idOf(request), user(request, 'evidence.export')))
  app.post('/api/exports/:id/ticket', async request => rooms.ticket(idOf(request), user(request, 'evidence.export')))
}
