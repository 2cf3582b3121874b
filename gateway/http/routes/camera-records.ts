/** Cameras as records: found, entered, changed, removed. How they do is in cameras.ts. */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { RECORD_LIMITS } from '../../core/subject-record.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess } from '../ports.ts'
import type { CameraRooms } from '../record-ports.ts'
import { RecordId, recordRoutes, strict } from './record-routes.ts'

const FileQuery = strict({ file: Type.Optional(Type.String({ maxLength: 120 })) })
const Text = Type.Optional(Type.String({ maxLength: 400 }))
const Point = strict({ lat: Type.Number(), lon: Type.Number(), datum: Type.Enum(['wgs84', 'gcj02']) })
const Draft = strict({
  id: Type.Optional(RecordId),
  name: Type.String({ maxLength: 400 }),
  ownership: Type.Enum(['public', 'private']),
  ...{ owner: Text, station: Text, nationalCode: Text, gridCellId: Text, endpoint: Text, address: Text },
  ...{ mainUrl: Text, subUrl: Text, position: Type.Optional(Point) },
  ...{ yawDeg: Type.Optional(Type.Number()), fovDeg: Type.Optional(Type.Number()) },
  ...{ infrared: Type.Optional(Type.Boolean()), audio: Type.Optional(Type.Boolean()) },
  transport: Type.Optional(Type.Enum(['auto', 'tcp', 'udp'])),
  sourceIds: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 }),
  login: Type.Optional(strict({ username: Type.String({ maxLength: 128 }), password: Type.String({ maxLength: 128 }) }))
})

export function cameraRecordRoutes(
  app: FastifyInstance,
  rooms: CameraRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const keeper = keeperOf(access, origins, 'registry.manage')
  recordRoutes(app, '/api/camera-records', { rooms, keeper, draft: Draft })
  app.get('/api/camera-records/found', async request => {
    keeper(request)
    return rooms.found()
  })
  app.get('/api/camera-records/export', async (request, reply) => {
    const text = await rooms.export(keeper(request))
    const disposition = 'attachment; filename="camera-list.csv"'
    return reply.type('text/csv; charset=utf-8').header('content-disposition', disposition).send(text)
  })
  // A large body is read only for who may send it.
  const list = {
    bodyLimit: RECORD_LIMITS.importBytes,
    onRequest: async (request: FastifyRequest) => {
      keeper(request)
    },
    schema: { body: Type.String() }
  }
  app.post('/api/camera-records/import/preview', list, async request => rooms.preview(request.body as string))
  const schema = { ...list.schema, querystring: FileQuery }
  app.post('/api/camera-records/import', { ...list, schema }, async request => {
    const { file = '' } = request.query as { file?: string }
    return rooms.import(request.body as string, file, keeper(request))
  })
}
