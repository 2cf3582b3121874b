/** Photos for an incident, from the floor and from patrols; the body is the picture itself, whatever its header calls it. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { PHOTO_LIMITS, PHOTO_TYPES } from '../../core/unit-message.ts'
import { doorOf } from '../guard.ts'
import type { PhotoRooms } from '../photo-ports.ts'
import type { HttpAccess, HttpPermission } from '../ports.ts'

const TakenQuery = Type.Object(
  { takenAtMs: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })) },
  { additionalProperties: false }
)

export function photoRoutes(
  app: FastifyInstance,
  rooms: PhotoRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = doorOf(access, origins)
  // A large body is read only for who may send it.
  const picture = (permission: HttpPermission) => ({
    bodyLimit: PHOTO_LIMITS.bytes,
    onRequest: async (request: FastifyRequest) => void user(request, permission)
  })
  const idOf = (request: FastifyRequest) => (request.params as { readonly id: string }).id.slice(0, 80)
  app.addContentTypeParser([...PHOTO_TYPES], { parseAs: 'buffer' }, async (_: unknown, body: Buffer) => body)

  app.post('/api/incidents/:id/photos', picture('incident.act'), async request =>
    rooms.ofFloor(idOf(request), bytesOf(request.body), user(request, 'incident.act'))
  )
  const patrol = { ...picture('patrol.self'), schema: { querystring: TakenQuery } }
  const takenMs = (request: FastifyRequest): number | undefined => {
    const { takenAtMs } = request.query as { readonly takenAtMs?: string }
    return takenAtMs === undefined ? undefined : Number(takenAtMs)
  }
  app.post('/api/patrol/orders/:id/photos', patrol, async request =>
    rooms.ofUnit(idOf(request), bytesOf(request.body), user(request, 'patrol.self'), takenMs(request))
  )
  app.post('/api/patrol/situations/:id/photos', patrol, async request =>
    rooms.ofSituation(idOf(request), bytesOf(request.body), user(request, 'patrol.self'), takenMs(request))
  )
}

/** Another kind of body is no picture: refused by its bytes, on record. */
const bytesOf = (body: unknown): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0))
