/** The writes of the embedded store on an open database: journal rows and whole steps; runs on the storage thread only. */
import type { Database, Statement } from 'better-sqlite3'
import type { Remember } from '../../core/ports.ts'
import type { Accepted, Signal } from '../../core/signal.ts'
import type { AuditEntry, CommitResult, CredentialRow, GatheredAnswer, GatheredReports } from '../../core/store.ts'
import { CHAIN_START, chainHash } from '../audit-chain.ts'
import { gatheredInto } from '../gathered.ts'
import type { PackedChange, PackedIncident } from './messages.ts'

export interface Writes {
  append(signal: Signal, remember?: Remember): Accepted
  gather(reports: GatheredReports): GatheredAnswer
  commit(change: PackedChange): CommitResult
  audit(entry: AuditEntry): void
  credential(row: CredentialRow): void
}

type Conflict = Exclude<CommitResult, { ok: true }>['conflict']

/** Thrown inside a savepoint so that the whole step is undone; turned into a result outside. */
export class ConflictError extends Error {
  readonly conflict: Conflict
  constructor(conflict: Conflict) {
    super(conflict)
    this.conflict = conflict
  }
}

type Found = { readonly seq: number } | undefined

export function createWrites(db: Database): Writes {
  const sql = prepare(db)

  const audit = (body: string): void => {
    const head = sql.auditHead.get() as { hash: string } | undefined
    sql.audit.run(body, chainHash(head?.hash ?? CHAIN_START, body))
  }

  const credential = ({ adapter, key, username, password }: CredentialRow): void =>
    void sql.credential.run(adapter, key, username, password)

  const saveIncident = (incident: PackedIncident): void => {
    const { id, number, subjectId, lane, state, open, openedAtMs, version, body } = incident
    if (version === 1) {
      guarded('incidentOpen', () =>
        sql.insertIncident.run(id, number, subjectId, lane, state, open, openedAtMs, 1, body)
      )
    } else {
      const done = guarded('incidentOpen', () =>
        sql.updateIncident.run(state, open, lane, version, body, id, version - 1)
      )
      if (done.changes !== 1) throw new ConflictError('version')
    }
    sql.history.run(subjectId, openedAtMs, id, lane, incident.disposition, incident.merged)
    for (const a of incident.assignments) {
      guarded('unitBusy', () => sql.assignment.run(a.id, id, a.unitId, a.state, a.active))
    }
  }

  const feed = (rows: PackedChange['feed']): { seq: number; prev: number }[] =>
    rows.map(row => {
      const prev = (sql.scopeLast.get(row.scope) as { last: number } | undefined)?.last ?? 0
      const seq = Number(sql.feed.run(row.scope, prev, row.atMs, row.body, row.incidentId, row.line).lastInsertRowid)
      sql.scopeSet.run(row.scope, seq)
      return { seq, prev }
    })

  const append = (signal: Signal): Accepted => {
    const { sourceId, eventId, receivedTimeMs } = signal
    const row = sql.insertSignal.get(sourceId, eventId, receivedTimeMs, JSON.stringify(signal)) as Found
    if (row) return { seq: row.seq, duplicate: false }
    return { seq: (sql.findSignal.get(sourceId, eventId) as { seq: number }).seq, duplicate: true }
  }

  return {
    append(signal, remember) {
      if (remember) sql.remember.run(remember.key, remember.value)
      return append(signal)
    },
    gather({ seq, row, signals, remember }) {
      for (const entry of remember) sql.remember.run(entry.key, entry.value)
      const known = signals.map(({ sourceId, eventId }) => (sql.findSignal.get(sourceId, eventId) as Found)?.seq)
      const next = gatheredInto(
        row,
        signals.filter((_, n) => known[n] === undefined)
      )
      if (!next) return { accepted: known.map(found => ({ seq: found ?? 0, duplicate: true })) }
      // Whoever works it has been told of nothing yet: the row may still grow.
      if (seq !== undefined && sql.growSignal.run(JSON.stringify(next), seq).changes !== 1)
        throw new Error(`signal ${seq} was worked while presses were gathered into it`)
      const own = seq ?? append(next).seq
      const accepted = known.map(found => ({ seq: found ?? own, duplicate: found !== undefined }))
      return { accepted, row: { seq: own, signal: next } }
    },
    commit(change) {
      for (const command of change.commands) {
        guarded('command', () => sql.command.run(command.client, command.seq, command.result))
      }
      for (const incident of change.incidents) saveIncident(incident)
      for (const a of change.alarms) {
        guarded('alarmOpen', () =>
          sql.alarm.run(a.id, a.incidentId, a.sourceId, a.alarmClass, a.zone, a.open ? 1 : 0, a.body)
        )
      }
      for (const item of change.evidence) sql.evidence.run(item.id, item.incidentId, item.state, item.body)
      for (const entry of change.timeline)
        guarded('version', () => sql.timeline.run(entry.incidentId, entry.index, entry.body))
      for (const body of change.audit) audit(body)
      for (const seq of change.handled) sql.handled.run(seq)
      for (const entry of change.remember) sql.remember.run(entry.key, entry.value)
      for (const { kind, key, body } of change.documents) {
        if (body === undefined) sql.documentGone.run(kind, key)
        else sql.document.run(kind, key, body)
      }
      for (const row of change.credentials) credential(row)
      return { ok: true, feed: feed(change.feed) }
    },
    audit: entry => audit(JSON.stringify(entry)),
    credential
  }
}

