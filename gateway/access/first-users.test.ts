/** A first start makes one administrator; only the demo makes more, and its passwords work and stay private. */
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { type FleetId, id, type UnitId } from '../core/brand.ts'
import { createFakeStore } from '../testing/fake-access-store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { quickVerify } from '../testing/quick-verify.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { type Access, createAccess } from './access.ts'
import { type DemoPeople, ensureAdministrator, ensureDemoUsers } from './first-users.ts'

const settings = { sessionMs: 43_200_000, wrongPasswords: 5, lockMs: 30_000, lockMaxMs: 900_000, seats: 8 }
let folder: string
let access: Access
let people: DemoPeople

beforeEach(async () => {
  folder = tempDir('first-users')
  access = await createAccess({
    store: createFakeStore().store,
    clock: createFakeClock(),
    log: silentLog,
    settings,
    verify: quickVerify
  })
  people = {
    units: [
      { id: id<UnitId>('unit-1'), memberCount: 3 },
      { id: id<UnitId>('unit-2'), memberCount: 1 }
    ],
    fleetId: id<FleetId>('fleet-1'),
    file: join(folder, 'logins.txt')
  }
})

function passwordOf(login: string): string {
  const line = readFileSync(people.file, 'utf8')
    .split('\n')
    .find(each => each.startsWith(`${login}  `))
  return line?.split('  ')[1] ?? ''
}

function login(work: string, password: string) {
  return access.login({ login: work, password, origin: '127.0.0.1' })
}

it('makes one administrator when nobody exists, and only then', async () => {
  const made = await ensureAdministrator(access)
  expect(made?.user).toMatchObject({ login: '10001', role: 'administrator' })
  await expect(login('10001', made?.password ?? '')).resolves.toBeDefined()
  expect(await ensureAdministrator(access)).toBeUndefined()
  expect(access.users()).toHaveLength(1)
})

it('makes an administrator beside people that were made before the first start, under a number that is free', async () => {
  await access.putUser({ login: '10001', name: '林晓', role: 'operator' }, 'command line')
  const made = await ensureAdministrator(access)
  expect(made?.user).toMatchObject({ login: '10002', role: 'administrator' })
  await expect(login('10001', made?.password ?? '')).rejects.toBeDefined()
  await access.setDisabled('10002', true, 'command line')
  expect(await ensureAdministrator(access)).toBeUndefined()
})

it('makes the people of the demo, whose passwords stand in a private file and work', async () => {
  await ensureDemoUsers(access, people)
  expect(access.users().map(user => [user.login, user.role, user.unitId ?? user.fleetId])).toEqual([
    ['10327', 'operator', undefined],
    ['10411', 'operator', undefined],
    ['10008', 'leader', undefined],
    ['10001', 'administrator', undefined],
    ['10601', 'auditor', undefined],
    ['20001', 'taxiDispatcher', 'fleet-1'],
    ['30001', 'patrol', 'unit-1'],
    ['30002', 'patrol', 'unit-1'],
    ['30003', 'patrol', 'unit-2']
  ])
  expect(statSync(people.file).mode & 0o777).toBe(0o600)
  for (const work of ['10327', '30003']) await expect(login(work, passwordOf(work))).resolves.toBeDefined()
})

it('leaves passwords alone at the next start, and makes new ones when the file is gone', async () => {
  await ensureDemoUsers(access, people)
  const before = passwordOf('10327')
  await ensureDemoUsers(access, people)
  expect(passwordOf('10327')).toBe(before)
  rmSync(people.file)
  await ensureDemoUsers(access, people)
  expect(passwordOf('10327')).not.toBe(before)
  await expect(login('10327', before)).rejects.toMatchObject({ code: 'LOGIN_REFUSED' })
  await expect(login('10327', passwordOf('10327'))).resolves.toBeDefined()
})
