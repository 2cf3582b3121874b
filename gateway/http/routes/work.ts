/** Incident work beside the incidents: the books of 处置预案, the hand-over of a shift, follow-up calls. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { FOLLOW_UP_RESULTS, type FollowUpAnswer, type FollowUpDraft, type ShiftDraft } from '../../core/shift.ts'
import { SOP_AUTO, SOP_ROLES, type SopDraft } from '../../core/sop.ts'
import { doorOf } from '../guard.ts'
import type { HttpAccess } from '../ports.ts'
import type { WorkRooms } from '../work-ports.ts'

const strict = <T extends Record<string, Type.TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })
const Name = Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' })
const Key = Type.String({ pattern: '^[A-Za-z0-9-]{1,32}$' })
const Step = strict({
  id: Key,
  zh: Name,
  en: Name,
  who: Type.Enum([...SOP_ROLES]),
  withinS: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
  auto: Type.Optional(Type.Enum([...SOP_AUTO]))
})
const SopBody = strict({
  base: Type.Integer({ minimum: 1 }),
  sheets: Type.Array(strict({ kind: Key, steps: Type.Array(Step, { maxItems: 30 }) }), { minItems: 1, maxItems: 40 })
})
const SopQuery = strict({ version: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,7}$' })) })

const Words = (minLength: number) => Type.String({ minLength, maxLength: 500 })
const ShiftBody = strict({ to: Type.String({ minLength: 1, maxLength: 64 }), note: Words(0) })
const RefuseBody = strict({ reason: Words(1) })
const FollowUpBody = strict({
  incidentId: Type.String({ minLength: 1, maxLength: 80 }),
  dueInMs: Type.Integer({ minimum: 0, maximum: 90 * 86_400_000 }),
  whom: Type.Optional(Type.String({ maxLength: 80 })),
  note: Type.Optional(Words(0))
})
const DoneQuery = strict({ sinceMs: Type.String({ pattern: '^\\d{1,15}$' }) })
const AnswerBody = strict({ result: Type.Enum([...FOLLOW_UP_RESULTS]), text: Words(0) })

export function workRoutes(
  app: FastifyInstance,
  rooms: WorkRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = doorOf(access, origins)
  app.get('/api/sop', { schema: { querystring: SopQuery } }, async request => {
    user(request, 'sop.read')
    const { version } = request.query as { readonly version?: string }
    return rooms.sop(version === undefined ? undefined : Number(version))
  })
  app.post('/api/sop', { schema: { body: SopBody } }, async request => {
    const who = user(request, 'sop.edit')
    return rooms.saveSop(request.body as SopDraft, who)
  })
  const idOf = (request: FastifyRequest) => (request.params as { readonly id: string }).id.slice(0, 80)
  app.get('/api/shift', async request => rooms.shifts.state(user(request, 'incident.act'), access.people()))
  app.post('/api/shift', { schema: { body: ShiftBody } }, async request =>
    rooms.shifts.offer(request.body as ShiftDraft, user(request, 'incident.act'))
  )
  app.post('/api/shift/:id/accept', async request => rooms.shifts.accept(idOf(request), user(request, 'incident.act')))
  app.post('/api/shift/:id/withdraw', async request =>
    rooms.shifts.withdraw(idOf(request), user(request, 'incident.act'))
  )
  app.post('/api/shift/:id/refuse', { schema: { body: RefuseBody } }, async request => {
    const who = user(request, 'incident.act')
    return rooms.shifts.refuse(idOf(request), (request.body as { readonly reason: string }).reason, who)
  })
  app.get('/api/follow-ups', async request => {
    user(request, 'incident.read')
    return rooms.followUps.open()
  })
  app.get('/api/follow-ups/done', { schema: { querystring: DoneQuery } }, async request => {
    user(request, 'incident.act')
    return rooms.followUps.done(Number((request.query as { readonly sinceMs: string }).sinceMs))
  })
  app.post('/api/follow-ups', { schema: { body: FollowUpBody } }, async request =>
    rooms.followUps.plan(request.body as FollowUpDraft, user(request, 'incident.act'))
  )
  app.post('/api/follow-ups/:id/answer', { schema: { body: AnswerBody } }, async request => {
    const who = user(request, 'incident.act')
    return rooms.followUps.answer(idOf(request), request.body as FollowUpAnswer, who)
  })
}
