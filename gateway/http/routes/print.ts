/** Sheets of paper as PDF: shown by the browser, printed or kept from there. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type IncidentId, id } from '../../core/brand.ts'
import { PRINT_LANGUAGES, type PrintLanguage } from '../../core/print.ts'
import type { SessionUser } from '../../core/wire.ts'
import { sessionOf } from '../guard.ts'
import type { HttpAccess } from '../ports.ts'
import type { Printed, PrintRooms } from '../print-ports.ts'

const Language = Type.Object({ language: Type.Enum([...PRINT_LANGUAGES]) }, { additionalProperties: false })
/** The browser's own viewer may show it; the file itself loads and runs nothing. */
const VIEWER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"

export function printRoutes(app: FastifyInstance, rooms: PrintRooms, access: HttpAccess): void {
  const printer = (request: FastifyRequest): SessionUser => {
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, 'print.own')
    return user
  }
  app.get('/api/print/incidents/:id', { schema: { querystring: Language } }, async (request, reply) => {
    const { language } = request.query as { readonly language: PrintLanguage }
    const { id: incidentId } = request.params as { readonly id: string }
    return given(reply, await rooms.order(id<IncidentId>(incidentId.slice(0, 80)), language, printer(request)))
  })
}

function given(reply: FastifyReply, { name, pdf }: Printed): FastifyReply {
  return reply
    .type('application/pdf')
    .header('content-disposition', `inline; filename="${name}.pdf"`)
    .header('cache-control', 'no-store')
    .header('content-security-policy', VIEWER_POLICY)
    .send(pdf)
}
