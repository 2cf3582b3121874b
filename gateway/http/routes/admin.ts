/** Diagnostics, metrics, the audit log's tail, and in demo mode the press page's buttons. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { GatewayError } from '../../core/errors.ts'
import type { DemoPress } from '../../core/wire.ts'
import { checkOrigin, originOf, sessionOf } from '../guard.ts'
import type { HttpAccess, HttpRooms } from '../ports.ts'
import { DemoPressBody, DisableBody } from '../schemas.ts'

const PROXY_HEADERS = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via']

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
    if (!isLocal(request)) {
      access.require(sessionOf(access, request.headers.cookie).user, 'diagnostics.read')
    }
    const { contentType, text } = await rooms.metrics()
    return reply.type(contentType).send(text)
  })

  app.post('/api/admin/seats/:n/free', async (request, reply) => {
    checkOrigin(request.raw, origins)
    const { user } = sessionOf(access, request.headers.cookie)
    await access.freeSeat(Number((request.params as { n: string }).n), user, originOf(request.raw))
    return reply.code(204).send()
  })
  app.post('/api/admin/users/:login/disabled', { schema: { body: DisableBody } }, async (request, reply) => {
    checkOrigin(request.raw, origins)
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, 'user.manage')
    const { login } = request.params as { login: string }
    if (login === user.login) throw new GatewayError('NOT_ALLOWED', { permission: 'user.manage', why: 'not oneself' })
    await access.setDisabled(login, (request.body as { disabled: boolean }).disabled, user)
    return reply.code(204).send()
  })

  app.post('/api/demo/press', { schema: { body: DemoPressBody } }, async request => {
    checkOrigin(request.raw, origins)
    if (!rooms.demoPress) throw new GatewayError('DEMO_ONLY')
    access.require(sessionOf(access, request.headers.cookie).user, 'demo.press')
    return rooms.demoPress(request.body as DemoPress)
  })
}

/** Behind a reverse proxy on this machine every client comes from loopback, but not by itself: the proxy says so. */
function isLocal({ raw }: FastifyRequest): boolean {
  const address = raw.socket.remoteAddress
  const loopback = address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1'
  return loopback && !PROXY_HEADERS.some(name => raw.headers[name] !== undefined)
}
