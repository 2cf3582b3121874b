/** The video patrol: plans and reports for leaders, rounds for those on duty. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { GatewayError } from '../../core/errors.ts'
import { type Draft, FINDING_KINDS, PATROL_LIMITS, type PatrolPlan, WALL_LIMITS } from '../../core/wall.ts'
import { doorOf, originOf } from '../guard.ts'
import type { HttpAccess, WallRooms } from '../ports.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const Id = Type.String({ minLength: 1, maxLength: 80, pattern: '^[A-Za-z0-9:._/-]+$' })
const Words = (maxLength: number) => Type.String({ minLength: 2, maxLength, pattern: '\\S' })
const Shift = strict({
  fromMin: Type.Integer({ minimum: 0, maximum: 1_439 }),
  toMin: Type.Integer({ minimum: 0, maximum: 1_440 }),
  persons: Type.Array(Type.String({ pattern: '^\\d{1,16}$' }), { minItems: 1, maxItems: PATROL_LIMITS.persons })
})
const PlanBody = strict({
  id: Type.Optional(Id),
  version: Type.Optional(Type.Integer({ minimum: 1 })),
  name: Type.String({ minLength: 1, maxLength: WALL_LIMITS.nameLength, pattern: '\\S' }),
  shared: Type.Literal(true),
  cameras: Type.Array(Id, { minItems: 1, maxItems: PATROL_LIMITS.cameras }),
  shifts: Type.Array(Shift, { minItems: 1, maxItems: PATROL_LIMITS.shifts }),
  intervalMin: Type.Integer({ minimum: 10, maximum: 720 }),
  minLookS: Type.Integer({ minimum: 3, maximum: 120 })
})
const CameraBody = strict({ cameraId: Id })
const SkipBody = strict({ cameraId: Id, reason: Words(PATROL_LIMITS.noteLength) })
const FindingBody = strict({
  id: Type.String({ pattern: '^[A-Za-z0-9-]{8,64}$' }),
  cameraId: Id,
  kind: Type.Enum([...FINDING_KINDS]),
  /** Beside the kind; empty: nothing was written. */
  note: Type.String({ maxLength: PATROL_LIMITS.noteLength })
})
const ReportQuery = Type.Object({
  fromMs: Type.String({ pattern: '^\\d{1,15}$' }),
  toMs: Type.String({ pattern: '^\\d{1,15}$' })
})

type Finding = Parameters<WallRooms['patrol']['find']>[1]

export function videoPatrolRoutes(
  app: FastifyInstance,
  patrol: WallRooms['patrol'],
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = doorOf(access, origins)
  const params = (request: FastifyRequest) => request.params as { id: string }

  app.get('/api/video-patrol', async request => patrol.state(user(request, 'videoPatrol.do')))
  app.post('/api/video-patrol/plans', { schema: { body: PlanBody } }, async request =>
    patrol.putPlan(request.body as Draft<PatrolPlan>, user(request, 'videoPatrol.plan'))
  )
  app.post('/api/video-patrol/plans/:id/remove', async (request, reply) => {
    await patrol.removePlan(params(request).id, user(request, 'videoPatrol.plan'))
    return reply.code(204).send()
  })
  app.get('/api/video-patrol/report', { schema: { querystring: ReportQuery } }, async request => {
    user(request, 'videoPatrol.plan')
    const { fromMs, toMs } = request.query as { fromMs: string; toMs: string }
    return patrol.report(Number(fromMs), Number(toMs))
  })

  app.post('/api/video-patrol/rounds/:id/look', { schema: { body: CameraBody } }, async request => {
    const who = user(request, 'videoPatrol.do')
    access.require(who, 'camera.view')
    return patrol.look(params(request).id, (request.body as { cameraId: string }).cameraId, who)
  })
  app.post('/api/video-patrol/rounds/:id/seen', { schema: { body: CameraBody } }, async request => {
    const who = user(request, 'videoPatrol.do')
    return patrol.seen(params(request).id, (request.body as { cameraId: string }).cameraId, who)
  })
  app.post('/api/video-patrol/rounds/:id/skip', { schema: { body: SkipBody } }, async request => {
    const who = user(request, 'videoPatrol.do')
    const { cameraId, reason } = request.body as { cameraId: string; reason: string }
    if (reason.trim() === '') throw new GatewayError('BODY_INVALID', { field: 'reason' })
    return patrol.skip(params(request).id, cameraId, reason.trim(), who)
  })
  app.post('/api/video-patrol/rounds/:id/findings', { schema: { body: FindingBody } }, async request => {
    const who = user(request, 'videoPatrol.do')
    return patrol.find(params(request).id, request.body as Finding, who, originOf(request.raw))
  })
}
