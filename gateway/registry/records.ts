/**
 * What was changed in the console over the registry's file: durable, versioned, audited, and true at once for whoever asks the registry. A
 * record that was changed here is no longer read from the file, whatever the file says of it later.
 */
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { DocumentRow, Store, Change as StoreChange } from '../core/store.ts'
import { RECORD_LIMITS, type RecordVersion } from '../core/subject-record.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'

export interface RecordsDeps<V> {
  readonly clock: Clock
  readonly store: Pick<Store, 'documents' | 'commit'>
  /** Of the documents: `registry.subject` …; earlier versions lie beside them. */
  readonly kind: string
  /** What is true now, the file's included. */
  current(recordId: string): V | undefined
  /** Makes it true; undefined: removed. */
  apply(recordId: string, value: V | undefined): void
}

export interface Change<V> {
  readonly recordId: string
  /** Absent: removed. */
  readonly value?: V
  /** Names of what differs, for the history. */
  readonly fields: readonly string[]
  readonly reason?: string
}

export interface Records<V> {
  /** 0: nothing was changed here. */
  versionOf(recordId: string): number
  /** One commit with its audit entries, log-ins and further rows, then true for everybody; one at a time, that is the caller's business. */
  save(
    changes: readonly Change<V>[],
    user: SessionUser,
    audit: AuditWords | readonly AuditWords[],
    credentials?: StoreChange['credentials'],
    more?: readonly DocumentRow[]
  ): Promise<void>
  history(recordId: string): Promise<readonly RecordVersion[]>
}

export interface AuditWords {
  readonly action: string
  readonly object: string
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

/** A version as it is kept. */
interface Kept<V> {
  readonly version: number
  readonly atMs?: number
  readonly by?: string
  readonly fields: readonly string[]
  readonly reason?: string
  readonly value?: V
}

const PAGE = 1_000

/** Rejects when the store cannot be read. What was changed is in the registry from here on. */
export async function createRecords<V extends object>(deps: RecordsDeps<V>): Promise<Records<V>> {
  const { clock, store, kind } = deps
  const past = `${kind}.past`
  const versions = new Map<string, number>()
  for await (const [recordId, kept] of everyDocument<Kept<V>>(store, kind)) {
    versions.set(recordId, kept.version)
    deps.apply(recordId, kept.value)
  }

  const pastKey = (recordId: string, version: number) => `${recordId}/${String(version).padStart(6, '0')}`
  const documentsOf = ({ recordId, value, fields, reason }: Change<V>, user: SessionUser): DocumentRow[] => {
    const before = versions.get(recordId) ?? 0
    const kept: Kept<V> = { version: before + 1, atMs: clock.now(), by: user.name, fields, reason, value }
    const fromFile = before === 0 ? deps.current(recordId) : undefined
    const first: Kept<V> | undefined = fromFile && { version: 0, fields: [], value: fromFile }
    return [
      { kind, key: recordId, body: kept },
      ...(first ? [{ kind: past, key: pastKey(recordId, 0), body: first }] : []),
      { kind: past, key: pastKey(recordId, kept.version), body: kept }
    ]
  }

  return {
    versionOf: recordId => versions.get(recordId) ?? 0,
    async save(changes, user, words, credentials = [], more = []) {
      const head = { atMs: clock.now(), who: personOf(user), outcome: 'done' as const }
      const audit = [words].flat().map(each => ({ ...head, ...each }))
      const documents = [...changes.flatMap(change => documentsOf(change, user)), ...more]
      const result = await store.commit({ documents, audit, credentials })
      if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
      for (const { recordId, value } of changes) {
        versions.set(recordId, (versions.get(recordId) ?? 0) + 1)
        deps.apply(recordId, value)
      }
    },
    async history(recordId) {
      const range = { fromKey: `${recordId}/`, toKey: `${recordId}0`, limit: PAGE }
      const kept = await store.documents({ kind: past, ...range })
      return kept
        .map(({ body }) => body as Kept<V>)
        .map(({ version, atMs, by, fields, reason, value }) => ({
          ...{ version, atMs, by, fields, gone: value === undefined },
          ...(reason === undefined ? {} : { reason })
        }))
        .reverse()
        .slice(0, RECORD_LIMITS.versionsShown)
    }
  }
}

/** Of one kind, by key, however many there are. */
export async function* everyDocument<T extends object>(
  store: Pick<Store, 'documents'>,
  kind: string
): AsyncGenerator<readonly [string, T]> {
  for (let fromKey = ''; ; ) {
    const page = await store.documents({ kind, fromKey, limit: PAGE })
    for (const { key, body } of page) yield [key, body as T]
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    fromKey = `${last.key}\0`
  }
}

/** Names of what differs between two rows. */
export function differing<R extends object>(
  before: R | undefined,
  after: R,
  same: (a: unknown, b: unknown) => boolean
): readonly string[] {
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after)]) as Set<keyof R>
  return [...keys].filter(key => !same(before?.[key], after[key])).map(String)
}
