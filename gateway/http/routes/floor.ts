/** The watch floor: incidents and what is done with them, the map, tickets for pictures. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Compile from 'typebox/compile'
import { type CameraId, type EvidenceId, type IncidentId, id, type UnitId } from '../../core/brand.ts'
import { GatewayError } from '../../core/errors.ts'
import type { CameraTicketRequest, IncidentAction, IncidentDetail, UnitWay } from '../../core/wire.ts'
import { doorOf, originOf, sessionOf } from '../guard.ts'
import type { HttpAccess, HttpRooms } from '../ports.ts'
import { ACTION_BODIES, AlsoQuery, MapFindQuery, RecentQuery, TicketBody, TileParams } from '../schemas.ts'

const CHECKS = new Map(Object.entries(ACTION_BODIES).map(([action, schema]) => [action, Compile(schema)]))

export function floorRoutes(
  app: FastifyInstance,
  rooms: HttpRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = doorOf(access, origins)
  const params = (request: FastifyRequest) => request.params as { id: string }

  app.get('/api/map', async (request, reply) => {
    sessionOf(access, request.headers.cookie)
    const { tag, plain, zipped } = await rooms.map()
    reply.header('etag', tag).header('cache-control', 'private, no-cache').header('vary', 'accept-encoding')
    if (request.headers['if-none-match'] === tag) return reply.code(304).send()
    const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
    if (takesGzip) reply.header('content-encoding', 'gzip')
    return reply.type('application/json; charset=utf-8').send(takesGzip ? zipped : plain)
  })
  app.get('/api/map/find', { schema: { querystring: MapFindQuery } }, async request => {
    const who = user(request, 'source.read')
    const { text, incidents } = request.query as { readonly text: string; readonly incidents?: string }
    return rooms.mapFind(text.trim(), who, incidents === undefined ? undefined : Number(incidents))
  })
  app.get('/api/map/tiles/:z/:x/:y', { schema: { params: TileParams } }, async (request, reply) => {
    sessionOf(access, request.headers.cookie)
    const { z, x, y } = request.params as Record<'z' | 'x' | 'y', string>
    const tile = await rooms.tile(Number(z), Number(x), Number(y))
    return reply.type(tile.type).header('cache-control', 'private, max-age=86400').send(tile.bytes)
  })
  app.get('/api/settings', async request => {
    sessionOf(access, request.headers.cookie)
    return rooms.settings()
  })
  app.get('/api/cameras', async request => {
    user(request, 'camera.view')
    return rooms.cameras()
  })

  app.get('/api/ways', async (request): Promise<readonly UnitWay[]> => {
    const who = user(request, 'position.read')
    return rooms.ways(who)
  })
  app.get('/api/incidents', { schema: { querystring: RecentQuery } }, async request => {
    const who = user(request, 'incident.read')
    const query = request.query as { limit?: string; beforeMs?: string }
    const asked = {
      limit: Math.min(200, Number(query.limit ?? 50)),
      beforeMs: query.beforeMs === undefined ? undefined : Number(query.beforeMs)
    }
    return who.role === 'auditor' ? rooms.searches.recent(asked, who) : rooms.recentIncidents(asked)
  })
  app.get('/api/incidents/:id', { schema: { querystring: AlsoQuery } }, async (request): Promise<IncidentDetail> => {
    const who = user(request, 'incident.read')
    const incidentId = id<IncidentId>(params(request).id)
    // Who only reads: each look on record, and nothing by which to call or enter.
    if (who.role === 'auditor')
      return { ...(await rooms.searches.record(incidentId, who)), candidates: [], similar: [] }
    const { also: named = '' } = request.query as { readonly also?: string }
    const also = named === '' ? [] : named.split(',').map(each => id<UnitId>(each))
    const incident = await rooms.incident(incidentId)
    if (!incident) throw new GatewayError('NOT_FOUND', { incident: params(request).id.slice(0, 80) })
    return {
      incident,
      timeline: await rooms.timeline(incident.id),
      // How far each unit is away says where it is (rule 10).
      ...(access.may(who, 'position.read') ? await rooms.ranking(incident, who, also) : { candidates: [] }),
      similar: rooms.similar(incident)
    }
  })
  app.post('/api/incidents/:id/near-now', async request =>
    rooms.nearNow(params(request).id, user(request, 'incident.act'))
  )
  app.post('/api/incidents/:id/actions', async request => {
    const who = user(request, 'incident.act')
    return rooms.act(id<IncidentId>(params(request).id), actionOf(request.body), who, originOf(request.raw))
  })

  app.post('/api/cameras/:id/ticket', { schema: { body: TicketBody } }, async request => {
    const { role } = sessionOf(access, request.headers.cookie).user
    const who = user(request, role === 'taxiDispatcher' ? 'camera.fleet' : 'camera.view')
    return rooms.cameraTicket(id<CameraId>(params(request).id), request.body as CameraTicketRequest, who)
  })
  app.post('/api/evidence/:id/ticket', async request => {
    const who = user(request, 'evidence.view')
    const { reason } = (request.body ?? {}) as { readonly reason?: unknown }
    const stated = typeof reason === 'string' ? reason : undefined
    return rooms.evidenceTicket(id<EvidenceId>(params(request).id), who, stated)
  })
}

/** Throws BODY_INVALID naming the action or the first wrong fields. */
function actionOf(body: unknown): IncidentAction {
  const action = typeof body === 'object' && body !== null ? (body as { action?: unknown }).action : undefined
  const check = typeof action === 'string' ? CHECKS.get(action) : undefined
  if (!check) throw new GatewayError('BODY_INVALID', { field: 'action', allowed: [...CHECKS.keys()].join(', ') })
  if (!check.Check(body)) {
    const faults = check
      .Errors(body)
      .map(e => `${e.instancePath || '/'} ${e.message.replace('schema is false', 'is no field here')}`)
    throw new GatewayError('BODY_INVALID', { action: String(action), faults: faults.slice(0, 5).join('; ') })
  }
  return body as IncidentAction
}
