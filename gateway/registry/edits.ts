/**
 * What was changed in the console over the registry's file: durable, versioned, audited, and true at once for whoever asks the registry. A
 * subject that was changed here is no longer read from the file, whatever the file says of it later.
 */
import { id, type SubjectId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { DocumentRow, Store } from '../core/store.ts'
import { RECORD_LIMITS, type RecordVersion } from '../core/subject-record.ts'
import type { SourceRow, SubjectRow } from '../core/unit.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Rows } from './rows.ts'

export interface EditsDeps {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents' | 'commit'>
  readonly rows: Rows
}

export interface Change {
  readonly subjectId: SubjectId
  /** Absent: removed. */
  readonly row?: SubjectRow
  readonly sources: readonly SourceRow[]
  readonly fields: readonly string[]
}

export interface Edits {
  /** 0: nothing was changed here. */
  versionOf(subjectId: SubjectId): number
  /** One commit with its audit entry, then true for everybody; one at a time, that is the caller's business. */
  save(changes: readonly Change[], user: SessionUser, audit: AuditWords): Promise<void>
  history(subjectId: SubjectId): Promise<readonly RecordVersion[]>
}

export interface AuditWords {
  readonly action: string
  readonly object: string
  readonly detail: Readonly<Record<string, string | number>>
}

/** A version as it is kept. */
interface Kept {
  readonly version: number
  readonly atMs?: number
  readonly by?: string
  readonly fields: readonly string[]
  readonly row?: SubjectRow
  readonly sources: readonly SourceRow[]
}

const NOW = 'registry.subject'
const PAST = 'registry.subject.past'
const PAGE = 1_000

/** Rejects when the store cannot be read. What was changed is in the registry from here on. */
export async function createEdits({ clock, log, store, rows }: EditsDeps): Promise<Edits> {
  const versions = new Map<SubjectId, number>()
  for await (const [subjectId, kept] of all(store)) {
    versions.set(subjectId, kept.version)
    apply(rows, { ...kept, subjectId })
    for (const each of kept.sources)
      if (rows.source(each.id)?.subjectId !== subjectId)
        log.warn({ source: each.id, subject: subjectId }, 'a source of the registry file is another’s by the console')
  }

  const pastKey = (subjectId: SubjectId, version: number) => `${subjectId}/${String(version).padStart(6, '0')}`
  const documentsOf = (change: Change, user: SessionUser): DocumentRow[] => {
    const { subjectId, row, sources, fields } = change
    const before = versions.get(subjectId) ?? 0
    const kept: Kept = { version: before + 1, atMs: clock.now(), by: user.name, fields, row, sources }
    const fromFile = before === 0 ? rows.subject(subjectId) : undefined
    const first: Kept | undefined = fromFile && {
      version: 0,
      fields: [],
      row: fromFile,
      sources: ownOf(rows, subjectId)
    }
    return [
      { kind: NOW, key: subjectId, body: kept },
      ...(first ? [{ kind: PAST, key: pastKey(subjectId, 0), body: first }] : []),
      { kind: PAST, key: pastKey(subjectId, kept.version), body: kept }
    ]
  }

  return {
    versionOf: subjectId => versions.get(subjectId) ?? 0,
    async save(changes, user, { action, object, detail }) {
      const entry = { atMs: clock.now(), who: personOf(user), outcome: 'done' as const, action, object, detail }
      const documents = changes.flatMap(change => documentsOf(change, user))
      const result = await store.commit({ documents, audit: [entry] })
      if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
      for (const change of changes) {
        versions.set(change.subjectId, (versions.get(change.subjectId) ?? 0) + 1)
        apply(rows, change)
      }
    },
    async history(subjectId) {
      const range = { fromKey: `${subjectId}/`, toKey: `${subjectId}0`, limit: PAGE }
      const kept = await store.documents({ kind: PAST, ...range })
      return kept
        .map(({ body }) => body as Kept)
        .map(({ version, atMs, by, fields, row }) => ({ version, atMs, by, fields, gone: row === undefined }))
        .reverse()
        .slice(0, RECORD_LIMITS.versionsShown)
    }
  }
}

/** Those that no terminal's approval brought. */
export function ownOf(rows: Pick<Rows, 'sourcesOf' | 'isAdopted'>, subjectId: SubjectId): readonly SourceRow[] {
  return rows.sourcesOf(subjectId).filter(each => !rows.isAdopted(each.id))
}

function apply(rows: Rows, { subjectId, row, sources }: Pick<Change, 'subjectId' | 'row' | 'sources'>): void {
  if (row) rows.put(row, sources)
  else rows.remove(subjectId)
}

async function* all(store: Pick<Store, 'documents'>): AsyncGenerator<readonly [SubjectId, Kept]> {
  for (let fromKey = ''; ; ) {
    const page = await store.documents({ kind: NOW, fromKey, limit: PAGE })
    for (const { key, body } of page) yield [id<SubjectId>(key), body as Kept]
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    fromKey = `${last.key}\0`
  }
}
