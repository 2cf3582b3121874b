/** Sessions: a random cookie value that only the browser holds; its hash is stored, so a copy of the database opens nothing. */
import { createHash, randomBytes } from 'node:crypto'
import { id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { SessionRow, Store, UserRow } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { loginDone, type SessionEnd, sessionEnded, type Who } from './audit.ts'
import type { Users } from './users.ts'

/** A live session. `key` is the SHA-256 of the cookie's value: safe to hold and to compare, useless as a cookie. */
export interface Session {
  readonly key: string
  readonly user: SessionUser
  readonly expiresAtMs: number
}

export type SessionEndListener = (session: Session, reason: SessionEnd) => void

export interface Sessions {
  /** LOGIN_REFUSED when the account was changed meanwhile. */
  open(user: UserRow, seat: number | undefined, origin: string): Promise<{ token: string; session: Session }>
  /** By the cookie's value; undefined when unknown or over. From memory, no I/O. */
  byToken(token: string): Session | undefined
  all(): readonly Session[]
  end(session: Session, by: Who, reason: SessionEnd, origin: string): Promise<void>
  onEnd(listener: SessionEndListener): () => void
  close(): void
}

const TOKEN_BYTES = 32
const TOKEN_LENGTH_MAX = 64
const SWEEP_MS = 10_000

type SessionStore = Pick<Store, 'sessions' | 'saveSession' | 'deleteSession'>

export async function createSessions(
  store: SessionStore,
  users: Users,
  clock: Clock,
  log: Log,
  sessionMs: number
): Promise<Sessions> {
  const live = new Map<string, Session>()
  const listeners = new Set<SessionEndListener>()
  for (const row of await store.sessions(clock.now())) {
    const user = users.byId(row.userId)
    if (user !== undefined && !user.disabled) live.set(row.tokenHash, sessionOf(row, user))
  }

  /** Out of memory before out of the store: should the store fail, the session is over all the same until the next start. */
  const end: Sessions['end'] = async (session, by, reason, origin) => {
    if (!live.delete(session.key)) return
    for (const listener of listeners) listener(session, reason)
    await store.deleteSession(session.key, sessionEnded(clock.now(), session.user, by, reason, origin))
  }
  const cancelSweep = clock.every(SWEEP_MS, () => {
    for (const session of live.values()) {
      if (session.expiresAtMs > clock.now()) continue
      end(session, 'system', 'expired', '').catch(error =>
        log.warn({ error }, 'an expired session could not be deleted')
      )
    }
  })

  return {
    async open(user, seat, origin) {
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      const row: SessionRow = {
        tokenHash: keyOf(token),
        userId: user.id,
        seat,
        createdAtMs: clock.now(),
        expiresAtMs: clock.now() + sessionMs
      }
      const session = sessionOf(row, user)
      await store.saveSession(row, loginDone(clock.now(), session.user, origin))
      // The sessions of an account that was changed while this one was being stored are over, and this is one of them.
      if (users.byId(user.id) !== user) {
        await store.deleteSession(row.tokenHash, sessionEnded(clock.now(), session.user, 'system', 'account', origin))
        throw new GatewayError('LOGIN_REFUSED')
      }
      live.set(session.key, session)
      return { token, session }
    },
    byToken(token) {
      if (token.length > TOKEN_LENGTH_MAX) return undefined
      const session = live.get(keyOf(token))
      return session !== undefined && session.expiresAtMs > clock.now() ? session : undefined
    },
    all: () => [...live.values()].filter(session => session.expiresAtMs > clock.now()),
    end,
    onEnd(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: cancelSweep
  }
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function sessionOf(row: SessionRow, user: UserRow): Session {
  return { key: row.tokenHash, expiresAtMs: row.expiresAtMs, user: sessionUser(user, row.seat) }
}

/** What the console may know of a user. */
export function sessionUser(user: UserRow, seat?: number): SessionUser {
  return {
    userId: user.id,
    login: user.login,
    name: user.name,
    role: user.role,
    seat,
    unitId: user.unitId === undefined ? undefined : id(user.unitId),
    fleetId: user.fleetId
  }
}
