/** The catalogue's tables, and how the file is opened. A file of its own, so that recordings never keep the alarm journal waiting. */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite, { type Database } from 'better-sqlite3'

const VIDEO_DATABASE = 'video.sqlite'

/** A thousand cameras over 30 days are 43 million segments: rows are small, and sums are kept instead of counted. */
const TABLES = `
  CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    camera_id TEXT NOT NULL,
    stream TEXT NOT NULL CHECK (stream IN ('main', 'sub')),
    folder TEXT NOT NULL,
    bytes INTEGER NOT NULL DEFAULT 0,
    segments INTEGER NOT NULL DEFAULT 0,
    UNIQUE (camera_id, stream)
  ) STRICT;
  CREATE TABLE segments (
    stream_id INTEGER NOT NULL REFERENCES streams (id),
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('continuous', 'schedule', 'event')),
    near_alarm INTEGER NOT NULL CHECK (near_alarm IN (0, 1)),
    PRIMARY KEY (stream_id, start_ms)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX segments_age ON segments (near_alarm, start_ms);
  CREATE TABLE garbage (
    stream_id INTEGER NOT NULL REFERENCES streams (id),
    start_ms INTEGER NOT NULL,
    PRIMARY KEY (stream_id, start_ms)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE holds (
    id TEXT PRIMARY KEY,
    camera_id TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    incident_id TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX holds_camera ON holds (camera_id, from_ms);
  CREATE TABLE marks (
    camera_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('alarm', 'motion', 'input')),
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    incident_id TEXT NOT NULL,
    label TEXT,
    PRIMARY KEY (camera_id, at_ms, kind, incident_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX marks_age ON marks (at_ms);
`
const VERSION = 1

/** Put aside when the next one breaks: a disk that breaks files again and again must not fill itself with them. */
const KEPT_BROKEN = 1

/** `broken`: the file itself is; `failing`: the disk refused, and opening it again tells more; undefined: the catalogue is as it was. */
export function harmOf(error: unknown): 'broken' | 'failing' | undefined {
  const code = String((error as { code?: unknown } | undefined)?.code ?? '')
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return 'broken'
  return code.startsWith('SQLITE_IOERR') ? 'failing' : undefined
}

/** A broken file makes way for a new one; it is kept for who wants to look at it. */
export function putAside(dir: string): void {
  const earlier = readdirSync(dir).filter(name => name.startsWith(`${VIDEO_DATABASE}.broken-`))
  for (const name of earlier.sort().slice(0, -KEPT_BROKEN)) rmSync(join(dir, name), { force: true })
  const file = join(dir, VIDEO_DATABASE)
  renameSync(file, `${file}.broken-${Date.now()}`)
  for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
}

/**
 * WAL with synchronous FULL: a row that was answered survives a power cut. A file that is broken is put aside, and the catalogue built
 * again from the recordings themselves: it must never keep the gateway from starting.
 */
export function openVideoDatabase(dir: string): Database {
  try {
    return openFile(dir)
  } catch (error) {
    if (harmOf(error) !== 'broken') throw error
    putAside(dir)
    return openFile(dir)
  }
}

function openFile(dir: string): Database {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const file = join(dir, VIDEO_DATABASE)
  const fresh = !existsSync(file)
  const db = new BetterSqlite(file, { timeout: 5_000 })
  if (fresh) chmodSync(file, 0o600)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma('journal_size_limit = 16777216')
  if (db.pragma('user_version', { simple: true }) === 0) {
    db.transaction(() => {
      db.exec(TABLES)
      db.pragma(`user_version = ${VERSION}`)
    })()
  }
  return db
}

/** Read-only, for `verify`; undefined where nothing was ever recorded. */
export function readVideoDatabase(dir: string): Database | undefined {
  const file = join(dir, VIDEO_DATABASE)
  return existsSync(file) ? new BetterSqlite(file, { readonly: true, fileMustExist: true }) : undefined
}
