/** Checks the numbered invariants of recordings (docs/invariants.md, V1 …) on a data folder, read-only. */
import { existsSync, readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { segmentFile } from '../core/recording.ts'
import { readSegment } from '../media/record/reader.ts'
import { readVideoDatabase } from '../storage/recordings/schema.ts'
import type { Violation } from '../storage/verify.ts'

const MAX_SHOWN = 20

export interface VerifyRecordingsOptions {
  readonly dir: string
  readonly recordingsDir: string
  /** False on a folder whose gateway is running or was killed: segments may be in work, removals half done. */
  readonly settled: boolean
}

interface StreamRow {
  readonly id: number
  readonly folder: string
  readonly bytes: number
  readonly segments: number
}

interface SegmentRow {
  readonly start_ms: number
  readonly end_ms: number
  readonly bytes: number
}

/** Every file's index is read, no media. */
export async function verifyRecordings(
  options: VerifyRecordingsOptions
): Promise<{ readonly violations: readonly Violation[]; readonly recordings: number }> {
  const db = readVideoDatabase(options.dir)
  if (!db) return { violations: [], recordings: 0 }
  try {
    const found: Violation[] = [...integrity(db), ...(options.settled ? garbage(db) : [])]
    let recordings = 0
    for (const stream of db.prepare('SELECT id, folder, bytes, segments FROM streams').all() as StreamRow[]) {
      const rows = db
        .prepare('SELECT start_ms, end_ms, bytes FROM segments WHERE stream_id = ? ORDER BY start_ms')
        .all(stream.id) as SegmentRow[]
      recordings += rows.length
      found.push(...sums(stream, rows))
      for (const row of rows) found.push(...(await onDisk(options.recordingsDir, stream, row)))
      if (options.settled) found.push(...strangers(options.recordingsDir, stream, rows))
    }
    const violations = [...Map.groupBy(found, each => each.invariant).values()].flatMap(each =>
      each.slice(0, MAX_SHOWN)
    )
    return { violations, recordings }
  } finally {
    db.close()
  }
}

/** V1: the catalogue's file itself is whole. */
function integrity(db: Database): Violation[] {
  const rows = db.prepare('PRAGMA quick_check').all() as { quick_check: string }[]
  return rows.filter(row => row.quick_check !== 'ok').map(row => ({ invariant: 'V1', what: row.quick_check }))
}

/** V2: what the catalogue names is there, finished, byte for byte; V3: its index leads from the first keyframe to its end without a hole. */
async function onDisk(dir: string, { folder }: StreamRow, row: SegmentRow): Promise<Violation[]> {
  const name = join(folder, segmentFile(row.start_ms))
  const path = join(dir, name)
  const size = await stat(path).then(
    ({ size: bytes }) => bytes,
    () => undefined
  )
  if (size === undefined) return [{ invariant: 'V2', what: `${name} is not there` }]
  if (size !== row.bytes)
    return [{ invariant: 'V2', what: `${name} has ${size} bytes, the catalogue says ${row.bytes}` }]
  const index = await readSegment(path).catch(() => undefined)
  if (!index?.closed) return [{ invariant: 'V3', what: `${name} has no finished index` }]
  const [first, last] = [index.fragments[0], index.fragments.at(-1)]
  if (!first?.key) return [{ invariant: 'V3', what: `${name} does not begin with a keyframe` }]
  if (last && last.offset + last.bytes !== size) return [{ invariant: 'V3', what: `${name} ends before its file` }]
  const backwards = index.fragments.some((each, i) => i > 0 && each.startMs < (index.fragments[i - 1]?.startMs ?? 0))
  return backwards ? [{ invariant: 'V3', what: `${name} goes back in time` }] : []
}

/** V4: no recording lies on disk that the catalogue does not name. */
function strangers(dir: string, { folder }: StreamRow, rows: readonly SegmentRow[]): Violation[] {
  const base = join(dir, folder)
  if (!existsSync(base)) return []
  const known = new Set(rows.map(row => segmentFile(row.start_ms)))
  return readdirSync(base, { recursive: true, encoding: 'utf8' })
    .filter(file => /\.(mp4|idx)$/.test(file) && !known.has(file.replace(/\.idx$/, '.mp4')))
    .map(file => ({ invariant: 'V4', what: `${join(folder, file)} is in no row` }))
}

/** V5: no removal is left half done. */
function garbage(db: Database): Violation[] {
  const { n } = db.prepare('SELECT count(*) AS n FROM garbage').get() as { n: number }
  return n === 0 ? [] : [{ invariant: 'V5', what: `${n} removals are half done` }]
}

/** V6: the sums that retention goes by are those of the rows. */
function sums({ folder, bytes, segments }: StreamRow, rows: readonly SegmentRow[]): Violation[] {
  const sum = rows.reduce((total, row) => total + row.bytes, 0)
  if (bytes === sum && segments === rows.length) return []
  return [
    { invariant: 'V6', what: `${folder} counts ${segments} segments, ${bytes} bytes; its rows ${rows.length}, ${sum}` }
  ]
}
