/** Who exists at a first start: one administrator with a printed password, or, in demo mode only, the people of the simulated town. */
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { type FleetId, id, type UnitId } from '../core/brand.ts'
import type { UnitRow } from '../core/unit.ts'
import type { Role } from '../core/wire.ts'
import type { Access } from './access.ts'
import type { MadeUser, NewUser } from './users.ts'

const FIRST_ADMINISTRATOR = 10_001

/**
 * When no administrator was ever made, also where the command line made others before the first start: administrator 10001,
 * or the next free number, with a random password, to be printed once and kept nowhere; else undefined. One kept out counts as made.
 */
export async function ensureAdministrator(access: Access): Promise<MadeUser | undefined> {
  const users = access.users()
  if (users.some(user => user.role === 'administrator')) return undefined
  const taken = new Set(users.map(user => user.login))
  let number = FIRST_ADMINISTRATOR
  while (taken.has(String(number))) number += 1
  return access.putUser({ login: String(number), name: '管理员', role: 'administrator' }, 'system')
}

export interface DemoPeople {
  readonly units: readonly Pick<UnitRow, 'id' | 'memberCount'>[]
  /** The fleet of the town's taxis. */
  readonly fleetId: FleetId
  /** `<data>/logins.txt`, mode 600: the only place where the passwords are kept. */
  readonly file: string
}

const FLOOR: readonly NewUser[] = [
  { login: '10327', name: '林晓', role: 'operator' },
  { login: '10411', name: '韩梅', role: 'operator' },
  { login: '10008', name: '周正', role: 'leader' },
  { login: '10001', name: '管理员', role: 'administrator' },
  { login: '10601', name: '沈岚', role: 'auditor' }
]
const PATROL_NAMES = ['陈立', '吴敏', '郑凯', '何芳', '孙浩', '梁燕', '罗军', '谢琳', '唐伟', '冯洁', '董强', '袁静']
const FIRST_PATROL = 30001

/** One person for each unit, a second one where the unit has two members or more. */
export function demoUsers(units: DemoPeople['units'], fleetId: FleetId): readonly NewUser[] {
  const members = units.flatMap(unit =>
    Array.from({ length: Math.min(2, Math.max(1, unit.memberCount)) }, () => unit.id)
  )
  const patrol = members.map((unitId: UnitId, i) => ({
    login: String(FIRST_PATROL + i),
    name: PATROL_NAMES[i] ?? `巡防员 ${FIRST_PATROL + i}`,
    role: 'patrol' as const,
    unitId
  }))
  return [...FLOOR, { login: '20001', name: '马超', role: 'taxiDispatcher', fleetId: id<FleetId>(fleetId) }, ...patrol]
}

/** Makes whoever is missing; without the file everybody gets a new password, since nobody can know the old ones. */
export async function ensureDemoUsers(access: Access, { units, fleetId, file }: DemoPeople): Promise<void> {
  const wanted = demoUsers(units, fleetId)
  const existing = new Set(access.users().map(user => user.login))
  if (existsSync(file) && wanted.every(user => existing.has(user.login))) return
  const made = await Promise.all(wanted.map(user => access.putUser(user, 'system')))
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.chmod(0o600)
    await handle.writeFile(loginsText(made))
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  operator: '值班员 operator',
  leader: '班长 watch leader',
  administrator: '管理员 administrator',
  auditor: '审计员 auditor',
  taxiDispatcher: '出租调度 taxi dispatcher',
  patrol: '巡防员 patrol'
}

function loginsText(made: readonly MadeUser[]): string {
  const lines = made.map(({ user, password }) => {
    const unit = user.unitId === undefined ? '' : ` (${user.unitId})`
    return `${user.login}  ${password}  ${ROLE_NAMES[user.role]}, ${user.name}${unit}`
  })
  return `Demo log-ins 演示账号: work number 工号, password 密码, who\n${lines.join('\n')}\n`
}
