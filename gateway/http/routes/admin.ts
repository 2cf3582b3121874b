/** Diagnostics, metrics, the audit log's tail, and in demo mode the press page's buttons. */
import type { FastifyInstance } from 'fastify'
import { GatewayError } from '../../core/errors.ts'
import type { DemoPress } from '../../core/wire.ts'
import { checkOrigin, sessionOf } from '../guard.ts'
import type { HttpAccess, HttpRooms } from '../ports.ts'
import { DemoPressBody } from '../schemas.ts'

export function adminRoutes(
  app: FastifyInstance,
  rooms: HttpRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  app.get('/api/diagnostics', async request => {
    access.require(sessionOf(access, request.headers.cookie).user, 'diagnostics.read')
    return rooms.diagnostics()
  })
  app.get('/api/audit', async request => {
    access.require(sessionOf(access, request.headers.cookie).user, 'audit.read')
    return rooms.audit(200)
  })

  /** Counters only, no names and no places; for a collector on this machine or one that carries a session. */
  app.get('/metrics', async (request, reply) => {
    if (!isLoopback(request.raw.socket.remoteAddress)) {
      access.require(sessionOf(access, request.headers.cookie).user, 'diagnostics.read')
    }
    const { contentType, text } = await rooms.metrics()
    return reply.type(contentType).send(text)
  })

  app.post('/api/demo/press', { schema: { body: DemoPressBody } }, async request => {
    checkOrigin(request.raw, origins)
    if (!rooms.demoPress) throw new GatewayError('DEMO_ONLY')
    access.require(sessionOf(access, request.headers.cookie).user, 'demo.press')
    return rooms.demoPress(request.body as DemoPress)
  })
}

function isLoopback(address: string | undefined): boolean {
  return address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1'
}
