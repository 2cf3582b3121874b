/** People made and changed over the API while the gateway runs: their rights follow at once, nobody locks himself out. */
import { afterEach, expect, it } from 'vitest'
import type { Found } from '../gateway/core/find.ts'
import type { UserDetail, UserDraft, UserLine, UserSaved } from '../gateway/core/user-record.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

const TEST_MS = 120_000
let running: RunningGateway | undefined
afterEach(() => running?.stop())

const LIN: UserDraft = { login: '10327', name: '林晓', role: 'operator' }

async function setUp() {
  running = await runGateway({ dir: tempDir('users-edit'), adapters: [] })
  const { url } = running
  const admin = await logIn(url, '10001', await running.person('10001', 'administrator'))
  const opened = async (login: string) =>
    (await (await admin.get(`/api/users/detail?id=${login}`)).json()) as UserDetail
  const save = async (draft: UserDraft, isNew = true) => {
    const version = isNew ? '' : (await opened(draft.login)).version
    const answer = await admin.post('/api/users', { draft, version })
    expect(answer.status).toBe(200)
    return (await answer.json()) as UserSaved
  }
  const page = async (text: string) =>
    (await (await admin.get(`/api/users?text=${encodeURIComponent(text)}`)).json()) as Found<UserLine>
  const comesIn = (client: ConsoleClient) => client.get('/api/incidents').then(({ status }) => status)
  return { url, admin, opened, save, page, comesIn }
}

it('is made, changed and kept out; sessions end with the rights they had', { timeout: TEST_MS }, async () => {
  const { url, admin, save, page, comesIn } = await setUp()
  const made = await save(LIN)
  const password = made.saved ? (made.password ?? '') : ''
  const lin = await logIn(url, '10327', password, 1)
  expect(await comesIn(lin)).toBe(200)
  expect((await page('lx')).rows).toMatchObject([{ login: '10327', role: 'operator', loggedIn: true, disabled: false }])
  expect(JSON.stringify(await page(''))).not.toContain('scrypt')

  // A corrected name throws nobody out; another role does, and the password stays.
  expect(await save({ ...LIN, name: '林小晓' }, false)).toMatchObject({ saved: true, login: '10327' })
  expect(await comesIn(lin)).toBe(200)
  await save({ login: '10327', name: '林小晓', role: 'patrol', unitId: 'u1' }, false)
  expect(await comesIn(lin)).toBe(401)
  const patrol = await logIn(url, '10327', password)
  expect(patrol.user).toMatchObject({ role: 'patrol', unitId: 'u1' })
  await save(LIN, false)
  const again = await logIn(url, '10327', password, 1)
  expect(again.user.unitId).toBeUndefined()

  const fresh = (await (await admin.post('/api/users/10327/password')).json()) as { password: string }
  expect(await comesIn(again)).toBe(401)
  await expect(logIn(url, '10327', password)).rejects.toThrow('401')
  await logIn(url, '10327', fresh.password)
  const audit = (await (await admin.get('/api/audit')).json()) as { object: string; detail: { change: string } }[]
  const changes = audit.filter(entry => entry.object === 'user:10327').map(entry => entry.detail.change)
  expect(changes).toEqual(['password', 'changed', 'changed', 'changed', 'made'])
  expect(JSON.stringify(audit)).not.toContain(fresh.password)
})

it('names every wrong field; oneself is left alone; only an administrator comes here', {
  timeout: TEST_MS
}, async () => {
  const { url, admin, save } = await setUp()
  const faultsOf = async (draft: UserDraft, isNew = true) => {
    const saved = await save(draft, isNew)
    return saved.saved ? [] : saved.faults.map(({ field, code }) => `${field} ${code}`)
  }
  expect(await faultsOf({ login: 'lin', name: ' ', role: 'patrol', unitId: 'u9' })).toEqual([
    'login login',
    'name required',
    'unitId noUnit'
  ])
  expect(await faultsOf({ login: '20001', name: '马超', role: 'taxiDispatcher', fleetId: 'nobody' })).toEqual([
    'fleetId noFleet'
  ])
  expect(await faultsOf({ ...LIN, login: '10001' })).toEqual(['login taken'])
  expect(await faultsOf({ ...LIN, login: '10001' }, false)).toEqual(['role oneself'])
  expect((await admin.post('/api/users/10001/password')).status).toBe(403)
  expect((await admin.post('/api/users/99999/password')).status).toBe(404)
  const leader = await logIn(url, '10008', (await running?.person('10008', 'leader')) ?? '', 2)
  for (const answer of [
    await leader.get('/api/users'),
    await leader.post('/api/users', { draft: LIN, version: '' }),
    await leader.post('/api/users/10001/password')
  ])
    expect(answer.status).toBe(403)
})

it('an old form takes no newer change back: neither a role nor a name', { timeout: TEST_MS }, async () => {
  const { admin, opened, save, page } = await setUp()
  await save({ ...LIN, role: 'leader' })
  const old = await opened('10327')
  expect(await save(LIN, false)).toMatchObject({ saved: true })
  const late = await admin.post('/api/users', {
    draft: { ...LIN, role: 'leader', name: '林小晓' },
    version: old.version
  })
  expect([late.status, ((await late.json()) as { error: string }).error]).toEqual([409, 'CONFLICT_RETRY'])
  expect((await page('10327')).rows).toMatchObject([{ name: '林晓', role: 'operator' }])
  // What was answered to the last one that was kept opens the next.
  const kept = await save({ ...LIN, name: '林小晓' }, false)
  expect((await opened('10327')).version).toBe(kept.saved && kept.version)
})
