/**
 * The door: log-in with lock-out, sessions, seats.
 *
 * A seat 席位 holds one session. The same person logging in there again takes it over (the old window is told); somebody else is
 * refused with SEAT_TAKEN until the holder logs out, the session ends, a leader frees the seat, or nobody has a console open
 * there any more: windows that were just closed keep no colleague from the desk. Who logs in at another seat moves: the session
 * at the former seat ends. Only operators and leaders sit; for other roles the seat is ignored.
 */
import type { UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { networkOf } from '../core/network.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Store, UserRow } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { type LoginRefusal, loginRefused, type Who } from './audit.ts'
import { createLockout, type LockoutSettings } from './lockout.ts'
import { createManned } from './manned.ts'
import { createPasswordTurns } from './password-turns.ts'
import { verifyPassword } from './passwords.ts'
import { may, type Permission } from './permissions.ts'
import { createSessions, type Session, type SessionEndListener, sessionUser } from './sessions.ts'
import { createUsers, type MadeUser, type NewUser, PASSWORD_MAX } from './users.ts'

export interface AccessSettings extends LockoutSettings {
  readonly sessionMs: number
  /** Seats are 1 … seats. */
  readonly seats: number
}

export interface AccessDeps {
  readonly store: Pick<Store, 'users' | 'saveUser' | 'sessions' | 'saveSession' | 'deleteSession' | 'commit'>
  readonly clock: Clock
  readonly log: Log
  readonly settings: AccessSettings
  /** Of `passwords.ts`; tests that log in hundreds of times give one that costs less. */
  readonly verify?: (password: string, hash: string | undefined) => Promise<boolean>
}

export interface LoginRequest {
  readonly login: string
  readonly password: string
  readonly seat?: number
  /** Whoever could sit and names no seat is asked for one, by SEAT_NEEDED, instead of being let in without. */
  readonly asksSeat?: boolean
  /** The client's address; the lock-out counts by work number and address. */
  readonly origin: string
}

export interface Access {
  /** LOGIN_REFUSED, LOGIN_LOCKED (`waitS`; `busy`: nothing was checked, too many are at it), SEAT_TAKEN (`seat`, `holder` unless he sits down this moment, `free`, another one, if any), SEAT_NEEDED (`seat`, a free one, if any), BODY_INVALID (seat). `token` is the cookie's value. */
  login(request: LoginRequest): Promise<{ readonly token: string; readonly session: Session }>
  logout(session: Session, origin: string): Promise<void>
  /** By the cookie's value; undefined: not logged in. From memory, no I/O. */
  session(token: string): Session | undefined
  /** The second person who confirms a duress incident (domain.md, lifecycle): same checks and lock-out as a log-in, no session. */
  confirm(request: Omit<LoginRequest, 'seat' | 'asksSeat'>): Promise<SessionUser>
  /** Throws NOT_ALLOWED with the permission's name; what it protects is audited by the caller. */
  require(user: SessionUser, permission: Permission): void
  may(user: SessionUser, permission: Permission): boolean
  /** True while this person has a session anywhere. */
  isLoggedIn(userId: UserId): boolean
  /** Where somebody has a console open, or had one a moment ago. */
  takenSeats(): ReadonlySet<number>
  /** A console of this person at this seat has its feed; the answer is called once, when it has gone. */
  watched(user: SessionUser): () => void
  /** Of every session its person. */
  people(): readonly SessionUser[]
  /** NOT_ALLOWED without `seat.free`. */
  freeSeat(seat: number, by: SessionUser, origin: string): Promise<void>
  /** Feed and video cut their clients when a session ends. */
  onSessionEnd(listener: SessionEndListener): () => void
  users(): readonly UserRow[]
  /** A changed account's sessions end. */
  putUser(user: NewUser, by: Who): Promise<MadeUser>
  /** Keeps the password; a changed account's sessions end. */
  editUser(user: Omit<NewUser, 'password'>, by: Who): Promise<void>
  /** The old one and every session with it are over. */
  newPassword(login: string, by: Who): Promise<string>
  setDisabled(login: string, disabled: boolean, by: Who): Promise<void>
  close(): void
}

interface Place {
  readonly seat?: number
  readonly moved: readonly Session[]
  /** Somebody else's at that seat, without a console. */
  readonly left?: Session
}

export async function createAccess(deps: AccessDeps): Promise<Access> {
  const { store, clock, log, settings, verify = verifyPassword } = deps
  const users = await createUsers(store, clock)
  const sessions = await createSessions(store, users, clock, log, settings.sessionMs)
  const lockout = createLockout(clock, settings)
  /** Seats between the check and the stored session, so that two log-ins at once cannot both have one. */
  const claimed = new Set<number>()
  const manned = createManned(clock)
  const turns = createPasswordTurns(clock)

  async function refused(request: LoginRequest, reason: LoginRefusal, lockedMs = 0): Promise<void> {
    const entry = loginRefused(
      clock.now(),
      request.login,
      users.byLogin(request.login),
      reason,
      request.origin,
      lockedMs
    )
    try {
      await store.commit({ audit: [entry] })
    } catch (error) {
      log.error({ error, login: entry.who }, 'a refused log-in could not be audited')
    }
  }

  async function authenticate(request: LoginRequest): Promise<UserRow> {
    refuseLocked(request)
    const network = networkOf(request.origin)
    const { user, right } = await turns.run(network, async () => {
      const found = users.byLogin(request.login)
      // One that waited while its lock began costs nobody else a check.
      refuseLocked(request)
      const good = await verified(request.password, found)
      if (!good) turns.wrong(network)
      return { user: found, right: good }
    })
    // Guesses sent side by side all passed the first check; those after the lock learn nothing, not even a right one.
    refuseLocked(request)
    // A password takes a while to be checked: it opens nothing of an account that was changed meanwhile.
    if (right && user !== undefined && !user.disabled && users.byLogin(request.login) === user) {
      lockout.right(request.login, request.origin)
      turns.right(network)
      return user
    }
    const lockedMs = lockout.wrong(request.login, request.origin)
    await refused(request, user === undefined ? 'unknown' : right ? 'disabled' : 'password', lockedMs)
    if (lockedMs > 0) throw new GatewayError('LOGIN_LOCKED', { waitS: Math.ceil(lockedMs / 1000) })
    throw new GatewayError('LOGIN_REFUSED')
  }

  function refuseLocked(request: LoginRequest): void {
    const waitMs = lockout.waitMs(request.login, request.origin)
    if (waitMs > 0) throw new GatewayError('LOGIN_LOCKED', { waitS: Math.ceil(waitMs / 1000) })
  }

  function verified(password: string, user: UserRow | undefined): Promise<boolean> {
    const fits = password.length <= PASSWORD_MAX
    return verify(fits ? password : '', fits ? user?.passwordHash : undefined)
  }

  const takenSeats = () =>
    new Set(sessions.all().flatMap(({ user }) => (user.seat !== undefined && manned.is(user) ? [user.seat] : [])))

  /** Where nobody is logged in before where somebody has only shut his windows: who takes a proposal ends no colleague's session without need. */
  function freeSeat(): number | undefined {
    const taken = takenSeats()
    const held = new Set(sessions.all().map(({ user }) => user.seat))
    const free = Array.from({ length: settings.seats }, (_, n) => n + 1).filter(
      seat => !taken.has(seat) && !claimed.has(seat)
    )
    return free.find(seat => !held.has(seat)) ?? free[0]
  }

  /** The seat for this user, free of others; sessions of the same person that sit anywhere, and one that was left there, are returned to be ended. */
  function seatFor(user: UserRow, { seat: wanted, asksSeat }: LoginRequest): Place {
    if (!may(user, 'incident.act')) return { moved: [] }
    if (wanted === undefined) {
      if (asksSeat !== true) return { moved: [] }
      const seat = freeSeat()
      throw new GatewayError('SEAT_NEEDED', seat === undefined ? {} : { seat })
    }
    if (!Number.isInteger(wanted) || wanted < 1 || wanted > settings.seats) {
      throw new GatewayError('BODY_INVALID', { field: 'seat', allowed: `1–${settings.seats}` })
    }
    const holder = sessions.all().find(session => session.user.seat === wanted)
    const other = holder !== undefined && holder.user.userId !== user.id ? holder : undefined
    if (claimed.has(wanted) || (other !== undefined && manned.is(other.user))) {
      const free = freeSeat()
      throw new GatewayError('SEAT_TAKEN', {
        seat: wanted,
        ...(holder && { holder: holder.user.name }),
        ...(free !== undefined && { free })
      })
    }
    const moved = sessions.all().filter(s => s.user.userId === user.id && s.user.seat !== undefined)
    return { seat: wanted, moved, ...(other && { left: other }) }
  }

  async function endAll(login: string, by: Who): Promise<void> {
    for (const session of sessions.all())
      if (session.user.login === login) await sessions.end(session, by, 'account', '')
  }

  return {
    async login(request) {
      const user = await authenticate(request)
      let place: Place
      try {
        place = seatFor(user, request)
      } catch (error) {
        if (error instanceof GatewayError && error.code === 'SEAT_TAKEN') await refused(request, 'seatTaken')
        throw error
      }
      const { seat, moved, left } = place
      if (seat !== undefined) claimed.add(seat)
      try {
        const opened = await sessions.open(user, seat, request.origin)
        manned.begun(opened.session.user)
        for (const former of moved) await sessions.end(former, opened.session.user, 'moved', request.origin)
        if (left) await sessions.end(left, opened.session.user, 'left', request.origin)
        return opened
      } finally {
        if (seat !== undefined) claimed.delete(seat)
      }
    },
    logout: (session, origin) => sessions.end(session, session.user, 'logout', origin),
    session: sessions.byToken,
    confirm: async request => sessionUser(await authenticate(request)),
    require: requirePermission,
    may,
    isLoggedIn: userId => sessions.all().some(session => session.user.userId === userId),
    takenSeats,
    watched: manned.watched,
    people: () => sessions.all().map(({ user }) => user),
    async freeSeat(seat, by, origin) {
      requirePermission(by, 'seat.free')
      for (const session of sessions.all()) {
        if (session.user.seat === seat) await sessions.end(session, by, 'freed', origin)
      }
    },
    onSessionEnd: sessions.onEnd,
    users: users.all,
    async putUser(user, by) {
      const made = await users.put(user, by)
      await endAll(user.login, by)
      return made
    },
    async editUser(user, by) {
      const before = users.byLogin(user.login)
      await users.edit(user, by)
      const same = before && before.role === user.role && before.unitId === user.unitId
      // A corrected name need not throw anybody out.
      if (!same || before.fleetId !== user.fleetId) await endAll(user.login, by)
    },
    async newPassword(login, by) {
      const password = await users.newPassword(login, by)
      await endAll(login, by)
      return password
    },
    async setDisabled(login, disabled, by) {
      await users.setDisabled(login, disabled, by)
      if (disabled) await endAll(login, by)
    },
    close: sessions.close
  }
}

function requirePermission(user: SessionUser, permission: Permission): void {
  if (!may(user, permission)) throw new GatewayError('NOT_ALLOWED', { permission })
}
