/** The grid: looked through, a GeoJSON file looked at and taken in, given out. */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { GeoPoint } from '../../core/geo.ts'
import { GRID_LIMITS } from '../../core/grid-wire.ts'
import { RECORD_LIMITS } from '../../core/subject-record.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess } from '../ports.ts'
import type { GridRooms } from '../record-ports.ts'
import { type Finding, FindQuery, findingOf } from './finding.ts'
import { strict } from './record-routes.ts'

const Datum = Type.Enum(['wgs84', 'gcj02'])
const VersionText = Type.String({ pattern: '^\\d{1,6}$' })
const LookQuery = strict({ datum: Datum })
const ImportQuery = strict({
  datum: Datum,
  version: VersionText,
  file: Type.Optional(Type.String({ maxLength: 120 })),
  /** Overlaps and gaps are taken in too. */
  accept: Type.Optional(Type.Literal('1'))
})
const ExportQuery = strict({ version: Type.Optional(VersionText) })
export const GEO_JSON = 'application/geo+json'

export function gridRoutes(
  app: FastifyInstance,
  rooms: GridRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const administrator = keeperOf(access, origins, 'registry.manage')
  app.addContentTypeParser(GEO_JSON, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.get('/api/grid', { schema: { querystring: FindQuery } }, async request => {
    administrator(request)
    return rooms.page(findingOf(request.query as Finding, RECORD_LIMITS.rows))
  })
  app.get('/api/grid/state', async request => {
    administrator(request)
    return rooms.state()
  })
  app.get('/api/grid/export', { schema: { querystring: ExportQuery } }, async (request, reply) => {
    const user = administrator(request)
    const { version } = request.query as { version?: string }
    const text = await rooms.export(version === undefined ? undefined : Number(version), user)
    return reply.type(GEO_JSON).header('content-disposition', 'attachment; filename="grid.geojson"').send(text)
  })
  // A large body is read only for who may send it.
  const file = {
    bodyLimit: GRID_LIMITS.bytes,
    onRequest: async (request: FastifyRequest) => {
      administrator(request)
    }
  }
  app.post('/api/grid/preview', { ...file, schema: { querystring: LookQuery } }, async request =>
    rooms.preview(bodyOf(request), (request.query as { datum: GeoPoint['datum'] }).datum)
  )
  app.post('/api/grid/import', { ...file, schema: { querystring: ImportQuery } }, async request => {
    const { datum, version, file: name = '', accept } = request.query as ImportAsked
    const how = { datum, version: Number(version), file: name, accept: accept === '1' }
    return rooms.import(bodyOf(request), how, administrator(request))
  })
}

interface ImportAsked {
  readonly datum: GeoPoint['datum']
  readonly version: string
  readonly file?: string
  readonly accept?: string
}

/** Of another type than GeoJSON it is no file that can be looked at; what is said of it then is what is said of an empty one. */
function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}
