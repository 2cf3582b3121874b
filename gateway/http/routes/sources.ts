/** Alarm sources: the table by state, searched and a page at a time. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { SOURCE_LIMITS, SOURCE_STATES, type SourceState } from '../../core/sources.ts'
import { sessionOf } from '../guard.ts'
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

export function sourceRoutes(app: FastifyInstance, rooms: SourceRooms, access: HttpAccess): void {
  app.get('/api/sources', { schema: { querystring: PageQuery } }, async request => {
    access.require(sessionOf(access, request.headers.cookie).user, 'source.read')
    const { text = '', state, protocol, offset = '0', limit = '100' } = request.query as Asked
    const rows = Math.min(SOURCE_LIMITS.rows, Number(limit))
    return rooms.page({ text, state, protocol, offset: Number(offset), limit: rows })
  })
}
