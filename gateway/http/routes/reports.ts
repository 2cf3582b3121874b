/** Reports 统计报表: figures of the incidents of some days, on screen and as files. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import {
  REPORT_BY,
  REPORT_LANGUAGES,
  REPORT_TABLES,
  type ReportBy,
  type ReportLanguage,
  type ReportSpan,
  type ReportTable
} from '../../core/report.ts'
import type { SessionUser } from '../../core/wire.ts'
import { sessionOf } from '../guard.ts'
import type { HttpAccess } from '../ports.ts'
import type { ReportRooms } from '../report-ports.ts'

export const ReportDay = Type.String({ pattern: '^20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' })
/** Cells counted under those of a level, and one area alone. */
export const AREA = {
  level: Type.Optional(Type.Enum(['1', '2', '3'])),
  under: Type.Optional(Type.String({ minLength: 1, maxLength: 80 }))
}
const SPAN = { by: Type.Enum([...REPORT_BY]), from: ReportDay, to: ReportDay, ...AREA }
const Query = Type.Object(SPAN, { additionalProperties: false })
const FileQuery = Type.Object(
  { ...SPAN, table: Type.Enum([...REPORT_TABLES]), language: Type.Enum([...REPORT_LANGUAGES]) },
  { additionalProperties: false }
)

export interface SpanAsked {
  readonly from: string
  readonly to: string
  readonly level?: '1' | '2' | '3'
  readonly under?: string
}

interface Asked extends SpanAsked {
  readonly by: ReportBy
}

export const spanOf = ({ from, to, level, under }: SpanAsked): ReportSpan => ({
  ...{ fromDay: from, toDay: to },
  ...(level === undefined ? {} : { level: Number(level) as 1 | 2 | 3 }),
  ...(under === undefined ? {} : { under })
})

/** A shift is named by its day and number, or the one that runs is meant. */
export interface ShiftAsked {
  readonly day?: string
  readonly shift?: string
}

const SHIFT = { day: Type.Optional(ReportDay), shift: Type.Optional(Type.String({ pattern: '^[0-7]$' })) }
export const ShiftQuery = Type.Object(SHIFT, { additionalProperties: false })
export const ShiftFileQuery = (more: Record<string, Type.TSchema>) =>
  Type.Object({ ...SHIFT, ...more }, { additionalProperties: false })

export const shiftOf = ({ day, shift = '0' }: ShiftAsked) =>
  day === undefined ? undefined : { day, shift: Number(shift) }

export function reportRoutes(app: FastifyInstance, rooms: ReportRooms, access: HttpAccess): void {
  const reader = (request: FastifyRequest): SessionUser => {
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, 'report.read')
    return user
  }
  app.get('/api/reports/incidents', { schema: { querystring: Query } }, async request => {
    const asked = request.query as Asked
    return rooms.incidents(asked.by, spanOf(asked), reader(request))
  })
  app.get('/api/reports/shift', { schema: { querystring: ShiftQuery } }, async request =>
    rooms.shift(shiftOf(request.query as ShiftAsked), reader(request))
  )
  app.get('/api/reports/incidents.csv', { schema: { querystring: FileQuery } }, async (request, reply) => {
    const user = reader(request)
    const asked = request.query as Asked & { table: ReportTable; language: ReportLanguage }
    const { by, from, to, table, language } = asked
    const text = await rooms.csv(by, spanOf(asked), { table, language }, user)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="report-${by}-${table}-${from}-${to}.csv"`)
      .send(text)
  })
}
