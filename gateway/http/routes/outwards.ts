/** Outwards 外发: how far deliveries are, and what the administrator orders of sinks and of messages that were given up. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type DeliveryState, SINK_ORDERS, type SinkOrder } from '../../core/outwards.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess, OutwardRooms } from '../ports.ts'
import { FindQuery } from './finding.ts'
import { strict } from './record-routes.ts'
import { sinkRoutes } from './sinks.ts'

const From = FindQuery.properties.offset
/** Of each state, from which place on. */
const DeliveriesAsked = strict({ text: FindQuery.properties.text, waiting: From, dead: From, delivered: From })
const OrderBody = Type.Object({ order: Type.Enum([...SINK_ORDERS]) }, { additionalProperties: false })

export function outwardRoutes(
  app: FastifyInstance,
  rooms: OutwardRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const administrator = keeperOf(access, origins, 'sink.manage')
  const nameOf = (request: FastifyRequest) => (request.params as { id: string }).id

  const reader = keeperOf(access, origins, 'delivery.read')
  app.get('/api/deliveries', { schema: { querystring: DeliveriesAsked } }, async request => {
    reader(request)
    const { text, ...from } = request.query as Partial<Record<'text' | DeliveryState, string>>
    const places = Object.entries(from).map(([state, place]) => [state, Number(place)])
    return rooms.deliveries({ ...(text === undefined ? {} : { text }), from: Object.fromEntries(places) })
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
