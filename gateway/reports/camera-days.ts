/** What cameras were like over the days of a report, added up from their pages in the store, each written once a minute. */
import type { Database } from 'better-sqlite3'

/** Some 5 s of reading; of more the last days that fit are taken, and it is said from which day on. */
const MAX_PAGES = 1_500_000

export interface CameraSpan {
  readonly fromDay: string
  readonly toDay: string
  /** Every day of the span, ascending. */
  readonly days: readonly string[]
}

export interface CameraSums {
  /** Later than asked for where the pages before it would have been too many. */
  readonly fromDay: string
  readonly cameras: readonly (readonly [cameraId: string, liveS: number, downS: number, plannedS: number])[]
}

/** Keys are `2026-11-28/camera`: `0` follows the stroke. */
const past = (day: string): string => `${day}0`

export function readCameraDays(db: Database, { days, fromDay, toDay }: CameraSpan, mostPages = MAX_PAGES): CameraSums {
  const count = db.prepare(`SELECT count(*) FROM documents WHERE kind = 'camera.day' AND key >= ? AND key < ?`).pluck()
  let from = fromDay
  for (let pages = 0, at = days.length - 1; at >= 0; at -= 1) {
    const day = days[at] ?? fromDay
    pages += count.get(day, past(day)) as number
    if (pages > mostPages) break
    from = day
  }
  const rows = db
    .prepare(
      `SELECT substr(key, 12) AS camera, sum(body ->> 'liveS') AS live, sum(body ->> 'plannedS') AS planned,
         sum((SELECT total(value) FROM json_each(body, '$.downS'))) AS down
       FROM documents WHERE kind = 'camera.day' AND key >= ? AND key < ? GROUP BY camera`
    )
    .all(from, past(toDay)) as readonly Readonly<Record<'live' | 'planned' | 'down', number> & { camera: string }>[]
  return { fromDay: from, cameras: rows.map(({ camera, live, down, planned }) => [camera, live, down, planned]) }
}
