/** The video wall: layouts and tours that seats share, and the record of a still taken from the screen. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type CameraId, id } from '../../core/brand.ts'
import { type Draft, WALL_GRIDS, WALL_LIMITS, type WallLayout, type WallTour } from '../../core/wall.ts'
import { doorOf } from '../guard.ts'
import type { HttpAccess, WallRooms } from '../ports.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const Id = Type.String({ minLength: 1, maxLength: 80, pattern: '^[A-Za-z0-9:._/-]+$' })
const shelved = {
  id: Type.Optional(Id),
  version: Type.Optional(Type.Integer({ minimum: 1 })),
  name: Type.String({ minLength: 1, maxLength: WALL_LIMITS.nameLength, pattern: '\\S' }),
  shared: Type.Boolean()
}
const Tile = Type.Union([
  strict({ kind: Type.Literal('camera'), cameraId: Id }),
  strict({ kind: Type.Literal('tour'), tourId: Id }),
  Type.Null()
])
const LayoutBody = strict({
  ...shelved,
  grid: Type.Enum([...WALL_GRIDS]),
  pages: Type.Array(Type.Array(Tile, { maxItems: WALL_LIMITS.tiles }), { minItems: 1, maxItems: WALL_LIMITS.pages })
})
const TourBody = strict({
  ...shelved,
  cameras: Type.Array(Id, { minItems: 1, maxItems: WALL_LIMITS.tourCameras }),
  dwellS: Type.Integer({ minimum: 5, maximum: 300 })
})
const StillBody = strict({ reason: Type.Optional(Type.String({ maxLength: 500 })) })

export function wallRoutes(
  app: FastifyInstance,
  wall: WallRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = doorOf(access, origins)
  const params = (request: FastifyRequest) => request.params as { id: string }

  app.get('/api/wall', async request => wall.state(user(request, 'camera.view')))
  app.post('/api/wall/layouts', { schema: { body: LayoutBody }, bodyLimit: 256 * 1024 }, async request =>
    wall.putLayout(request.body as Draft<WallLayout>, user(request, 'wall.edit'))
  )
  app.post('/api/wall/layouts/:id/remove', async (request, reply) => {
    await wall.removeLayout(params(request).id, user(request, 'wall.edit'))
    return reply.code(204).send()
  })
  app.post('/api/wall/tours', { schema: { body: TourBody } }, async request =>
    wall.putTour(request.body as Draft<WallTour>, user(request, 'wall.edit'))
  )
  app.post('/api/wall/tours/:id/remove', async (request, reply) => {
    await wall.removeTour(params(request).id, user(request, 'wall.edit'))
    return reply.code(204).send()
  })
  app.post('/api/cameras/:id/still-taken', { schema: { body: StillBody } }, async (request, reply) => {
    const who = user(request, 'camera.view')
    await wall.stillTaken(id<CameraId>(params(request).id), who, (request.body as { reason?: string }).reason)
    return reply.code(204).send()
  })
}
