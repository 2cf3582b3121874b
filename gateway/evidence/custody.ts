/** The custody log 流转记录: who did what with an item, when and why; append-only and hash-chained per item, each line also in the audit log. */
import type { EvidenceId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { CustodyEntry, CustodyStep } from '../core/exporting.ts'
import type { Clock } from '../core/ports.ts'
import type { AuditEntry, Change, Commit, DocumentRow, Store } from '../core/store.ts'
import { canonicalJson, sha256Hex } from './canonical.ts'

/** The store refuses to change or delete rows of this kind. */
export const CUSTODY = 'evidence.custody'
/** What stands before an item's first line. */
export const CUSTODY_START = '0'.repeat(64)
const SEQ_DIGITS = 6
/** Items whose newest line is kept at hand. */
const MAX_HEADS = 10_000

export interface CustodyLine {
  readonly item: EvidenceId
  readonly who: string
  readonly step: CustodyStep
  readonly reason?: string
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}

type More = Pick<Change, 'documents' | 'audit' | 'unhurried'>

export interface Custody {
  /** Writes the lines, their audit entries and `more` in one commit. Rejects with STORE_FAILED; then nothing was written. */
  append(lines: readonly CustodyLine[], more?: More): Promise<void>
  /** Oldest first. */
  of(item: EvidenceId): Promise<readonly CustodyEntry[]>
}

export interface CustodyDeps {
  readonly clock: Clock
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
}

type Head = Pick<CustodyEntry, 'seq' | 'hash'>

const START: Head = { seq: 0, hash: CUSTODY_START }

export function createCustody(deps: CustodyDeps): Custody {
  const heads = new Map<EvidenceId, Head>()
  /** One writer per item at a time: a line names the one before it. */
  const tails = new Map<EvidenceId, Promise<unknown>>()

  const of = async (item: EvidenceId): Promise<readonly CustodyEntry[]> => {
    const rows = await deps.store.documents({ kind: CUSTODY, fromKey: `${item}/`, toKey: `${item}0` })
    return rows.map(row => row.body as CustodyEntry)
  }
  const headOf = async (item: EvidenceId): Promise<Head> => {
    const known = heads.get(item)
    if (known) return known
    const last = (await of(item)).at(-1)
    return last ?? START
  }
  const write = async (lines: readonly CustodyLine[], more: More): Promise<void> => {
    const atMs = deps.clock.now()
    const items = [...new Set(lines.map(line => line.item))]
    const known = await Promise.all(items.map(headOf))
    const fresh = new Map<EvidenceId, Head>(items.map((item, n) => [item, known[n] ?? START]))
    const entries: CustodyEntry[] = []
    for (const line of lines) {
      const head = fresh.get(line.item) ?? START
      const entry = chained({ ...line, seq: head.seq + 1, atMs, prev: head.hash })
      fresh.set(line.item, entry)
      entries.push(entry)
    }
    const result = await deps.commit({
      documents: [...entries.map(rowOf), ...(more.documents ?? [])],
      audit: [...entries.map(auditOf), ...(more.audit ?? [])],
      ...(more.unhurried ? { unhurried: true } : {})
    })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    if (heads.size > MAX_HEADS) heads.clear()
    for (const [item, { seq, hash }] of fresh) heads.set(item, { seq, hash })
  }

  return {
    of,
    append(lines, more = {}) {
      const items = [...new Set(lines.map(line => line.item))]
      const before = Promise.allSettled(items.map(item => tails.get(item)))
      const done = before.then(() => write(lines, more))
      const settled = done.catch(() => {
        // What really was stored is read again.
        for (const item of items) heads.delete(item)
      })
      for (const item of items) tails.set(item, settled)
      void settled.then(() => {
        for (const item of items) if (tails.get(item) === settled) tails.delete(item)
      })
      return done
    }
  }
}

/** See CustodyEntry. */
export function custodyHash({ prev, ...body }: Omit<CustodyEntry, 'hash'>): string {
  return sha256Hex(`${prev}\n${canonicalJson(body)}`)
}

function chained(entry: Omit<CustodyEntry, 'hash'>): CustodyEntry {
  return { ...entry, hash: custodyHash(entry) }
}

/** One text line of a bundle's `custody.jsonl`. */
export function custodyText(entries: readonly CustodyEntry[]): string {
  return entries.map(entry => `${canonicalJson(entry)}\n`).join('')
}

function rowOf(entry: CustodyEntry): DocumentRow {
  return { kind: CUSTODY, key: `${entry.item}/${String(entry.seq).padStart(SEQ_DIGITS, '0')}`, body: entry }
}

function auditOf({ atMs, who, step, item, reason, detail, seq, hash }: CustodyEntry): AuditEntry {
  return {
    atMs,
    who,
    action: step === 'viewed' ? 'evidenceView' : `evidence.${step}`,
    object: `evidence:${item}`,
    outcome: 'done',
    ...(reason === undefined ? {} : { reason }),
    detail: { ...detail, custodySeq: seq, custodyHash: hash }
  }
}