function guarded<T>(conflict: Conflict, write: () => T): T {
  try {
    return write()
  } catch (error) {
    const code = (error as { code?: string }).code ?? ''
    if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
      throw new ConflictError(conflict)
    throw error
  }
}

function prepare(
  db: Database
): Record<
  | 'insertSignal'
  | 'findSignal'
  | 'growSignal'
  | 'handled'
  | 'insertIncident'
  | 'updateIncident'
  | 'history'
  | 'alarm'
  | 'assignment'
  | 'evidence'
  | 'timeline'
  | 'audit'
  | 'auditHead'
  | 'feed'
  | 'scopeLast'
  | 'scopeSet'
  | 'command'
  | 'remember'
  | 'document'
  | 'documentGone'
  | 'credential',
  Statement
> {
  return {
    insertSignal: db.prepare(
      'INSERT INTO signals (source_id, event_id, received_ms, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING seq'
    ),
    findSignal: db.prepare('SELECT seq FROM signals WHERE source_id = ? AND event_id = ?'),
    growSignal: db.prepare('UPDATE signals SET body = ? WHERE seq = ? AND handled = 0'),
    handled: db.prepare('UPDATE signals SET handled = 1 WHERE seq = ?'),
    insertIncident: db.prepare(
      'INSERT INTO incidents (id, number, subject_id, lane, state, open, opened_ms, version, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'
    ),
    updateIncident: db.prepare(
      'UPDATE incidents SET state = ?, open = ?, lane = ?, version = ?, body = ? WHERE id = ? AND version = ?'
    ),
    history: db.prepare(
      `INSERT INTO subject_history (subject_id, opened_ms, incident_id, lane, disposition, merged) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET lane = excluded.lane, disposition = excluded.disposition, merged = excluded.merged
       WHERE lane <> excluded.lane OR disposition IS NOT excluded.disposition OR merged <> excluded.merged`
    ),
    alarm: db.prepare(
      `INSERT INTO alarms (id, incident_id, source_id, alarm_class, zone, open, body) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET open = excluded.open, body = excluded.body`
    ),
    assignment: db.prepare(
      `INSERT INTO assignments (id, incident_id, unit_id, state, active) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, active = excluded.active WHERE state <> excluded.state`
    ),
    evidence: db.prepare(
      `INSERT INTO evidence (id, incident_id, state, body) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body WHERE evidence.state = 'recording'`
    ),
    timeline: db.prepare('INSERT INTO timeline (incident_id, idx, body) VALUES (?, ?, ?)'),
    audit: db.prepare('INSERT INTO audit (body, hash) VALUES (?, ?)'),
    auditHead: db.prepare('SELECT hash FROM audit ORDER BY seq DESC LIMIT 1'),
    feed: db.prepare('INSERT INTO feed (scope, prev, at_ms, body, incident_id, line) VALUES (?, ?, ?, ?, ?, ?)'),
    scopeLast: db.prepare('SELECT last FROM scopes WHERE scope = ?'),
    scopeSet: db.prepare(
      'INSERT INTO scopes (scope, last) VALUES (?, ?) ON CONFLICT (scope) DO UPDATE SET last = excluded.last'
    ),
    command: db.prepare('INSERT INTO commands (client, seq, result) VALUES (?, ?, ?)'),
    remember: db.prepare(
      'INSERT INTO memory (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'
    ),
    document: db.prepare(
      'INSERT INTO documents (kind, key, body) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body'
    ),
    documentGone: db.prepare('DELETE FROM documents WHERE kind = ? AND key = ?'),
    credential: db.prepare(
      `INSERT INTO credentials (adapter, key, username, password) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET username = excluded.username, password = excluded.password`
    )
  }
}
