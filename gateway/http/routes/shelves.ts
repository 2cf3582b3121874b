/** Shelved sources 搁置: which are, one more by hand with a reason and an end, ended early. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { SHELF_LIMITS, type ShelfDraft } from '../../core/source-shelf.ts'
import { doorOf } from '../guard.ts'
import type { HttpAccess, SourceRooms } from '../ports.ts'

const ShelfBody = Type.Object(
  {
    sourceId: Type.String({ minLength: 1, maxLength: 300 }),
    minutes: Type.Integer({ minimum: SHELF_LIMITS.minMinutes, maximum: 1_440 }),
    reason: Type.String({ minLength: 2, maxLength: SHELF_LIMITS.reasonLength, pattern: '\\S' })
  },
  { additionalProperties: false }
)

export function shelfRoutes(
  app: FastifyInstance,
  rooms: Pick<SourceRooms, 'shelves'>,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = doorOf(access, origins)
  app.get('/api/sources/shelves', async request => {
    user(request, 'source.read')
    return rooms.shelves.list()
  })
  app.post('/api/sources/shelves', { schema: { body: ShelfBody } }, async request =>
    rooms.shelves.set(request.body as ShelfDraft, user(request, 'source.shelve'))
  )
  app.post('/api/sources/shelves/:id/end', async (request, reply) => {
    await rooms.shelves.end((request.params as { id: string }).id.slice(0, 80), user(request, 'source.shelve'))
    return reply.code(204).send()
  })
}
