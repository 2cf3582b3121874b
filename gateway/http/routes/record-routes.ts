/** The four routes that every kind of record in the administration has: found, opened, kept by the version that the form was opened with, removed. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { Found, PageQuery } from '../../core/find.ts'
import type { RecordSaved } from '../../core/group-record.ts'
import { RECORD_LIMITS as LIMITS } from '../../core/subject-record.ts'
import type { SessionUser } from '../../core/wire.ts'
import { draftFaults } from '../draft-faults.ts'
import type { Doorkeeper } from '../guard.ts'
import { type Finding, FindQuery, findingOf } from './finding.ts'

export const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
export const RecordId = Type.String({ minLength: 1, maxLength: 128 })
export const Version = Type.Integer({ minimum: 0 })

interface RecordRooms<Draft> {
  page(query: PageQuery): Found<unknown>
  detail(recordId: string, user: SessionUser): Promise<unknown>
  save(draft: Draft, version: number, user: SessionUser): Promise<RecordSaved>
  remove(recordId: string, version: number, user: SessionUser): Promise<RecordSaved>
}

/** `draft` only bounds what comes: values are judged field by field, with words. */
export function recordRoutes<Draft>(
  app: FastifyInstance,
  path: string,
  { rooms, keeper, draft }: { readonly rooms: RecordRooms<Draft>; readonly keeper: Doorkeeper; readonly draft: object }
): void {
  app.get(path, { schema: { querystring: FindQuery } }, async request => {
    keeper(request)
    return rooms.page(findingOf(request.query as Finding, LIMITS.rows))
  })
  app.get(`${path}/detail`, { schema: { querystring: strict({ id: RecordId }) } }, async request => {
    const user = keeper(request)
    return rooms.detail((request.query as { id: string }).id, user)
  })
  const body = strict({ version: Version, draft: draft as Type.TSchema })
  app.post(path, { schema: { body }, attachValidation: true }, async request => {
    const user = keeper(request)
    const { draft: sent, version } = request.body as { draft: Draft; version: number }
    return draftFaults(request, '/draft') ?? rooms.save(sent, version, user)
  })
  app.post(`${path}/remove`, { schema: { body: strict({ id: RecordId, version: Version }) } }, async request => {
    const { id, version } = request.body as { id: string; version: number }
    return rooms.remove(id, version, keeper(request))
  })
}
