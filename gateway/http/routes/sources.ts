/** Alarm sources: the table by state, searched and a page at a time; one source; on test with a forced end. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { id } from '../../core/brand.ts'
import { TEST_LIMITS, type TestDraft } from '../../core/source-test.ts'
import { SOURCE_LIMITS, SOURCE_STATES, type SourceState } from '../../core/sources.ts'
import { doorOf } from '../guard.ts'
import type { HttpAccess, SourceRooms } from '../ports.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const PageQuery = strict({
  text: Type.Optional(Type.String({ maxLength: SOURCE_LIMITS.textLength })),
  state: Type.Optional(Type.Enum([...SOURCE_STATES])),
  protocol: Type.Optional(Type.String({ maxLength: 32, pattern: '^[a-z0-9-]+$' })),
  offset: Type.Optional(Type.String({ pattern: '^\\d{1,6}$' })),
  limit: Type.Optional(Type.String({ pattern: '^\\d{1,3}$' }))
})
type Asked = Partial<Record<'text' | 'protocol' | 'offset' | 'limit', string>> & { readonly state?: SourceState }

const OneQuery = strict({ id: Type.String({ minLength: 1, maxLength: 300 }) })
const TestBody = strict({
  sourceId: Type.String({ minLength: 1, maxLength: 300 }),
  whole: Type.Boolean(),
  minutes: Type.Integer({ minimum: TEST_LIMITS.minMinutes, maximum: 1_440 }),
  reason: Type.String({ minLength: 2, maxLength: TEST_LIMITS.reasonLength, pattern: '\\S' })
})

export function sourceRoutes(
  app: FastifyInstance,
  rooms: SourceRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = doorOf(access, origins)
  app.get('/api/sources', { schema: { querystring: PageQuery } }, async request => {
    user(request, 'source.read')
    const { text = '', state, protocol, offset = '0', limit = '100' } = request.query as Asked
    const rows = Math.min(SOURCE_LIMITS.rows, Number(limit))
    return rooms.page({ text, state, protocol, offset: Number(offset), limit: rows })
  })
  app.get('/api/sources/detail', { schema: { querystring: OneQuery } }, async request => {
    user(request, 'source.read')
    return rooms.detail(id((request.query as { id: string }).id))
  })
  app.get('/api/sources/frames', { schema: { querystring: OneQuery } }, async request =>
    rooms.frames((request.query as { id: string }).id, user(request, 'source.frames'))
  )
  app.get('/api/sources/strangers', async request => {
    user(request, 'source.frames')
    return rooms.strangers()
  })
  app.get('/api/sources/tests', async request => {
    user(request, 'source.read')
    return rooms.tests()
  })
  app.post('/api/sources/tests', { schema: { body: TestBody } }, async request =>
    rooms.setTest(request.body as TestDraft, user(request, 'source.test'))
  )
  app.post('/api/sources/tests/:id/end', async (request, reply) => {
    await rooms.endTest((request.params as { id: string }).id.slice(0, 80), user(request, 'source.test'))
    return reply.code(204).send()
  })
}
