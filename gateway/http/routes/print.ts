/** Sheets of paper as PDF: shown by the browser, printed or kept from there; lists for spreadsheets, too. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type IncidentId, id } from '../../core/brand.ts'
import { PRINT_FORMATS, PRINT_LANGUAGES, type PrintLanguage } from '../../core/print.ts'
import { REPORT_BY, type ReportBy } from '../../core/report.ts'
import type { SessionUser } from '../../core/wire.ts'
import { sessionOf } from '../guard.ts'
import type { HttpAccess, HttpPermission } from '../ports.ts'
import type { PrintAs, Printed, PrintRooms } from '../print-ports.ts'
import { AREA, ReportDay, type ShiftAsked, ShiftFileQuery, type SpanAsked, shiftOf, spanOf } from './reports.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const language = Type.Enum([...PRINT_LANGUAGES])
const AS = { language, format: Type.Enum([...PRINT_FORMATS]) }
const OrderQuery = strict({ language })
const ListQuery = strict({ ...AS, from: ReportDay, to: ReportDay })
const ReportQuery = strict({ language, from: ReportDay, to: ReportDay, ...AREA, by: Type.Enum([...REPORT_BY]) })
/** The browser's own viewer may show it; the file itself loads and runs nothing. */
const VIEWER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"

export function printRoutes(app: FastifyInstance, rooms: PrintRooms, access: HttpAccess): void {
  const user = (request: FastifyRequest, permission: HttpPermission): SessionUser => {
    const session = sessionOf(access, request.headers.cookie)
    access.require(session.user, permission)
    return session.user
  }
  app.get('/api/print/incidents/:id', { schema: { querystring: OrderQuery } }, async (request, reply) => {
    const who = user(request, 'print.own')
    const { id: incidentId } = request.params as { readonly id: string }
    const { language } = request.query as { readonly language: PrintLanguage }
    return given(reply, await rooms.order(id<IncidentId>(incidentId.slice(0, 80)), language, who))
  })
  app.get('/api/print/shift', { schema: { querystring: ShiftFileQuery(AS) } }, async (request, reply) => {
    const who = user(request, 'print.own')
    const query = request.query as ShiftAsked & PrintAs
    return given(reply, await rooms.shift(shiftOf(query), query, who))
  })
  app.get('/api/print/retrievals', { schema: { querystring: ListQuery } }, async (request, reply) => {
    const who = user(request, 'print.any')
    const query = request.query as PrintAs & SpanAsked
    return given(reply, await rooms.retrievals(spanOf(query), query, who))
  })
  app.get('/api/print/report', { schema: { querystring: ReportQuery } }, async (request, reply) => {
    const who = user(request, 'report.read')
    const query = request.query as SpanAsked & { readonly language: PrintLanguage; readonly by: ReportBy }
    return given(reply, await rooms.report(query.by, spanOf(query), query.language, who))
  })
}

function given(reply: FastifyReply, { name, format, file }: Printed): FastifyReply {
  const isPdf = format === 'pdf'
  return reply
    .type(isPdf ? 'application/pdf' : 'text/csv; charset=utf-8')
    .header('content-disposition', `${isPdf ? 'inline' : 'attachment'}; filename="${name}.${format}"`)
    .header('cache-control', 'no-store')
    .header('content-security-policy', VIEWER_POLICY)
    .send(file)
}
