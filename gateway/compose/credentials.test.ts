/** Log-ins of devices: what somebody stored outranks what the demo derives, and a change made by another process is known within a second. */
import { expect, it } from 'vitest'
import { demoSecret } from '../access/demo-secret.ts'
import type { CredentialRow } from '../core/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createCredentials } from './credentials.ts'

const row = (password: string): CredentialRow => ({ adapter: 'sip', key: '6650147', username: '6650147', password })

function room(demoSeed?: string) {
  const clock = createFakeClock(100_000)
  const rows = new Map<string, CredentialRow>()
  const asked: string[] = []
  const credential = createCredentials({
    clock,
    known: sourceId => sourceId === 'sip:6650147',
    store: {
      async credential(adapter, key) {
        asked.push(key)
        return rows.get(`${adapter}/${key}`)
      },
      saveCredential: async saved => void rows.set(`${saved.adapter}/${saved.key}`, saved)
    },
    ...(demoSeed === undefined ? {} : { demoSeed })
  })
  const password = async (key = '6650147') => (await credential('sip', key))?.password
  /** As `add-device` in another process. */
  const store = (each: CredentialRow) => void rows.set(`${each.adapter}/${each.key}`, each)
  return { clock, credential, password, store, rows, asked }
}

it('in the demo the derived log-in counts until somebody stores one', async () => {
  const { clock, password, store } = room('seed')
  expect(await password()).toBe(demoSecret('seed', 'sip', '6650147'))
  expect(await password('6659999')).toBeUndefined()
  store(row('printed'))
  await clock.advance(1_000)
  expect(await password()).toBe('printed')
})

it('a changed and a removed log-in are known within a second, one that was unknown at once', async () => {
  const { clock, password, store, rows } = room()
  expect(await password()).toBeUndefined()
  store(row('first'))
  expect(await password()).toBe('first')
  store(row('second'))
  await clock.advance(1_000)
  expect(await password()).toBe('second')
  rows.clear()
  await clock.advance(1_000)
  expect(await password()).toBeUndefined()
})

it('asks the store once a second for one device, however often it proves itself', async () => {
  const { clock, password, store, asked } = room()
  store(row('first'))
  for (let n = 0; n < 50; n++) await password()
  await clock.advance(1_000)
  for (let n = 0; n < 50; n++) await password()
  expect(asked).toHaveLength(2)
})

it('what this process saves counts at once', async () => {
  const { credential, password, store } = room()
  store(row('old'))
  expect(await password()).toBe('old')
  await credential.save(row('new'), {
    atMs: 0,
    who: 'x',
    action: 'deviceCredential',
    object: 'device:sip',
    outcome: 'done'
  })
  expect(await password()).toBe('new')
})
