/** Searches of who reads and acts on nothing: the audit log, and incidents of any age. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type IncidentId, id } from '../../core/brand.ts'
import { DISPOSITIONS } from '../../core/incident.ts'
import { PRINT_LANGUAGES, type PrintLanguage } from '../../core/print.ts'
import type { Priority } from '../../core/priority.ts'
import { type AuditQuery, INCIDENT_STAGES, type IncidentSearchQuery, type SearchQuery } from '../../core/search.ts'
import { ALARM_CLASSES } from '../../core/signal.ts'
import type { AuditEntry } from '../../core/store.ts'
import type { SessionUser } from '../../core/wire.ts'
import { sessionOf } from '../guard.ts'
import type { HttpAccess, HttpPermission } from '../ports.ts'
import type { SearchRooms } from '../search-ports.ts'
import { ReportDay } from './reports.ts'

const maybe = Type.Optional
const COMMON = {
  text: maybe(Type.String({ maxLength: 80 })),
  from: maybe(ReportDay),
  to: maybe(ReportDay),
  before: maybe(Type.String({ pattern: '^[1-9]\\d{0,14}$' }))
}
const AUDIT = {
  ...COMMON,
  action: maybe(Type.String({ maxLength: 60 })),
  outcome: maybe(Type.Enum(['done', 'refused']))
}
const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const AuditSchema = strict(AUDIT)
const FileSchema = strict({ ...AUDIT, language: Type.Enum([...PRINT_LANGUAGES]) })
const IncidentSchema = strict({
  ...COMMON,
  stage: maybe(Type.Enum([...INCIDENT_STAGES])),
  priority: maybe(Type.String({ pattern: '^[1-5]$' })),
  alarmClass: maybe(Type.Enum([...ALARM_CLASSES])),
  disposition: maybe(Type.Enum([...DISPOSITIONS]))
})

interface Common {
  readonly text?: string
  readonly from?: string
  readonly to?: string
  readonly before?: string
}
type Audit = Common & { readonly action?: string; readonly outcome?: AuditEntry['outcome'] }

const commonOf = ({ text = '', from, to, before }: Common): SearchQuery => ({
  ...{ text, fromDay: from, toDay: to },
  before: before === undefined ? undefined : Number(before)
})
const auditOf = (asked: Audit): AuditQuery => ({
  ...commonOf(asked),
  ...{ action: asked.action || undefined, outcome: asked.outcome }
})

export function searchRoutes(app: FastifyInstance, rooms: SearchRooms, access: HttpAccess): void {
  const reader = (request: FastifyRequest, permission: HttpPermission): SessionUser => {
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, permission)
    return user
  }
  app.get('/api/audit/search', { schema: { querystring: AuditSchema } }, async request =>
    rooms.audit(auditOf(request.query as Audit), reader(request, 'audit.read'))
  )
  app.get('/api/audit/search.csv', { schema: { querystring: FileSchema } }, async (request, reply) => {
    const user = reader(request, 'audit.read')
    const asked = request.query as Audit & { readonly language: PrintLanguage }
    const text = await rooms.auditCsv(auditOf(asked), asked.language, user)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="audit.csv"')
      .header('cache-control', 'no-store')
      .send(text)
  })
  app.get('/api/incident-search', { schema: { querystring: IncidentSchema } }, async request => {
    const user = reader(request, 'incident.read')
    const { stage, priority, alarmClass, disposition, ...common } = request.query as Common & {
      readonly priority?: string
    } & Pick<IncidentSearchQuery, 'stage' | 'alarmClass' | 'disposition'>
    const wanted = priority === undefined ? undefined : (Number(priority) as Priority)
    return rooms.incidents({ ...commonOf(common), stage, priority: wanted, alarmClass, disposition }, user)
  })
  app.get('/api/incidents/:id/record', async request => {
    const user = reader(request, 'incident.read')
    return rooms.record(id<IncidentId>((request.params as { readonly id: string }).id.slice(0, 80)), user)
  })
}
