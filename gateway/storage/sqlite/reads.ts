/** The reads of the embedded store on an open database; every answer is plain data ready to cross a thread. */
import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database, Statement } from 'better-sqlite3'
import type { Disposition } from '../../core/incident.ts'
import type { AuditEntry, CredentialRow, Store, StoredFeed } from '../../core/store.ts'

type Awaited1<K extends keyof Store> = Store[K] extends (...args: never[]) => Promise<infer R> ? R : never
type Args<K extends keyof Store> = Store[K] extends (...args: infer A) => unknown ? A : never

/** The read half of `Store`, synchronous. */
export type Reads = {
  readonly [K in
    | 'unhandled'
    | 'openIncidents'
    | 'incident'
    | 'recentIncidents'
    | 'historyOf'
    | 'incidentOfEvidence'
    | 'recordingIncidents'
    | 'openIncidentOf'
    | 'openAlarms'
    | 'alarm'
    | 'timeline'
    | 'lastNumber'
    | 'feedSince'
    | 'feedBounds'
    | 'remembered'
    | 'documents'
    | 'commandResult'
    | 'users'
    | 'sessions'
    | 'credential'
    | 'auditTail']: (...args: Args<K>) => Awaited1<K>
}

interface BodyRow {
  readonly body: string
}

const parse = <T>(row: unknown): T => JSON.parse((row as BodyRow).body) as T
const parseMaybe = <T>(row: unknown): T | undefined => (row ? parse<T>(row) : undefined)

/** Rows in one answer, so that years cannot be asked for. */
const MAX_ROWS = 5_000
/** Resolved incidents that are kept at hand until they are closed. */
const MAX_RESOLVED = 1_000

/** A row of the feed; `line`: the line of a story that it names. */
interface StoredFeedRow extends Omit<StoredFeed, 'body'>, BodyRow {
  readonly incidentId: string | null
  readonly line: string | null
}

/**
 * With what the rows name. An incident comes once, at its first row and as it is now: the record is whole, so the rows of its later changes
 * have nothing more to say, and are lines of a story without any.
 */
function whole(rows: readonly StoredFeedRow[], incidentOf: (id: string) => unknown): readonly StoredFeed[] {
  const told = new Set<string>()
  const bodyOf = ({ body, incidentId, line }: StoredFeedRow): object => {
    if (incidentId === null) return JSON.parse(body) as object
    if (line !== null) return { type: 'timeline', entries: [JSON.parse(line)] }
    if (told.has(incidentId)) return { type: 'timeline', entries: [] }
    told.add(incidentId)
    return { type: 'incident', incident: parse(incidentOf(incidentId)) }
  }
  return rows.map(row => ({ seq: row.seq, prev: row.prev, scope: row.scope, atMs: row.atMs, body: bodyOf(row) }))
}

