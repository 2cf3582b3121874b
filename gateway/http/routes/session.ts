/** The door: site, log-in, log-out, who am I. */
import type { FastifyInstance } from 'fastify'
import { COOKIE, checkOrigin, originOf, sessionOf, tokenOf } from '../guard.ts'
import type { HttpAccess, HttpRooms } from '../ports.ts'
import { LoginBody } from '../schemas.ts'

export function sessionRoutes(
  app: FastifyInstance,
  rooms: HttpRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  app.get('/api/site', async () => rooms.site())

  app.post(
    '/api/login',
    { schema: { body: LoginBody }, config: { rateLimit: { max: 30, timeWindow: 60_000 } } },
    async (request, reply) => {
      checkOrigin(request.raw, origins)
      const body = request.body as { login: string; password: string; seat?: number; asksSeat?: boolean }
      const { token, session } = await access.login({ ...body, origin: originOf(request.raw) })
      reply.setCookie(COOKIE, token, {
        httpOnly: true,
        sameSite: 'strict',
        path: '/',
        maxAge: Math.ceil((session.expiresAtMs - rooms.site().serverTimeMs) / 1_000),
        secure: request.protocol === 'https'
      })
      return session.user
    }
  )

  app.post('/api/logout', async (request, reply) => {
    checkOrigin(request.raw, origins)
    const token = tokenOf(request.headers.cookie)
    const session = token === undefined ? undefined : access.session(token)
    if (session) await access.logout(session, originOf(request.raw))
    reply.clearCookie(COOKIE, { path: '/' })
    return reply.code(204).send()
  })

  app.get('/api/session', async request => sessionOf(access, request.headers.cookie).user)
}
