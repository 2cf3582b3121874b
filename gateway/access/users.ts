/** The people who log in: kept in memory, written through the store with an audit entry. */
import { randomUUID } from 'node:crypto'
import { type FleetId, id, type UnitId, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Store, UserRow } from '../core/store.ts'
import type { Role } from '../core/wire.ts'
import { userSaved, type Who } from './audit.ts'
import { hashPassword, randomPassword } from './passwords.ts'

/** What is needed to make somebody; a password is made when none is given. */
export interface NewUser {
  /** Work number 工号: digits, unique. */
  readonly login: string
  readonly name: string
  readonly role: Role
  readonly unitId?: UnitId
  readonly fleetId?: FleetId
  readonly password?: string
}

/** The only time the password is known in clear. */
export interface MadeUser {
  readonly user: UserRow
  readonly password: string
}

/** Shortest password a person may choose. */
export const PASSWORD_MIN = 10
export const PASSWORD_MAX = 256

export interface Users {
  byLogin(login: string): UserRow | undefined
  byId(userId: UserId): UserRow | undefined
  all(): readonly UserRow[]
  /** Makes a user, or gives an existing work number these values and this password. BODY_INVALID names the wrong field. */
  put(user: NewUser, by: Who): Promise<MadeUser>
  /** Other values for an existing work number, with the password it has; NOT_FOUND, BODY_INVALID, NOT_ALLOWED for the last administrator. */
  edit(user: Omit<NewUser, 'password'>, by: Who): Promise<UserRow>
  /** A new one, told this once; NOT_FOUND. */
  newPassword(login: string, by: Who): Promise<string>
  /** NOT_FOUND, NOT_ALLOWED for the last administrator. */
  setDisabled(login: string, disabled: boolean, by: Who): Promise<UserRow>
}

export async function createUsers(store: Pick<Store, 'users' | 'saveUser'>, clock: Clock): Promise<Users> {
  const rows = new Map<string, UserRow>()
  const ids = new Map<UserId, UserRow>()
  /** One change at a time, each on what the one before has left. */
  const serial = createSerial()
  const inTurn = <T>(work: () => Promise<T>) => serial.run('people', work)
  const keep = (row: UserRow) => {
    rows.set(row.login, row)
    ids.set(row.id, row)
  }
  for (const row of await store.users()) keep(row)
  const find = (login: string): UserRow => {
    const row = rows.get(login)
    if (row === undefined) throw new GatewayError('NOT_FOUND', { login })
    return row
  }
  /** Whoever has the machine may; in the console nobody would be left to undo it. */
  const leavesOne = (gone: UserRow, by: Who): void => {
    const isLast = ![...rows.values()].some(row => isAdministrator(row) && row.id !== gone.id)
    if (typeof by !== 'string' && isAdministrator(gone) && isLast)
      throw new GatewayError('NOT_ALLOWED', { permission: 'user.manage', why: 'the last administrator' })
  }

  return {
    byLogin: login => rows.get(login),
    byId: userId => ids.get(userId),
    all: () => [...rows.values()],

    async put(wanted, by) {
      check(wanted)
      const password = wanted.password ?? randomPassword()
      const passwordHash = await hashPassword(password, wanted.password === undefined ? 'generated' : 'chosen')
      return inTurn(async () => {
        const known = rows.get(wanted.login)
        const user: UserRow = {
          id: known?.id ?? id<UserId>(randomUUID()),
          login: wanted.login,
          name: wanted.name,
          role: wanted.role,
          passwordHash,
          unitId: wanted.unitId,
          fleetId: wanted.fleetId,
          disabled: false
        }
        await store.saveUser(user, userSaved(clock.now(), by, user.login, user.role, known ? 'changed' : 'made'))
        keep(user)
        return { user, password }
      })
    },

    edit: (wanted, by) =>
      inTurn(async () => {
        check(wanted)
        const { name, role, unitId, fleetId } = wanted
        const known = find(wanted.login)
        const user: UserRow = { ...known, name, role, unitId, fleetId }
        if (!isAdministrator(user)) leavesOne(known, by)
        await store.saveUser(user, userSaved(clock.now(), by, user.login, user.role, 'changed'))
        keep(user)
        return user
      }),

    async newPassword(login, by) {
      const password = randomPassword()
      const passwordHash = await hashPassword(password, 'generated')
      return inTurn(async () => {
        const user = { ...find(login), passwordHash }
        await store.saveUser(user, userSaved(clock.now(), by, login, user.role, 'password'))
        keep(user)
        return password
      })
    },

    setDisabled: (login, disabled, by) =>
      inTurn(async () => {
        const known = find(login)
        if (disabled) leavesOne(known, by)
        const user = { ...known, disabled }
        await store.saveUser(user, userSaved(clock.now(), by, login, user.role, disabled ? 'disabled' : 'enabled'))
        keep(user)
        return user
      })
  }
}

const isAdministrator = ({ role, disabled }: UserRow): boolean => role === 'administrator' && !disabled

function check(user: NewUser): void {
  const refuse = (field: string, allowed: string): never => {
    throw new GatewayError('BODY_INVALID', { field, allowed })
  }
  if (!/^\d{1,16}$/.test(user.login)) refuse('login', '1–16 digits')
  if (user.name.trim() === '' || user.name.length > 64) refuse('name', '1–64 characters')
  if (user.role === 'patrol' && user.unitId === undefined) refuse('unitId', 'the unit of a patrol member')
  if (user.role === 'taxiDispatcher' && user.fleetId === undefined) refuse('fleetId', 'the fleet of a dispatcher')
  const length = user.password?.length
  if (length !== undefined && (length < PASSWORD_MIN || length > PASSWORD_MAX)) {
    refuse('password', `${PASSWORD_MIN}–${PASSWORD_MAX} characters`)
  }
}
