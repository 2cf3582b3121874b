/** Removes what may not be kept or has no room, in the order that survives a crash: row to garbage, file gone, folder synced, garbage row gone. */
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { type RetentionRule, type SweepResult, segmentFile } from '../../core/recording.ts'
import { type DiskFigures, figuresOf, Room } from './room.ts'

const DAY_MS = 86_400_000
/** A sweep takes no longer than these files do, so that questions between two sweeps are answered. */
const MAX_FILES = 200
/** Rows looked at for one sweep, those of files that are not there included. */
const MAX_LOOKED_AT = 2000
/** Garbage that is tried at once: what two sweeps may make. */
const MAX_GARBAGE = MAX_FILES * 2
const FIRST = { stream_id: -1, start_ms: 0 }

interface Row {
  readonly stream_id: number
  readonly start_ms: number
  readonly bytes: number
}

export interface Sweeper {
  sweep(rule: RetentionRule): SweepResult
  /** What a crash left between the row and the file. */
  takeOut(): void
}

/** `dir` holds the recordings. */
export function createSweeper(db: Database, dir: string, figures: DiskFigures = figuresOf(dir)): Sweeper {
  const sql = statements(db)
  const room = new Room(figures)
  const discard = db.transaction((rows: readonly Row[]) => {
    for (const { stream_id, start_ms, bytes } of rows) {
      sql.toGarbage.run(stream_id, start_ms)
      sql.drop.run(stream_id, start_ms)
      sql.count.run(bytes, stream_id)
    }
  })
  const settle = db.transaction((done: readonly GarbageRow[]) => {
    for (const { stream_id, start_ms } of done) sql.gone.run(stream_id, start_ms)
  })
  /** Tried last: files that cannot be removed must not stand before the others for ever. */
  let tried: Pick<GarbageRow, 'stream_id' | 'start_ms'> = FIRST
  const takeOut = (emptyBeforeMs = 0): void => {
    const byFolder = new Map<string, GarbageRow[]>()
    const garbage = sql.garbage.all(tried.stream_id, tried.start_ms) as GarbageRow[]
    tried = (garbage.length < MAX_GARBAGE ? undefined : garbage.at(-1)) ?? FIRST
    for (const row of garbage) {
      const path = join(dir, row.folder, segmentFile(row.start_ms))
      const rows = byFolder.get(dirname(path)) ?? []
      if (removed(path)) rows.push(row)
      byFolder.set(dirname(path), rows)
    }
    for (const [folder, rows] of byFolder) {
      const old = rows.every(row => row.start_ms < emptyBeforeMs)
      if (isSynced(folder, old)) settle(rows)
    }
  }
  return {
    takeOut,
    sweep(rule) {
      const saidBefore = figures.freeBytes()
      const old = tooOld(sql, rule)
      const oldBytes = onDisk(sql, dir, old)
      const quietMs = rule.nowMs - 2 * DAY_MS
      discard(old)
      takeOut(quietMs)
      const { used, held } = sql.sums.get() as { used: number; held: number }
      if (oldBytes > 0) room.removed(oldBytes, saidBefore, used)
      const saidNow = figures.freeBytes()
      const excess = Math.max(rule.quotaBytes > 0 ? used - rule.quotaBytes : 0, rule.minFreeBytes - room.free(used))
      const space = excess > 0 ? oldest(sql, dir, excess) : []
      discard(space)
      if (space.length > 0) takeOut(quietMs)
      const freed = space.reduce((sum, row) => sum + row.bytes, 0)
      if (freed > 0) room.removed(freed, saidNow, used - freed)
      sql.oldMarks.run(rule.nowMs - 3650 * DAY_MS)
      // Of what was recorded there is nothing left by then.
      const keptDays = Math.max(rule.otherDays, ...rule.days.map(each => each.days))
      sql.oldMotion.run(rule.nowMs - keptDays * DAY_MS)
      return {
        usedBytes: used - freed,
        heldBytes: held,
        freeBytes: figures.freeBytes(),
        removed: old.length + space.length,
        removedForSpace: space.length,
        more: old.length >= MAX_FILES || space.length >= MAX_FILES
      }
    }
  }
}

interface GarbageRow extends Pick<Row, 'stream_id' | 'start_ms'> {
  readonly folder: string
}

const NOT_HELD = `NOT EXISTS (SELECT 1 FROM holds h JOIN streams t ON t.id = s.stream_id
  WHERE h.camera_id = t.camera_id AND h.from_ms < s.end_ms AND h.to_ms > s.start_ms)`

