/** The people of the bench `floor` written into its store: operators and patrols with sessions, all patrols on duty, one unit each. */
import { createHash, randomBytes } from 'node:crypto'
import { id, type UnitId, type UserId } from '../../../gateway/core/brand.ts'
import type { UserRow } from '../../../gateway/core/store.ts'
import { openSqliteStore } from '../../../gateway/storage/sqlite/store.ts'
import { boxName } from './source-names.ts'

export interface People {
  /** Session tokens, one a console. */
  readonly consoles: readonly string[]
  readonly patrols: readonly string[]
}

const HOUR_MS = 3_600_000
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))
export const unitId = (n: number): UnitId => id<UnitId>(`unit-${n}`)

export async function preparePeople(
  dir: string,
  size: { readonly consoles: number; readonly patrols: number; readonly boxes: number; readonly password: string }
): Promise<People> {
  const store = await openSqliteStore({ dir })
  const audit = { atMs: 0, who: 'bench', action: 'prepared', object: 'floor', outcome: 'done' as const }
  const nowMs = Date.now()
  /** Nobody logs in by a password here: 5,200 of them would take longer than the bench. */
  const person = async (login: string, more: Pick<UserRow, 'role' | 'unitId'>): Promise<string> => {
    const user: UserRow = { id: id<UserId>(login), login, name: login, passwordHash: '', disabled: false, ...more }
    const token = randomBytes(32).toString('base64url')
    const tokenHash = createHash('sha256').update(token).digest('hex')
    await store.saveUser(user, audit)
    await store.saveSession(
      { tokenHash, userId: user.id, createdAtMs: nowMs, expiresAtMs: nowMs + 12 * HOUR_MS, seat: undefined },
      audit
    )
    return token
  }
  const consoles = await Promise.all(many(size.consoles, n => person(String(100_000 + n), { role: 'operator' })))
  const patrols = await Promise.all(
    many(size.patrols, n => person(String(300_000 + n), { role: 'patrol', unitId: unitId(n) }))
  )
  const duty = (n: number) =>
    JSON.stringify({ sinceMs: nowMs, members: [{ userId: String(300_000 + n), name: String(300_000 + n) }] })
  await store.commit({ remember: many(size.patrols, n => ({ key: `duty:${unitId(n)}`, value: duty(n) })) })
  const keys = many(size.boxes, n => `linxi/${boxName(n)}`)
  await Promise.all(
    keys.map(key =>
      store.saveCredential(
        { adapter: 'mqtt', key, username: key, password: size.password },
        { ...audit, action: 'deviceCredential', object: key }
      )
    )
  )
  await store.close()
  return { consoles, patrols }
}