export function createReads(db: Database): Reads {
  const prepared = new Map<string, Statement>()
  const statement = (text: string): Statement => {
    const made = prepared.get(text) ?? db.prepare(text)
    prepared.set(text, made)
    return made
  }
  const all = (text: string, ...args: unknown[]): unknown[] => statement(text).all(...args)
  const get = (text: string, ...args: unknown[]): unknown => statement(text).get(...args)
  return {
    unhandled: () =>
      all('SELECT seq, body FROM signals WHERE handled = 0 ORDER BY seq').map(row => ({
        seq: (row as { seq: number }).seq,
        signal: parse(row)
      })),
    openIncidents: () =>
      // What is open is never left out; of what was resolved the newest, oldest first.
      all(
        `SELECT body FROM (
           SELECT body, opened_ms FROM incidents WHERE open = 1 UNION ALL
           SELECT * FROM (SELECT body, opened_ms FROM incidents WHERE state = 'resolved' ORDER BY opened_ms DESC LIMIT ?)
         ) ORDER BY opened_ms`,
        MAX_RESOLVED
      ).map(row => parse(row)),
    incident: incidentId => parseMaybe(get('SELECT body FROM incidents WHERE id = ?', incidentId)),
    incidentOfEvidence: evidenceId =>
      parseMaybe(
        get('SELECT i.body FROM incidents i JOIN evidence e ON e.incident_id = i.id WHERE e.id = ?', evidenceId)
      ),
    recordingIncidents: () =>
      all(
        `SELECT body FROM incidents WHERE open = 0
         AND id IN (SELECT incident_id FROM evidence WHERE state = 'recording') ORDER BY opened_ms LIMIT ?`,
        MAX_ROWS
      ).map(row => parse(row)),
    recentIncidents: ({ limit, beforeMs }) =>
      all(
        'SELECT body FROM incidents WHERE opened_ms < ? ORDER BY opened_ms DESC LIMIT ?',
        beforeMs ?? Number.MAX_SAFE_INTEGER,
        Math.min(limit, 500)
      ).map(row => parse(row)),
    historyOf: ({ subjectId, besides, fromMs, toMs, limit }) =>
      all(
        `SELECT opened_ms AS openedAtMs, disposition FROM subject_history
         WHERE subject_id = ? AND opened_ms >= ? AND opened_ms < ? AND incident_id <> ? AND lane = 'alarm' AND merged = 0
         ORDER BY opened_ms DESC LIMIT ?`,
        ...[subjectId, fromMs, toMs, besides, Math.min(limit, 500)]
      ).map(row => {
        const { openedAtMs, disposition } = row as { openedAtMs: number; disposition: Disposition | null }
        return { openedAtMs, ...(disposition === null ? {} : { disposition }) }
      }),
    openIncidentOf: (subject, lane) =>
      parseMaybe(get('SELECT body FROM incidents WHERE subject_id = ? AND open = 1 AND lane = ?', subject, lane)),
    openAlarms: () => all('SELECT body FROM alarms WHERE open = 1').map(row => parse(row)),
    alarm: ({ sourceId, alarmClass, zone }) =>
      parseMaybe(
        get(
          'SELECT body FROM alarms WHERE source_id = ? AND alarm_class = ? AND zone = ? AND open = 1',
          sourceId,
          alarmClass,
          zone
        )
      ),
    timeline: incidentId =>
      all('SELECT body FROM timeline WHERE incident_id = ? ORDER BY idx', incidentId).map(row => parse(row)),
    lastNumber: (day, sinceMs) =>
      Number(
        (
          get(
            'SELECT max(CAST(substr(number, 6) AS INTEGER)) AS n FROM incidents WHERE number LIKE ? AND opened_ms >= ?',
            `${day}-%`,
            sinceMs
          ) as { n: number | null }
        ).n ?? 0
      ),
    feedSince: (scope, seq, limit) =>
      whole(
        all(
          `SELECT f.seq, f.prev, f.scope, f.at_ms AS atMs, f.body, f.incident_id AS incidentId, t.body AS line FROM feed f
           LEFT JOIN timeline t ON t.incident_id = f.incident_id AND t.idx = f.line
           WHERE f.scope = ? AND f.seq > ? ORDER BY f.seq LIMIT ?`,
          scope,
          seq,
          limit
        ) as StoredFeedRow[],
        incidentId => get('SELECT body FROM incidents WHERE id = ?', incidentId)
      ),
    feedBounds: scope => {
      const last = (get('SELECT last FROM scopes WHERE scope = ?', scope) as { last: number } | undefined)?.last ?? 0
      const oldest = get('SELECT prev FROM feed WHERE scope = ? ORDER BY seq LIMIT 1', scope) as
        | { prev: number }
        | undefined
      return { last, oldest: oldest?.prev ?? last }
    },
    remembered: () => all('SELECT key, value FROM memory') as { key: string; value: string }[],
    documents: ({ kind, fromKey, toKey, limit }) =>
      all(
        'SELECT key, body FROM documents WHERE kind = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?',
        kind,
        fromKey ?? '',
        toKey ?? '\u{10ffff}',
        Math.min(limit ?? MAX_ROWS, MAX_ROWS)
      ).map(row => ({ key: (row as { key: string }).key, body: parse<object>(row) })),
    commandResult: (client, seq) =>
      (get('SELECT result FROM commands WHERE client = ? AND seq = ?', client, seq) as { result: string } | undefined)
        ?.result,
    users: () => all('SELECT body FROM users').map(row => parse(row)),
    sessions: nowMs => all('SELECT body FROM sessions WHERE expires_ms > ?', nowMs).map(row => parse(row)),
    credential: (adapter, key) =>
      get('SELECT adapter, key, username, password FROM credentials WHERE adapter = ? AND key = ?', adapter, key) as
        | CredentialRow
        | undefined,
    auditTail: limit =>
      all('SELECT seq, hash, body FROM audit ORDER BY seq DESC LIMIT ?', Math.min(limit, MAX_ROWS)).map(row => {
        const { seq, hash } = row as { seq: number; hash: string }
        return { ...parse<AuditEntry>(row), seq, hash }
      })
  }
}

/** Bytes that a process without privileges may still write on the file system of the database. */
export function freeBytesOf(db: Database): number {
  const stat = statfsSync(dirname(db.name))
  return stat.bavail * stat.bsize
}