function statements(db: Database) {
  return {
    folders: db.prepare('SELECT id, folder FROM streams'),
    streams: db.prepare('SELECT id, camera_id FROM streams WHERE segments > 0'),
    older: db.prepare(
      `SELECT stream_id, start_ms, bytes FROM segments s
       WHERE stream_id = ? AND start_ms < ? AND end_ms < ? AND ${NOT_HELD} ORDER BY start_ms LIMIT ?`
    ),
    oldest: db.prepare(
      `SELECT s.stream_id, s.start_ms, s.bytes, f.folder FROM segments s JOIN streams f ON f.id = s.stream_id
       WHERE s.near_alarm = ? AND ${NOT_HELD} ORDER BY s.start_ms LIMIT ?`
    ),
    toGarbage: db.prepare('INSERT INTO garbage (stream_id, start_ms) VALUES (?, ?)'),
    drop: db.prepare('DELETE FROM segments WHERE stream_id = ? AND start_ms = ?'),
    count: db.prepare('UPDATE streams SET bytes = bytes - ?, segments = segments - 1 WHERE id = ?'),
    garbage: db.prepare(
      `SELECT g.stream_id, g.start_ms, t.folder FROM garbage g JOIN streams t ON t.id = g.stream_id
       WHERE (g.stream_id, g.start_ms) > (?, ?) ORDER BY g.stream_id, g.start_ms LIMIT ${MAX_GARBAGE}`
    ),
    gone: db.prepare('DELETE FROM garbage WHERE stream_id = ? AND start_ms = ?'),
    // CROSS JOIN keeps the order: from the few holds to their segments, never through millions of these.
    sums: db.prepare(
      `SELECT (SELECT coalesce(sum(bytes), 0) FROM streams) AS used,
         (SELECT coalesce(sum(bytes), 0) FROM (SELECT DISTINCT s.stream_id, s.start_ms, s.bytes
          FROM holds h CROSS JOIN streams t ON t.camera_id = h.camera_id CROSS JOIN segments s ON s.stream_id = t.id
          WHERE s.start_ms < h.to_ms AND s.start_ms > h.from_ms - 3600000 AND s.end_ms > h.from_ms)) AS held`
    ),
    oldMarks: db.prepare('DELETE FROM marks WHERE at_ms < ?'),
    oldMotion: db.prepare("DELETE FROM marks WHERE at_ms < ? AND kind = 'motion' AND incident_id = ''")
  }
}

/** Past its days; a segment counts by its end. */
function tooOld(sql: ReturnType<typeof statements>, rule: RetentionRule): Row[] {
  const days = new Map<string, number>(rule.days.map(each => [each.cameraId, each.days]))
  const found: Row[] = []
  for (const { id, camera_id } of sql.streams.all() as { id: number; camera_id: string }[]) {
    const beforeMs = rule.nowMs - (days.get(camera_id) ?? rule.otherDays) * DAY_MS
    found.push(...(sql.older.all(id, beforeMs, beforeMs, MAX_FILES - found.length) as Row[]))
    if (found.length >= MAX_FILES) break
  }
  return found
}

/** Bytes of those whose files are there: only they give room. */
function onDisk(sql: ReturnType<typeof statements>, dir: string, rows: readonly Row[]): number {
  if (rows.length === 0) return 0
  const folders = new Map((sql.folders.all() as { id: number; folder: string }[]).map(each => [each.id, each.folder]))
  const there = ({ stream_id, start_ms }: Row) =>
    existsSync(join(dir, folders.get(stream_id) ?? '', segmentFile(start_ms)))
  return rows.filter(there).reduce((sum, row) => sum + row.bytes, 0)
}

/**
 * The oldest that no hold covers until there is room: ordinary ones first, then those near alarms. A file that is not there gives no room:
 * with its disk not mounted, the catalogue would be emptied for nothing and the files be nobody's afterwards.
 */
function oldest(sql: ReturnType<typeof statements>, dir: string, excessBytes: number): Row[] {
  const found: Row[] = []
  let bytes = 0
  for (const nearAlarm of [0, 1]) {
    for (const row of sql.oldest.all(nearAlarm, MAX_LOOKED_AT) as (Row & { readonly folder: string })[]) {
      if (bytes >= excessBytes || found.length >= MAX_FILES) return found
      if (!existsSync(join(dir, row.folder, segmentFile(row.start_ms)))) continue
      found.push(row)
      bytes += row.bytes
    }
  }
  return found
}

/** False: the disk fails; the row stays garbage and is tried with the next sweep. */
function removed(path: string): boolean {
  try {
    rmSync(path, { force: true })
    rmSync(path.replace(/\.mp4$/, '.idx'), { force: true })
    return true
  } catch {
    return false
  }
}

/** What was removed stays removed after a power cut; the folder of a past day goes when it is empty. */
function isSynced(folder: string, mayGo: boolean): boolean {
  try {
    const empty = mayGo && readdirSync(folder).length === 0
    if (empty) rmdirSync(folder)
    const handle = openSync(empty ? dirname(folder) : folder, 'r')
    try {
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}
