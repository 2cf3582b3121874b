/** Accounts that change under somebody's hands: a log-in under way is none of the changed account, no change is lost, one administrator stays. */
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { id, type UserId } from '../core/brand.ts'
import { createFakeStore, type FakeStore } from '../testing/fake-access-store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { quickVerify } from '../testing/quick-verify.ts'
import { type Access, createAccess } from './access.ts'
import { hashPassword } from './passwords.ts'

const settings = { sessionMs: 43_200_000, wrongPasswords: 3, lockMs: 30_000, lockMaxMs: 100_000, seats: 4 }
const PASSWORD = 'correct horse'
let fake: FakeStore
let access: Access
let passwordHash: string

beforeAll(async () => {
  passwordHash = await hashPassword(PASSWORD, 'generated')
})
beforeEach(async () => {
  fake = createFakeStore()
  for (const [work, role] of [
    ['10001', 'administrator'],
    ['10002', 'administrator'],
    ['10327', 'operator']
  ] as const)
    fake.users.set(work, { id: id<UserId>(`u-${work}`), login: work, name: work, role, passwordHash, disabled: false })
  access = await createAccess({
    store: fake.store,
    clock: createFakeClock(),
    log: silentLog,
    settings,
    verify: quickVerify
  })
})

const login = (work: string) => access.login({ login: work, password: PASSWORD, origin: '10.0.0.5' })
const by = (work: string) => {
  const row = fake.users.get(work)
  if (!row) throw new Error(work)
  return { userId: row.id, login: row.login, name: row.name, role: row.role }
}
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    error => error.code
  )

it.each([
  ['disabled', () => access.setDisabled('10327', true, 'system')],
  ['another role', () => access.editUser({ login: '10327', name: '10327', role: 'administrator' }, 'system')]
] as const)('a log-in under way when the account changes (%s) opens nothing', async (_, change) => {
  const entering = code(login('10327'))
  await change()
  expect(await entering).toBe('LOGIN_REFUSED')
  expect([access.isLoggedIn(id('u-10327')), fake.sessions.size]).toEqual([false, 0])
})

it('nor does one whose session is just being stored', async () => {
  const { saveSession } = fake.store
  const store = fake.store as { saveSession: typeof saveSession }
  store.saveSession = async (...row) => {
    await saveSession(...row)
    await access.setDisabled('10327', true, 'system')
  }
  expect(await code(login('10327'))).toBe('LOGIN_REFUSED')
  expect([access.isLoggedIn(id('u-10327')), fake.sessions.size]).toEqual([false, 0])
})

it('a person kept out stays out when his name is changed at the same moment', async () => {
  await Promise.all([
    access.setDisabled('10327', true, 'system'),
    access.editUser({ login: '10327', name: '林晓', role: 'operator' }, 'system')
  ])
  expect(fake.users.get('10327')).toMatchObject({ name: '林晓', disabled: true })
})

it('two administrators who take each other away at once leave one', async () => {
  const operator = (work: string) => ({ login: work, name: work, role: 'operator' as const })
  const ends = await Promise.all([
    code(access.editUser(operator('10002'), by('10001'))),
    code(access.editUser(operator('10001'), by('10002')))
  ])
  expect(ends.sort()).toEqual(['NOT_ALLOWED', 'done'])
  expect(await code(access.setDisabled('10001', true, by('10327')))).toBe('NOT_ALLOWED')
  // Whoever has the machine may.
  await access.setDisabled('10001', true, 'command line')
})
