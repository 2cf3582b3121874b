/** The administrator's desk of people: who there is, made, changed, a new password, kept out; nobody locks himself out. */
import { createHash } from 'node:crypto'
import type { Access } from '../access/access.ts'
import { type FleetId, id, type UnitId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { createFinder, searchText } from '../core/find.ts'
import { createSerial } from '../core/serial.ts'
import type { UserRow } from '../core/store.ts'
import type { FaultCode, RecordFault } from '../core/subject-record.ts'
import type { UserDraft, UserLine } from '../core/user-record.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Units } from '../dispatch/units.ts'
import type { UserRooms } from '../http/ports.ts'
import type { Registry } from '../registry/registry.ts'

export interface UserDeskDeps {
  readonly access: Pick<Access, 'users' | 'putUser' | 'editUser' | 'setDisabled' | 'isLoggedIn' | 'newPassword'>
  readonly units: Pick<Units, 'all' | 'get'>
  readonly registry: Pick<Registry, 'data'>
}

const LOGIN = /^\d{1,16}$/

export function createUserDesk({ access, units, registry }: UserDeskDeps): UserRooms {
  const serial = createSerial()
  const find = createFinder<UserRow>(
    row => [row.login, row.name, row.role, row.unitId, row.fleetId],
    () => row => (row.unitId === undefined ? '' : searchText([units.get(id<UnitId>(row.unitId))?.name]))
  )
  const byLogin = (login: string) => access.users().find(row => row.login === login)
  const fleets = (): readonly string[] =>
    [...new Set(registry.data.subjects.flatMap(each => each.fleetId ?? []))].sort()
  const line = (row: UserRow): UserLine => {
    const unit = row.unitId === undefined ? undefined : units.get(id<UnitId>(row.unitId))
    return {
      ...{ login: row.login, name: row.name, role: row.role, fleetId: row.fleetId, disabled: row.disabled },
      unit: row.unitId === undefined ? undefined : { id: row.unitId, name: unit?.name ?? row.unitId },
      loggedIn: access.isLoggedIn(row.id)
    }
  }

  const faultsOf = (draft: UserDraft, isNew: boolean, by: SessionUser): readonly RecordFault[] => {
    const faults: RecordFault[] = []
    const refuse = (field: string, code: FaultCode, other?: string) => faults.push({ field, code, other })
    if (!LOGIN.test(draft.login)) refuse('login', 'login')
    const known = byLogin(draft.login)
    if (isNew && known) refuse('login', 'taken', known.name)
    const name = draft.name.trim()
    if (name === '') refuse('name', 'required')
    if (name.length > 64) refuse('name', 'tooLong', '64')
    if (draft.role === 'patrol' && !(draft.unitId && units.get(id(draft.unitId)))) refuse('unitId', 'noUnit')
    if (draft.role === 'taxiDispatcher' && !draft.fleetId) refuse('fleetId', 'required')
    if (draft.role === 'taxiDispatcher' && draft.fleetId && !fleets().includes(draft.fleetId))
      refuse('fleetId', 'noFleet')
    // Else the last administrator could be gone.
    if (!isNew && draft.login === by.login && known?.role !== draft.role) refuse('role', 'oneself')
    return faults
  }
  const other = (login: string, by: SessionUser): UserRow => {
    const row = byLogin(login)
    if (!row) throw new GatewayError('NOT_FOUND', { login: login.slice(0, 16) })
    if (login === by.login) throw new GatewayError('NOT_ALLOWED', { permission: 'user.manage', why: 'not oneself' })
    return row
  }

  return {
    page(query) {
      const rows = [...access.users()].sort((a, b) => a.login.localeCompare(b.login, 'en', { numeric: true }))
      const { rows: shown, ...page } = find(rows, query)
      return { ...page, rows: shown.map(line) }
    },
    choices: () => ({ units: units.all().map(each => ({ id: each.id, name: each.name })), fleets: fleets() }),
    async detail(login) {
      const row = byLogin(login)
      if (!row) throw new GatewayError('NOT_FOUND', { login: login.slice(0, 16) })
      return { line: line(row), version: versionOf(row) }
    },
    save: (draft, version, by) =>
      serial.run(draft.login, async () => {
        const isNew = version === ''
        const before = byLogin(draft.login)
        if (!isNew && before && versionOf(before) !== version)
          throw new GatewayError('CONFLICT_RETRY', { login: draft.login })
        const faults = faultsOf(draft, isNew, by)
        if (faults.length > 0) return { saved: false, faults }
        const person = {
          ...{ login: draft.login, name: draft.name.trim(), role: draft.role },
          ...(draft.role === 'patrol' && draft.unitId ? { unitId: id<UnitId>(draft.unitId) } : {}),
          ...(draft.role === 'taxiDispatcher' && draft.fleetId ? { fleetId: id<FleetId>(draft.fleetId) } : {})
        }
        const now = { saved: true as const, login: draft.login, version: versionOf(person) }
        if (isNew) return { ...now, password: (await access.putUser(person, by)).password }
        await access.editUser(person, by)
        return now
      }),
    newPassword: (login, by) =>
      serial.run(login, async () => {
        other(login, by)
        return { password: await access.newPassword(login, by) }
      })
  }
}

/** Of what the form holds: a form that was opened before another one was kept is known by it, over a restart too. */
function versionOf({ login, name, role, unitId, fleetId }: UserDraft): string {
  const held = JSON.stringify([login, name, role, unitId ?? '', fleetId ?? ''])
  return createHash('sha256').update(held).digest('base64url').slice(0, 16)
}
