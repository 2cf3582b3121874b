/**
 * The storage thread: takes whatever requests have piled up, writes them in one transaction, syncs once, answers all.
 * Idle it commits at once; under load the fsync before makes the next group.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { Database } from 'better-sqlite3'
import type { Remember } from '../../core/ports.ts'
import type { Signal } from '../../core/signal.ts'
import type { AuditEntry, CredentialRow, GatheredReports, SessionRow, UserRow } from '../../core/store.ts'
import type { PackedChange, Reply, Request, ThreadData } from './messages.ts'
import { WRITE_NAMES } from './messages.ts'
import { openDatabase } from './open.ts'
import { createReads, freeBytesOf } from './reads.ts'
import { ConflictError, createWrites } from './writes.ts'

/** A group is bounded, to the end of the message that reaches this, so that one transaction never holds the thread for long. */
const MAX_GROUP = 2_000

/** Old rows go in slices, so that an alarm never waits for a whole day's feed. */
const PRUNE_ROWS = 500

type Handler = (...args: readonly never[]) => unknown

function handlers(db: Database): Readonly<Record<string, Handler>> {
  const writes = createWrites(db)
  const reads = createReads(db)
  return {
    ...(reads as unknown as Record<string, Handler>),
    append: (signal: Signal, remember?: Remember) => writes.append(signal, remember),
    gather: (reports: GatheredReports) => writes.gather(reports),
    commit: (change: PackedChange) => writes.commit(change),
    saveUser: (user: UserRow, audit: AuditEntry) => {
      db.prepare(
        'INSERT INTO users (id, login, body) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET login = excluded.login, body = excluded.body'
      ).run(user.id, user.login, JSON.stringify(user))
      writes.audit(audit)
    },
    saveSession: (session: SessionRow, audit: AuditEntry) => {
      db.prepare('INSERT OR REPLACE INTO sessions (token_hash, expires_ms, body) VALUES (?, ?, ?)').run(
        session.tokenHash,
        session.expiresAtMs,
        JSON.stringify(session)
      )
      writes.audit(audit)
    },
    deleteSession: (tokenHash: string, audit: AuditEntry) => {
      db.prepare('DELETE FROM sessions WHERE token_hash = ?').run(tokenHash)
      writes.audit(audit)
    },
    saveCredential: (row: CredentialRow, audit: AuditEntry) => {
      writes.credential(row)
      writes.audit(audit)
    },
    prune: (nowMs: number, feedKeptMs: number): boolean => {
      const { changes } = db
        .prepare('DELETE FROM feed WHERE seq IN (SELECT seq FROM feed WHERE at_ms < ? ORDER BY at_ms, seq LIMIT ?)')
        .run(nowMs - feedKeptMs, PRUNE_ROWS)
      if (changes === PRUNE_ROWS) return true
      db.prepare('DELETE FROM sessions WHERE expires_ms < ?').run(nowMs)
      return false
    },
    probe: () => ({ freeBytes: freeBytesOf(db) })
  }
}

type Control = ReturnType<typeof control>

/** Prepared once: as text they were a third of this thread's time under load. */
function control(db: Database) {
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    savepoint: db.prepare('SAVEPOINT step'),
    release: db.prepare('RELEASE step'),
    rollbackTo: db.prepare('ROLLBACK TO step')
  }
}

/** Runs one request inside its own savepoint: its failure undoes it alone. Throws when the whole transaction is gone. */
function runInSavepoint(db: Database, sql: Control, handler: Handler, request: Request): Reply {
  sql.savepoint.run()
  try {
    const value = handler(...(request.args as never[]))
    sql.release.run()
    return { id: request.id, ok: true, value }
  } catch (error) {
    if (!db.inTransaction) throw error
    sql.rollbackTo.run()
    sql.release.run()
    if (error instanceof ConflictError)
      return { id: request.id, ok: true, value: { ok: false, conflict: error.conflict } }
    return failure(request.id, error)
  }
}

function failure(id: number, error: unknown): Reply {
  return {
    id,
    ok: false,
    code: (error as { code?: string }).code ?? 'BUG',
    message: error instanceof Error ? error.message : String(error)
  }
}

/** One transaction for the group. When the commit itself fails nothing of it is stored, and every answer says so. */
function writeGroup(
  db: Database,
  sql: Control,
  table: Readonly<Record<string, Handler>>,
  group: readonly Request[]
): Reply[] {
  try {
    sql.begin.run()
    const replies = group.map(request => runInSavepoint(db, sql, table[request.name] as Handler, request))
    sql.commit.run()
    return replies
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK')
    return group.map(request => failure(request.id, error))
  }
}

function serve(port: MessagePort, db: Database): void {
  const table = handlers(db)
  const sql = control(db)
  port.on('message', (first: readonly Request[]) => {
    const requests = [...first]
    while (requests.length < MAX_GROUP) {
      const next = receiveMessageOnPort(port) as { message: readonly Request[] } | undefined
      if (!next) break
      requests.push(...next.message)
    }
    const replies: Reply[] = []
    const writes = requests.filter(request => WRITE_NAMES.has(request.name))
    if (writes.length > 0) replies.push(...writeGroup(db, sql, table, writes))
    for (const request of requests) {
      if (WRITE_NAMES.has(request.name)) continue
      if (request.name === 'close') {
        db.close()
        port.postMessage([...replies, { id: request.id, ok: true, value: undefined } satisfies Reply])
        port.close()
        return
      }
      try {
        replies.push({
          id: request.id,
          ok: true,
          value: (table[request.name] as Handler)(...(request.args as never[]))
        })
      } catch (error) {
        replies.push(failure(request.id, error))
      }
    }
    port.postMessage(replies)
  })
}

if (parentPort) {
  const data = workerData as ThreadData
  serve(parentPort, openDatabase(data.dir, { maxPages: data.maxPages }))
  parentPort.postMessage('ready')
}
