/** Opens the database file with the settings that make an answered commit survive a power cut. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite, { type Database } from 'better-sqlite3'
import { migrate } from './schema.ts'

export const DATABASE_FILE = 'gateway.db'

export interface OpenOptions {
  /** Tests only: SQLITE_FULL after this many pages of 4 KiB, as a full disk would say it. */
  readonly maxPages?: number
}

/** WAL with synchronous FULL: NORMAL loses acknowledged rows in a power cut (measured; see docs/decisions). Mode 600: it holds secrets. */
export function openDatabase(dir: string, options: OpenOptions = {}): Database {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const file = join(dir, DATABASE_FILE)
  const fresh = !existsSync(file)
  const db = new BetterSqlite(file, { timeout: 5_000 })
  if (fresh) chmodSync(file, 0o600)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma('wal_autocheckpoint = 4000')
  db.pragma('journal_size_limit = 67108864')
  migrate(db)
  if (options.maxPages) db.pragma(`max_page_count = ${options.maxPages}`)
  return db
}

/** Read-only, for `verify` on a folder that may be in use. */
export function openReadOnly(dir: string): Database {
  return new BetterSqlite(join(dir, DATABASE_FILE), { readonly: true, fileMustExist: true })
}
