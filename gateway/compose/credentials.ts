/** Log-ins of devices: the store's rows, and in demo mode the derived ones of the simulated town. */
import { demoSecret } from '../access/demo-secret.ts'
import { id, type SourceId } from '../core/brand.ts'
import type { Credential } from '../core/ports.ts'
import type { AuditEntry, CredentialRow, Store } from '../core/store.ts'

export interface CredentialDeps {
  readonly store: Pick<Store, 'credential' | 'saveCredential'>
  known(sourceId: SourceId): boolean
  /** Absent in normal operation: then only stored rows count. */
  readonly demoSeed?: string
}

/** The shared log-in of the town's cameras. */
const CAMERAS = 'cameras'
const CACHE_MAX = 50_000

export interface Credentials {
  (adapter: string, key: string): Promise<Credential | undefined>
  /** Counts from now on; with its audit entry in one transaction. */
  save(row: CredentialRow, audit: AuditEntry): Promise<void>
}

export function createCredentials(deps: CredentialDeps): Credentials {
  const cache = new Map<string, Credential>()
  const find = async (adapter: string, key: string): Promise<Credential | undefined> => {
    if (key.length === 0 || key.length > 200) return undefined
    if (deps.demoSeed !== undefined && (key === CAMERAS || deps.known(id<SourceId>(`${adapter}:${key}`)))) {
      return { username: key, password: demoSecret(deps.demoSeed, adapter, key) }
    }
    const cached = cache.get(`${adapter}/${key}`)
    if (cached) return cached
    const row = await deps.store.credential(adapter, key)
    if (!row) return undefined
    const credential = { username: row.username, password: row.password }
    if (cache.size < CACHE_MAX) cache.set(`${adapter}/${key}`, credential)
    return credential
  }
  const save = async (row: CredentialRow, audit: AuditEntry): Promise<void> => {
    await deps.store.saveCredential(row, audit)
    cache.set(`${row.adapter}/${row.key}`, { username: row.username, password: row.password })
  }
  return Object.assign(find, { save })
}
