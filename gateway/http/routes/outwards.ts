/** Outwards 外发: how far deliveries are, and what the administrator orders of sinks and of messages that were given up. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { SINK_ORDERS, type SinkOrder } from '../../core/outwards.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess, OutwardRooms } from '../ports.ts'
import { type Finding, FindQuery } from './finding.ts'
import { sinkRoutes } from './sinks.ts'

const TextQuery = Type.Pick(FindQuery, ['text'])
const OrderBody = Type.Object({ order: Type.Enum([...SINK_ORDERS]) }, { additionalProperties: false })

export function outwardRoutes(
  app: FastifyInstance,
  rooms: OutwardRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const administrator = keeperOf(access, origins, 'sink.manage')
  const nameOf = (request: FastifyRequest) => (request.params as { id: string }).id

  app.get('/api/deliveries', { schema: { querystring: TextQuery } }, async request => {
    administrator(request)
    return rooms.deliveries((request.query as Finding).text)
  })
  app.post('/api/deliveries/:id/retry', async (request, reply) => {
    await rooms.retry(nameOf(request), administrator(request))
    return reply.code(204).send()
  })
  app.post('/api/deliveries/:id/drop', async (request, reply) => {
    await rooms.drop(nameOf(request), administrator(request))
    return reply.code(204).send()
  })
  app.post('/api/sinks/:id/orders', { schema: { body: OrderBody } }, async (request, reply) => {
    const user = administrator(request)
    await rooms.order(nameOf(request), (request.body as { order: SinkOrder }).order, user)
    return reply.code(204).send()
  })
  sinkRoutes(app, rooms.sinks, administrator)
}
