/** The part of the store that the door needs, in memory, for tests: it keeps the audit entries in order and can be made to fail. */

import type { AccessDeps } from '../access/access.ts'
import { GatewayError } from '../core/errors.ts'
import type { AuditEntry, SessionRow, UserRow } from '../core/store.ts'

export interface FakeStore {
  readonly store: AccessDeps['store']
  readonly audit: AuditEntry[]
  /** By work number. */
  readonly users: Map<string, UserRow>
  /** By token hash. */
  readonly sessions: Map<string, SessionRow>
  failing: boolean
}

export function createFakeStore(): FakeStore {
  const write = (audit: readonly AuditEntry[], change: () => void) => {
    if (fake.failing) throw new GatewayError('STORE_FAILED')
    change()
    fake.audit.push(...audit)
  }
  const fake: FakeStore = {
    audit: [],
    users: new Map(),
    sessions: new Map(),
    failing: false,
    store: {
      users: async () => [...fake.users.values()],
      saveUser: async (user, audit) => write([audit], () => fake.users.set(user.login, user)),
      sessions: async nowMs => [...fake.sessions.values()].filter(row => row.expiresAtMs > nowMs),
      saveSession: async (row, audit) => write([audit], () => fake.sessions.set(row.tokenHash, row)),
      deleteSession: async (tokenHash, audit) => write([audit], () => fake.sessions.delete(tokenHash)),
      commit: async change => {
        write(change.audit ?? [], () => undefined)
        return { ok: true, feed: [] }
      }
    }
  }
  return fake
}
