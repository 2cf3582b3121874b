/** Keys of accounts, from the credentials store and kept for a minute, so that a frame costs no look-up and a new key needs no restart. */
import type { KeyObject } from 'node:crypto'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { parseKey } from './cipher-frame.ts'

const KEPT_MS = 60_000
const MAX_KEPT = 20_000

export interface Keys {
  /** Undefined: the account has none, or one that is no AES key (counted as `badKey`). */
  of(native: string, origin: string): Promise<KeyObject | undefined>
}

export function createKeys(host: AdapterHost): Keys {
  const kept = new Map<string, { readonly key: KeyObject | undefined; readonly atMs: number }>()
  return {
    async of(native, origin) {
      const known = kept.get(native)
      if (known && host.clock.now() - known.atMs < KEPT_MS) return known.key
      const credential = await host.credential(native)
      const parsed = credential && parseKey(credential.password)
      if (parsed && !parsed.ok) host.reject('badKey', origin, native)
      const key = parsed?.ok ? parsed.value : undefined
      kept.delete(native)
      kept.set(native, { key, atMs: host.clock.now() })
      if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value as string)
      return key
    }
  }
}
