/** The audit log as it lies in the store: read by time and by words. */
import type { Database } from 'better-sqlite3'
import type { AuditEntry } from '../core/store.ts'

export interface AuditRow extends AuditEntry {
  readonly seq: number
}

/** Entries carry the time at which they were made, which may lie a little before the one ahead of them. */
const SLACK_MS = 600_000

export interface AuditBook {
  /** Oldest first; those of `actions` only, within the times. Throws RangeError beyond `most`. */
  span(fromMs: number, toMs: number, actions: readonly string[], most: number): readonly AuditRow[]
}

interface Row {
  readonly seq: number
  readonly body: string
}

const rowOf = ({ seq, body }: Row): AuditRow => ({ ...(JSON.parse(body) as AuditEntry), seq })
/** The first number whose entry was made at this time or later; the chain's order is that of time. */
export function seqAt(db: Database, ms: number): number {
  const at = db.prepare('SELECT seq, body FROM audit WHERE seq >= ? ORDER BY seq LIMIT 1')
  const { low: first, high: last } = db
    .prepare('SELECT coalesce(min(seq), 1) AS low, coalesce(max(seq), 0) AS high FROM audit')
    .get() as { readonly low: number; readonly high: number }
  let [low, high] = [first, last + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const row = at.get(middle) as Row | undefined
    if (!row || rowOf(row).atMs >= ms) high = middle
    else low = middle + 1
  }
  return low
}

export function createAuditBook(db: Database): AuditBook {
  return {
    span(fromMs, toMs, actions, most) {
      const marks = actions.map(() => 'body LIKE ?').join(' OR ')
      const rows = db
        .prepare(`SELECT seq, body FROM audit WHERE seq >= ? AND seq < ? AND (${marks}) ORDER BY seq LIMIT ?`)
        .all(
          seqAt(db, fromMs - SLACK_MS),
          seqAt(db, toMs + SLACK_MS),
          ...actions.map(action => `%"action":${JSON.stringify(action)}%`),
          most + 1
        ) as readonly Row[]
      if (rows.length > most) throw new RangeError('too many entries of the audit log')
      const wanted = new Set(actions)
      return rows.map(rowOf).filter(({ atMs, action }) => atMs >= fromMs && atMs < toMs && wanted.has(action))
    }
  }
}
