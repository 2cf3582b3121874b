/** Reports 统计报表: figures of the incidents of some days, on screen and as files. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import {
  REPORT_BY,
  REPORT_LANGUAGES,
  REPORT_TABLES,
  type ReportBy,
  type ReportLanguage,
  type ReportTable
} from '../../core/report.ts'
import type { SessionUser } from '../../core/wire.ts'
import { sessionOf } from '../guard.ts'
import type { HttpAccess } from '../ports.ts'
import type { ReportRooms } from '../report-ports.ts'

const Day = Type.String({ pattern: '^20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' })
const SPAN = { by: Type.Enum([...REPORT_BY]), from: Day, to: Day }
const Query = Type.Object(SPAN, { additionalProperties: false })
const FileQuery = Type.Object(
  { ...SPAN, table: Type.Enum([...REPORT_TABLES]), language: Type.Enum([...REPORT_LANGUAGES]) },
  { additionalProperties: false }
)

interface Asked {
  readonly by: ReportBy
  readonly from: string
  readonly to: string
}

export function reportRoutes(app: FastifyInstance, rooms: ReportRooms, access: HttpAccess): void {
  const reader = (request: FastifyRequest): SessionUser => {
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, 'report.read')
    return user
  }
  app.get('/api/reports/incidents', { schema: { querystring: Query } }, async request => {
    const { by, from, to } = request.query as Asked
    return rooms.incidents(by, { fromDay: from, toDay: to }, reader(request))
  })
  app.get('/api/reports/incidents.csv', { schema: { querystring: FileQuery } }, async (request, reply) => {
    const user = reader(request)
    const { by, from, to, table, language } = request.query as Asked & { table: ReportTable; language: ReportLanguage }
    const text = await rooms.csv(by, { fromDay: from, toDay: to }, { table, language }, user)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="report-${by}-${table}-${from}-${to}.csv"`)
      .send(text)
  })
}
