/** Who may come in: the session cookie, and pages of our own origin only. */
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../core/errors.ts'
import type { SessionUser } from '../core/wire.ts'
import type { HttpAccess, HttpPermission, HttpSession } from './ports.ts'

/** Not `__Host-`: the console also runs over plain HTTP inside a closed network. */
export const COOKIE = 'pingan_session'

/** The session token of a cookie header, or undefined. */
export function tokenOf(cookieHeader: string | undefined): string | undefined {
  for (const part of cookieHeader?.split(';') ?? []) {
    const [name, value] = part.trim().split('=')
    if (name === COOKIE && value && /^[A-Za-z0-9_-]{20,128}$/.test(value)) return value
  }
  return undefined
}

export function sessionOf(access: HttpAccess, cookieHeader: string | undefined): HttpSession {
  const token = tokenOf(cookieHeader)
  const session = token === undefined ? undefined : access.session(token)
  if (!session) throw new GatewayError('NOT_LOGGED_IN')
  return session
}

export type Doorkeeper = (request: FastifyRequest) => SessionUser

/** Who may: a session that has this permission, and of our own page when something is changed. */
export function doorOf(access: HttpAccess, origins: readonly string[]) {
  return (request: FastifyRequest, permission: HttpPermission): SessionUser => {
    if (request.method !== 'GET') checkOrigin(request.raw, origins)
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, permission)
    return user
  }
}

/** The same where every route asks for one permission. */
export function keeperOf(access: HttpAccess, origins: readonly string[], permission: HttpPermission): Doorkeeper {
  const door = doorOf(access, origins)
  return request => door(request, permission)
}

/** A browser names the page's origin on every POST and WebSocket; a program that is no browser sends none and carries no stolen cookie. */
export function checkOrigin(request: Pick<IncomingMessage, 'headers'>, allowed: readonly string[]): void {
  const { origin, host } = request.headers
  if (origin === undefined) return
  if (allowed.includes(origin)) return
  let from: string
  try {
    from = new URL(origin).host
  } catch {
    throw new GatewayError('ORIGIN_REFUSED')
  }
  if (from !== host) throw new GatewayError('ORIGIN_REFUSED', { origin: origin.slice(0, 100) })
}

/** `10.0.0.7:50123`, as the audit log names a client. */
export function originOf(request: Pick<IncomingMessage, 'socket'>): string {
  return `${request.socket.remoteAddress ?? 'unknown'}`
}
