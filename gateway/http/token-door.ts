/**
 * Programs come in with `Authorization: Bearer …` instead of a session. Behind this door a token is carried as a session of its own, whose
 * permissions are those of its scopes; only routes that a scope names are open to it.
 */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { type ApiScope, type ApiToken, TOKEN_LIMITS as LIMITS } from '../core/api-token.ts'
import { id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { SessionUser } from '../core/wire.ts'
import { COOKIE, originOf } from './guard.ts'
import type { HttpAccess, HttpSession, TokenRooms } from './ports.ts'
import { opens, permits, scopesOf } from './scopes.ts'

interface Carried {
  /** Random, made here and never told: what the routes see as the cookie of this token's requests. */
  readonly handle: string
  readonly session: HttpSession
  /** Requests it may still make at once, and when that was counted. */
  left: number
  atMs: number
}

/** Call before the routes are registered, and give them the access it answers with. */
export function openTokenDoor(
  app: FastifyInstance,
  { tokens, access, clock }: { readonly tokens: TokenRooms; readonly access: HttpAccess; readonly clock: Clock }
): HttpAccess {
  const carried = new Map<string, Carried>()
  const byHandle = new Map<string, Carried>()
  const scopes = new WeakMap<SessionUser, readonly ApiScope[]>()

  const carry = (token: ApiToken): Carried => {
    const known = carried.get(token.id)
    if (known) return known
    // The rooms ask for permissions here, not for the role; audit entries name the token.
    const user: SessionUser = { userId: id(`token:${token.id}`), login: 'api', name: token.name, role: 'administrator' }
    const session = { key: `token:${token.id}`, expiresAtMs: token.expiresAtMs, user }
    const made = { handle: randomBytes(32).toString('base64url'), session, left: LIMITS.burst, atMs: clock.steady() }
    scopes.set(user, token.scopes)
    carried.set(token.id, made)
    byHandle.set(made.handle, made)
    return made
  }
  const spend = (each: Carried): void => {
    const nowMs = clock.steady()
    each.left = Math.min(LIMITS.burst, each.left + ((nowMs - each.atMs) / 1_000) * LIMITS.perSecond)
    each.atMs = nowMs
    if (each.left < 1) throw new GatewayError('TOO_MANY_REQUESTS', { waitS: 1 })
    each.left -= 1
  }

  app.addHook('onRequest', async request => {
    const { authorization } = request.headers
    if (authorization === undefined || !request.url.startsWith('/api/')) return
    // One way of coming in at a time: a stolen cookie beside a token counts for nothing.
    delete request.headers.cookie
    const token = tokens.verify(/^Bearer (\S{1,200})$/i.exec(authorization)?.[1] ?? '')
    if (!token) throw new GatewayError('NOT_LOGGED_IN', { token: 'not known, revoked or past its end' })
    const each = carry(token)
    spend(each)
    request.headers.cookie = `${COOKIE}=${each.handle}`
    const route = `${request.method} ${request.routeOptions.url ?? ''}`
    // Whoever writes the program reads which scope to ask the administrator for.
    const needs = scopesOf(route).join(' or ') || 'no scope opens this route'
    if (!opens(token.scopes, route)) throw new GatewayError('NOT_ALLOWED', { permission: `token: ${route}`, needs })
    await tokens.used(token, route, originOf(request.raw))
  })

  return {
    ...access,
    session: text => byHandle.get(text)?.session ?? access.session(text),
    require(user, permission) {
      const own = scopes.get(user)
      if (!own) access.require(user, permission)
      else if (!permits(own, permission)) throw new GatewayError('NOT_ALLOWED', { permission })
    },
    may(user, permission) {
      const own = scopes.get(user)
      return own ? permits(own, permission) : access.may(user, permission)
    }
  }
}
