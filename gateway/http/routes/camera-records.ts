/** Cameras as records: found, entered, changed, removed. How they do is in cameras.ts. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import type { HttpAccess } from '../ports.ts'
import type { CameraRooms } from '../record-ports.ts'
import { keeperOf, RecordId, recordRoutes, strict } from './record-routes.ts'

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
}
