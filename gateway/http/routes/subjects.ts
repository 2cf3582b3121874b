/** Households, premises and vehicles: found, opened, changed, removed; lists as CSV both ways. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { id } from '../../core/brand.ts'
import { ALARM_CLASSES, SOURCE_KINDS } from '../../core/signal.ts'
import { RECORD_LIMITS as LIMITS, type SubjectDraft, type SubjectKind } from '../../core/subject-record.ts'
import { draftFaults } from '../draft-faults.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess, SubjectRooms } from '../ports.ts'
import { type Finding, FindQuery, findingOf } from './finding.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
/** Lengths are judged field by field, with words; this only bounds them. */
const Text = Type.String({ maxLength: 2_000 })
const Maybe = Type.Optional(Text)
const KINDS = '(household|premises|vehicle)'
const PageQuery = strict({
  kinds: Type.String({ pattern: `^${KINDS}(,${KINDS}){0,2}$` }),
  ...FindQuery.properties
})
const KindsQuery = strict({ kinds: PageQuery.properties.kinds })
const OneQuery = strict({ id: Type.String({ minLength: 1, maxLength: 128 }) })
const FileQuery = strict({ file: Type.Optional(Type.String({ maxLength: 120 })) })
const Consent = strict({ by: Text, on: Text, relation: Maybe })
const Version = Type.Integer({ minimum: 0 })
const SaveBody = strict({
  version: Version,
  draft: strict({
    id: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    kind: Type.Enum(['household', 'premises', 'vehicle']),
    ...{ name: Text, address: Text, phone: Maybe, description: Maybe, medicalNote: Maybe, accessNote: Maybe },
    ...{ groupId: Maybe, gridCellId: Maybe, fleetId: Maybe, consent: Type.Optional(Consent) },
    position: Type.Optional(strict({ lat: Type.Number(), lon: Type.Number(), datum: Type.Enum(['wgs84', 'gcj02']) })),
    contacts: Type.Array(strict({ name: Text, relation: Text, phone: Text, messageConsent: Type.Optional(Text) }), {
      maxItems: 100
    }),
    sources: Type.Array(
      strict({
        id: Text,
        kind: Type.Enum([...SOURCE_KINDS]),
        label: Maybe,
        alarmClass: Type.Optional(Type.Enum([...ALARM_CLASSES])),
        consent: Type.Optional(Consent),
        alsoSubjectIds: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 100 }))
      }),
      { maxItems: 100 }
    ),
    phrases: Type.Optional(
      Type.Union([
        Type.Null(),
        strict({
          safe: Type.String({ maxLength: 100 }),
          duress: Type.Optional(Type.String({ minLength: 1, maxLength: 100 }))
        })
      ])
    )
  })
})
const RemoveBody = strict({ id: OneQuery.properties.id, version: Version })

export function subjectRoutes(
  app: FastifyInstance,
  rooms: SubjectRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const administrator = keeperOf(access, origins, 'registry.manage')
  const kindsOf = (request: FastifyRequest) => (request.query as { kinds: string }).kinds.split(',') as SubjectKind[]

  app.get('/api/subjects', { schema: { querystring: PageQuery } }, async request => {
    administrator(request)
    return rooms.page({ kinds: kindsOf(request), ...findingOf(request.query as Finding, LIMITS.rows) })
  })
  app.get('/api/subjects/detail', { schema: { querystring: OneQuery } }, async request =>
    rooms.detail(id((request.query as { id: string }).id), administrator(request))
  )
  app.get('/api/subjects/choices', async request => {
    administrator(request)
    return rooms.choices()
  })
  app.post('/api/subjects', { schema: { body: SaveBody }, attachValidation: true }, async request => {
    const user = administrator(request)
    const { draft, version } = request.body as { draft: SubjectDraft; version: number }
    return draftFaults(request, '/draft') ?? rooms.save(draft, version, user)
  })
  app.post('/api/subjects/remove', { schema: { body: RemoveBody } }, async request => {
    const { id: subjectId, version } = request.body as { id: string; version: number }
    return rooms.remove(id(subjectId), version, administrator(request))
  })
  app.get('/api/subjects/export', { schema: { querystring: KindsQuery } }, async (request, reply) => {
    const text = await rooms.export(kindsOf(request), administrator(request))
    const name = `${kindsOf(request)[0]}-list.csv`
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${name}"`)
      .send(text)
  })

  // A large body is read only for who may send it.
  const list = {
    bodyLimit: LIMITS.importBytes,
    onRequest: async (request: FastifyRequest) => {
      administrator(request)
    },
    schema: { body: Type.String() }
  }
  app.post('/api/subjects/import/preview', list, async request => rooms.preview(request.body as string))
  app.post('/api/subjects/import', { ...list, schema: { ...list.schema, querystring: FileQuery } }, async request => {
    const { file = '' } = request.query as { file?: string }
    return rooms.import(request.body as string, file, administrator(request))
  })
}
