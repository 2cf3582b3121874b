/** Recordings that no row names although newer ones have rows: of before a clock was set back, or of a rebuild that was cut off. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { CameraId } from '../../core/brand.ts'
import type { StrayRecordings } from '../../core/recording.ts'

const DAY_MS = 86_400_000
/** One call looks at no more: the thread has other work. */
const MAX_DAYS = 20
const MAX_FOUND = 500

interface StreamRow {
  readonly id: number
  readonly cameraId: CameraId
  readonly stream: 'main' | 'sub'
  readonly folder: string
}

export function createStrays(db: Database, dir: string) {
  const streams = db.prepare('SELECT id, camera_id AS cameraId, stream, folder FROM streams WHERE id >= ? ORDER BY id')
  const newest = db.prepare('SELECT max(start_ms) AS ms FROM segments WHERE stream_id = ?')
  const named = db.prepare(
    `SELECT start_ms AS ms FROM segments WHERE stream_id = @id AND start_ms >= @fromMs AND start_ms < @toMs
     UNION ALL SELECT start_ms FROM garbage WHERE stream_id = @id AND start_ms >= @fromMs AND start_ms < @toMs`
  )
  /** Of one day: what the recorder is writing now is newer than every row, and no stray. */
  const straysOf = ({ id, folder }: StreamRow, day: string, beforeMs: number): number[] => {
    const fromMs = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8)))
    const rows = named.all({ id, fromMs, toMs: fromMs + DAY_MS }) as { ms: number }[]
    const known = new Set(rows.map(({ ms }) => ms))
    const onDisk = new Set(
      names(join(dir, folder, day)).map(file => Number(/^(\d{10,15})\.(?:mp4|idx)$/.exec(file)?.[1]))
    )
    return [...onDisk].filter(ms => ms < beforeMs && !known.has(ms)).sort((a, b) => a - b)
  }
  return (after = '0 '): { found: StrayRecordings[]; next?: string } => {
    const [fromId = '0', afterDay = ''] = after.split(' ')
    const found: StrayRecordings[] = []
    let [looked, files] = [0, 0]
    for (const row of streams.all(Number(fromId)) as StreamRow[]) {
      const beforeMs = (newest.get(row.id) as { ms: number | null }).ms ?? 0
      const days = names(join(dir, row.folder)).filter(name => /^\d{8}$/.test(name))
      for (const day of days.sort()) {
        if (row.id === Number(fromId) && day <= afterDay) continue
        const startsMs = straysOf(row, day, beforeMs)
        if (startsMs.length > 0) found.push({ cameraId: row.cameraId, stream: row.stream, startsMs })
        looked += 1
        files += startsMs.length
        if (looked >= MAX_DAYS || files >= MAX_FOUND) return { found, next: `${row.id} ${day}` }
      }
    }
    return { found }
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
