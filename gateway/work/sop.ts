/** The books of 处置预案: the newest is what an incident begins with, older ones stay for those that began with them. */
import { GatewayError } from '../core/errors.ts'
import { NATURES } from '../core/incident.ts'
import type { Clock } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import { ALARM_CLASSES } from '../core/signal.ts'
import type { SopBook, SopDraft } from '../core/sop.ts'
import type { Commit, Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { SHIPPED_SOP } from './shipped-sop.ts'

const KIND = 'sop.book'
/** Books kept in memory beside the newest. */
const MAX_CACHED = 20

export interface SopBooks {
  readonly current: SopBook
  /** NOT_FOUND. */
  book(version: number): Promise<SopBook>
  /** Audited in the commit that keeps it; BODY_INVALID, CONFLICT_RETRY when another edit came first. */
  save(draft: SopDraft, user: SessionUser): Promise<SopBook>
}

/** Sorts as text. */
const keyOf = (version: number) => String(version).padStart(8, '0')

export async function createSopBooks(options: {
  readonly clock: Clock
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
}): Promise<SopBooks> {
  const { clock, store, commit } = options
  const serial = createSerial()
  let current = await newest(store)
  const cached = new Map<number, SopBook>()
  return {
    get current() {
      return current
    },
    async book(version) {
      if (version === current.version) return current
      const known = cached.get(version) ?? (await stored(store, version))
      if (cached.size >= MAX_CACHED) cached.clear()
      cached.set(version, known)
      return known
    },
    save: (draft, user) =>
      serial.run('book', async () => {
        const faults = faultsOf(draft)
        if (faults.length > 0) throw new GatewayError('BODY_INVALID', { faults: faults.slice(0, 5).join('; ') })
        if (draft.base !== current.version) throw new GatewayError('CONFLICT_RETRY', { version: current.version })
        const book: SopBook = {
          version: current.version + 1,
          atMs: clock.now(),
          by: personOf(user),
          sheets: draft.sheets
        }
        const audit = {
          ...{ atMs: book.atMs, who: book.by, action: 'sop.save', object: `sop:${book.version}` },
          outcome: 'done' as const,
          detail: { sheets: book.sheets.length, steps: book.sheets.reduce((sum, sheet) => sum + sheet.steps.length, 0) }
        }
        const documents = [{ kind: KIND, key: keyOf(book.version), body: book }]
        const result = await commit({ documents, audit: [audit] }, () => {
          current = book
        })
        if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
        return book
      })
  }
}

/** Pages of versions until none follows. */
async function newest(store: Pick<Store, 'documents'>): Promise<SopBook> {
  let book = SHIPPED_SOP
  for (;;) {
    const next = await store.documents({ kind: KIND, fromKey: keyOf(book.version + 1), limit: 5_000 })
    const last = next.at(-1)
    if (!last) return book
    book = last.body as SopBook
  }
}

async function stored(store: Pick<Store, 'documents'>, version: number): Promise<SopBook> {
  if (version === SHIPPED_SOP.version) return SHIPPED_SOP
  const [row] = await store.documents({ kind: KIND, fromKey: keyOf(version), limit: 1 })
  if (row?.key !== keyOf(version)) throw new GatewayError('NOT_FOUND', { sop: version })
  return row.body as SopBook
}

const KINDS: ReadonlySet<string> = new Set([...NATURES, ...ALARM_CLASSES, 'default'])

/** What a schema cannot say. */
export function faultsOf({ sheets }: SopDraft): readonly string[] {
  const kinds = sheets.map(sheet => sheet.kind)
  return [
    ...(kinds.includes('default') ? [] : ['there is no sheet for every other kind (default)']),
    ...(kinds.includes('duress') ? [] : ['there is no sheet for duress, where no other one may be used']),
    ...kinds.filter(kind => !KINDS.has(kind)).map(kind => `${kind} is no nature and no alarm class`),
    ...kinds.filter((kind, n) => kinds.indexOf(kind) < n).map(kind => `${kind} stands twice`),
    ...sheets.flatMap(({ kind, steps }) => {
      const ids = steps.map(step => step.id)
      return ids.filter((id, n) => ids.indexOf(id) < n).map(id => `${kind}: the step ${id} stands twice`)
    })
  ]
}
