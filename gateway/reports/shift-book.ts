/** What a shift's log is made of, read from the store: incidents opened in it or carried into it, acceptances, log-ins, hand-overs. */
import type { Database } from 'better-sqlite3'
import type { Incident, TimelineEntry } from '../core/incident.ts'
import type { ShiftHandOver } from '../core/shift.ts'
import { SHIFT_MAX_LINES } from '../core/shift-log.ts'
import { type AuditRow, createAuditBook } from './audit-book.ts'

/** A session lasts no longer, as a rule: who logged in before that and never out is not taken for present. */
const SESSION_MS = 14 * 3_600_000
/** Incidents that stayed open longer before they were resolved in this shift are found while they are open only. */
const CARRIED_MS = 7 * 86_400_000
const MAX_ENTRIES = 20_000

export interface ShiftFacts {
  readonly incidents: readonly Incident[]
  /** More were there. */
  readonly leftOff: number
  /** Lines by which somebody took an incident on. */
  readonly acceptances: readonly TimelineEntry[]
  /** `login` and `logout`, from before the shift on. */
  readonly sessions: readonly AuditRow[]
  readonly handOvers: readonly ShiftHandOver[]
}

export function readShift(db: Database, fromMs: number, toMs: number): ShiftFacts {
  const bodies = <T>(text: string, ...args: readonly unknown[]): readonly T[] =>
    db
      .prepare(text)
      .all(...args)
      .map(row => JSON.parse((row as { readonly body: string }).body) as T)
  const found = bodies<Incident>(
    `SELECT body FROM incidents WHERE (opened_ms >= ? AND opened_ms < ?) OR (open = 1 AND opened_ms < ?)
     ORDER BY opened_ms LIMIT ?`,
    ...[fromMs - CARRIED_MS, toMs, fromMs, 10 * SHIFT_MAX_LINES]
  ).filter(({ openedAtMs, resolvedAtMs = Infinity }) => openedAtMs >= fromMs || resolvedAtMs >= fromMs)
  const incidents = found.slice(-SHIFT_MAX_LINES)
  const lines = db.prepare(
    `SELECT body FROM timeline WHERE incident_id = ? AND (body LIKE '%"kind":"acknowledged"%' OR body LIKE '%"kind":"taken"%')`
  )
  const acceptances = incidents
    .flatMap(({ id }) => lines.all(id).map(row => JSON.parse((row as { readonly body: string }).body) as TimelineEntry))
    .filter(({ atMs, kind }) => atMs >= fromMs && atMs < toMs && (kind === 'acknowledged' || kind === 'taken'))
  const key = (ms: number) => String(Math.max(0, ms)).padStart(15, '0')
  return {
    ...{ incidents, acceptances, leftOff: found.length - incidents.length },
    sessions: createAuditBook(db).span(fromMs - SESSION_MS, toMs, ['login', 'logout'], MAX_ENTRIES),
    handOvers: bodies(
      `SELECT body FROM documents WHERE kind = 'shift.handOver' AND key >= ? AND key < ? ORDER BY key LIMIT 1000`,
      key(fromMs),
      key(toMs)
    )
  }
}
