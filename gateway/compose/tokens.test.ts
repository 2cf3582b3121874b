/** API tokens on a real store: over a restart, by time, and only so many. */
import { afterEach, expect, it } from 'vitest'
import { createTokens } from '../access/tokens.ts'
import { type ApiToken, TOKEN_LIMITS } from '../core/api-token.ts'
import type { Store } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { tempDir } from '../testing/temp-dir.ts'

const ADMIN: SessionUser = { userId: 'u1', login: '10001', name: '吴敏', role: 'administrator' }
const DAY_MS = 86_400_000
let store: Store | undefined
afterEach(() => store?.close())

async function open(dir: string, clock = createFakeClock()) {
  await store?.close()
  store = await openSqliteStore({ dir })
  const tokens = await createTokens({ store, clock })
  const make = async (name: string, days: number) => {
    const made = await tokens.make({ name, scopes: ['reports'], days }, ADMIN)
    if (!made.saved) throw new Error(JSON.stringify(made.faults))
    return made
  }
  return { clock, tokens, make }
}

it('is valid over a restart and until its day; what is over is listed behind', async () => {
  const dir = tempDir('tokens')
  const before = await open(dir)
  const short = await before.make('短', 1)
  const long = await before.make('长', 30)
  const { clock, tokens } = await open(dir, before.clock)
  expect(tokens.verify(short.secret)?.name).toBe('短')
  await clock.advance(DAY_MS)
  expect(tokens.verify(short.secret)).toBeUndefined()
  expect(tokens.verify(long.secret)?.name).toBe('长')
  expect(tokens.list().map(each => each.name)).toEqual(['长', '短'])
})

it('so many are valid at once, and the oldest that are over give way', async () => {
  const { clock, tokens, make } = await open(tempDir('tokens'))
  const first: ApiToken = (await make('0', 1)).token
  for (let n = 1; n < TOKEN_LIMITS.valid; n++) await make(String(n), 1)
  expect(await tokens.make({ name: 'one more', scopes: ['reports'], days: 1 }, ADMIN)).toMatchObject({
    faults: [{ code: 'tooMany' }]
  })
  await clock.advance(DAY_MS)
  const next = await make('next', 1)
  const names = tokens.list().map(each => each.name)
  expect(names).toHaveLength(TOKEN_LIMITS.over)
  expect(names).toContain('next')
  expect(tokens.list().some(each => each.id === first.id)).toBe(false)
  expect(tokens.verify(next.secret)?.name).toBe('next')
})

it('a use at the moment of the revocation does not make it valid again at the next start', async () => {
  const dir = tempDir('tokens')
  const { clock, tokens, make } = await open(dir)
  const { token, secret } = await make('1', 30)
  const revoked = tokens.revoke(token.id, ADMIN)
  const used = tokens.used(token, 'GET /api/diagnostics', '10.0.0.9').catch(error => error.code)
  await revoked
  expect(await used).toBe('NOT_LOGGED_IN')
  expect((await open(dir, clock)).tokens.verify(secret)).toBeUndefined()
})
