/** The facts of incidents by the time they were opened, read from the store; what has not changed since is not read twice. */
import type { Database } from 'better-sqlite3'
import type { Incident } from '../core/incident.ts'
import { type Fact, factOf } from './facts.ts'

/** About 200 MB; a report that would need more is refused. */
const MAX_FACTS = 400_000

interface Kept {
  readonly version: number
  readonly fact: Fact
}

export interface FactBook {
  /** Opened from `fromMs` until before `endMs`, oldest first. Throws RangeError when there are too many. */
  facts(fromMs: number, endMs: number): readonly Fact[]
}

/** `db` is read by nobody else. */
export function createFactBook(db: Database): FactBook {
  const kept = new Map<number, Kept>()
  // Version and row number stand before the body: a row's long text is read only when it has changed.
  const listed = db.prepare(
    'SELECT rowid AS row, version FROM incidents WHERE opened_ms >= ? AND opened_ms < ? ORDER BY opened_ms LIMIT ?'
  )
  const body = db.prepare(
    `SELECT body, (SELECT source_id FROM alarms WHERE incident_id = incidents.id ORDER BY rowid LIMIT 1) AS source
     FROM incidents WHERE rowid = ?`
  )
  const read = (row: number, version: number): Fact => {
    const found = body.get(row) as { readonly body: string; readonly source: string | null }
    const fact = factOf(JSON.parse(found.body) as Incident, found.source ?? '')
    kept.set(row, { version, fact })
    return fact
  }
  return {
    facts(fromMs, endMs) {
      const rows = listed.all(fromMs, endMs, MAX_FACTS + 1) as { readonly row: number; readonly version: number }[]
      if (rows.length > MAX_FACTS) throw new RangeError('too many incidents for one report')
      if (kept.size + rows.length > 2 * MAX_FACTS) kept.clear()
      return rows.map(({ row, version }) => {
        const known = kept.get(row)
        return known?.version === version ? known.fact : read(row, version)
      })
    }
  }
}
