/** A shelf of named records that seats share: who sees and changes them, bounded, audited in the commit that keeps them. */
import { randomUUID } from 'node:crypto'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Commit, Store } from '../core/store.ts'
import type { Draft, Shelved } from '../core/wall.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'

export interface ShelfOptions {
  readonly clock: Clock
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  /** Of the documents, e.g. `wall.layout`; also the object of the audit entries. */
  readonly kind: string
  readonly max: number
  readonly changed: () => void
}

export interface Shelf<T extends Shelved> {
  all(): readonly T[]
  /** Shared ones and the person's own, by name. */
  seenBy(user: SessionUser): readonly T[]
  /** CONFLICT_RETRY when somebody was quicker, NOT_ALLOWED for another's, NOT_FOUND, BODY_INVALID when the shelf is full. */
  put(draft: Draft<T>, user: SessionUser): Promise<T>
  remove(recordId: string, user: SessionUser): Promise<T>
}

export async function createShelf<T extends Shelved>(options: ShelfOptions): Promise<Shelf<T>> {
  const { clock, commit, kind, max } = options
  const rows = new Map<string, T>()
  for (const { key, body } of await options.store.documents({ kind, limit: max })) rows.set(key, body as T)
  // Two seats saving at once: the second is compared with what the first has kept.
  const serial = createSerial()

  const keep = async (key: string, body: T | undefined, user: SessionUser, action: string, name: string) => {
    const entry = { atMs: clock.now(), who: personOf(user), object: `${kind}:${key}`, outcome: 'done' } as const
    const result = await commit({
      documents: [{ kind, key, body }],
      audit: [{ ...entry, action, detail: { name } }]
    })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    if (body) rows.set(key, body)
    else rows.delete(key)
    options.changed()
  }
  const mine = (row: T, user: SessionUser) => row.maker.login === user.login
  const changeable = (recordId: string, user: SessionUser): T => {
    const known = rows.get(recordId)
    // What one may not see is not there.
    if (!known || !(known.shared || mine(known, user))) throw new GatewayError('NOT_FOUND', { [kind]: recordId })
    if (!mine(known, user) && user.role !== 'leader')
      throw new GatewayError('NOT_ALLOWED', { why: 'only its maker or a leader changes it', maker: known.maker.name })
    return known
  }

  return {
    all: () => [...rows.values()],
    seenBy: user =>
      [...rows.values()]
        .filter(row => row.shared || mine(row, user))
        .sort((a, b) => a.name.localeCompare(b.name, 'zh-CN')),
    put: (draft, user) =>
      serial.run(kind, async () => {
        const known = draft.id === undefined ? undefined : changeable(draft.id, user)
        if (known && known.version !== draft.version) throw new GatewayError('CONFLICT_RETRY', { name: known.name })
        if (!known && rows.size >= max)
          throw new GatewayError('BODY_INVALID', { field: kind, allowed: `${max} at most` })
        const row = {
          ...draft,
          id: known?.id ?? randomUUID(),
          maker: known?.maker ?? { login: user.login, name: user.name },
          version: (known?.version ?? 0) + 1,
          updatedAtMs: clock.now()
        } as unknown as T
        await keep(row.id, row, user, known ? `${kind}.change` : `${kind}.make`, row.name)
        return row
      }),
    remove: (recordId, user) =>
      serial.run(kind, async () => {
        const known = changeable(recordId, user)
        await keep(known.id, undefined, user, `${kind}.remove`, known.name)
        return known
      })
  }
}
