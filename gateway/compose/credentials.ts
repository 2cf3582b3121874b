/** Log-ins of devices: the store's rows, and in demo mode the derived ones of the simulated town. */
import { demoSecret } from '../access/demo-secret.ts'
import { id, type SourceId } from '../core/brand.ts'
import type { Clock, Credential } from '../core/ports.ts'
import type { AuditEntry, CredentialRow, Store } from '../core/store.ts'

export interface CredentialDeps {
  readonly clock: Clock
  readonly store: Pick<Store, 'credential' | 'saveCredential'>
  known(sourceId: SourceId): boolean
  /** Absent in normal operation: then only stored rows count. */
  readonly demoSeed?: string
}

/** The shared log-in of the town's cameras. */
const CAMERAS = 'cameras'
/** `add-device` writes from another process: what is older than this is asked anew. */
const KNOWN_MS = 1_000
const CACHE_MAX = 50_000

interface Known {
  readonly credential: Credential
  readonly atMs: number
}

export interface Credentials {
  (adapter: string, key: string): Promise<Credential | undefined>
  /** Counts from now on; with its audit entry in one transaction. */
  save(row: CredentialRow, audit: AuditEntry): Promise<void>
  /** It was stored by another change: counts from now on. */
  stored(row: CredentialRow): void
}

export function createCredentials(deps: CredentialDeps): Credentials {
  const cache = new Map<string, Known>()
  const keep = (key: string, credential: Credential): Credential => {
    cache.delete(key)
    cache.set(key, { credential, atMs: deps.clock.now() })
    if (cache.size > CACHE_MAX) cache.delete(cache.keys().next().value ?? '')
    return credential
  }
  /** Outranked by what somebody stored: else the password that `add-device` prints would never work. */
  const derived = (adapter: string, key: string): Credential | undefined => {
    const simulated = key === CAMERAS || deps.known(id<SourceId>(`${adapter}:${key}`))
    if (deps.demoSeed === undefined || !simulated) return undefined
    return { username: key, password: demoSecret(deps.demoSeed, adapter, key) }
  }
  const find = async (adapter: string, key: string): Promise<Credential | undefined> => {
    if (key.length === 0 || key.length > 200) return undefined
    const name = `${adapter}/${key}`
    const known = cache.get(name)
    const ageMs = known && deps.clock.now() - known.atMs
    if (known && ageMs !== undefined && ageMs >= 0 && ageMs < KNOWN_MS) return known.credential
    const row = await deps.store.credential(adapter, key)
    const found = row ? { username: row.username, password: row.password } : derived(adapter, key)
    if (found) return keep(name, found)
    cache.delete(name)
    return undefined
  }
  const stored = ({ adapter, key, username, password }: CredentialRow): void =>
    void keep(`${adapter}/${key}`, { username, password })
  const save = async (row: CredentialRow, audit: AuditEntry): Promise<void> => {
    await deps.store.saveCredential(row, audit)
    stored(row)
  }
  return Object.assign(find, { save, stored })
}
