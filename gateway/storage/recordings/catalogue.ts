/** The statements of the catalogue; runs on its own thread, synchronously. */
import type { Database } from 'better-sqlite3'
import type { CameraId } from '../../core/brand.ts'
import {
  JOINED_MS,
  type RecordedSegment,
  type RecordingHold,
  type RecordingMark,
  type RecordingStore,
  type RecordingUsage
} from '../../core/recording.ts'

const DAY_MS = 86_400_000
/** A segment is never longer; lets an interval be found by the start alone. */
const MAX_SEGMENT_MS = 3_600_000
const MAX_ROWS = 50_000

type Sync<F> = F extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never
/** With the folder of its stream, below that of all recordings. */
export interface FiledSegment extends RecordedSegment {
  readonly folder: string
}

export type Catalogue = {
  readonly [K in Exclude<keyof RecordingStore, 'put' | 'strays' | 'sweep' | 'close'>]: Sync<RecordingStore[K]>
} & { put(segments: readonly FiledSegment[]): void }

export function createCatalogue(db: Database): Catalogue {
  const streamId = streamIds(db)
  const sql = statements(db)
  const put = db.transaction((segments: readonly FiledSegment[]) => {
    for (const { cameraId, stream, folder, startMs, endMs, bytes, cause } of segments) {
      const id = streamId(cameraId, stream, folder)
      const [start, end] = [Math.floor(startMs), Math.ceil(endMs)]
      if (sql.isGarbage.get(id, start)) continue
      const near = sql.nearAlarm.get(cameraId, end, start) ? 1 : 0
      const before = sql.bytesOf.get(id, start) as { bytes: number } | undefined
      sql.put.run(id, start, end, bytes, cause, near)
      sql.count.run(bytes - (before?.bytes ?? 0), before ? 0 : 1, id)
    }
  })
  const mark = db.transaction((m: RecordingMark) => {
    sql.mark.run(m.cameraId, m.atMs, m.kind, Math.floor(m.fromMs), Math.ceil(m.toMs), m.incidentId ?? '', m.label)
    // Motion is everywhere: what it is near must not outlive the rest.
    if (m.kind === 'motion' && m.incidentId === undefined) return
    sql.setNear.run({ cameraId: m.cameraId, fromMs: Math.floor(m.fromMs), toMs: Math.ceil(m.toMs) })
  })
  const hold = (h: RecordingHold): void => {
    sql.hold.run(h.id, h.cameraId, Math.floor(h.fromMs), Math.ceil(h.toMs), h.reason, h.incidentId)
  }
  const setHolds = db.transaction((holds: readonly RecordingHold[]) => {
    sql.releaseAll.run()
    for (const each of holds) hold(each)
  })
  return {
    put: segments => put(segments),
    segments: (cameraId, fromMs, toMs) => joined(sql.between.iterate({ cameraId, fromMs, toMs })),
    usage: nowMs => sql.usage.all(nowMs - DAY_MS) as RecordingUsage[],
    mark: each => mark(each),
    marks: (cameraId, fromMs, toMs) => sql.marks.all(cameraId, fromMs, toMs).map(markOf),
    hold,
    setHolds: holds => setHolds(holds),
    release: id => {
      sql.release.run(id)
    },
    holds: cameraId => sql.holds.all(cameraId).map(holdOf)
  }
}

/** Seen by a camera, and no incident came of it. */
const OF_MOTION = "kind = 'motion' AND incident_id = ''"

function statements(db: Database) {
  return {
    isGarbage: db.prepare('SELECT 1 FROM garbage WHERE stream_id = ? AND start_ms = ?'),
    nearAlarm: db.prepare(
      `SELECT 1 FROM marks WHERE camera_id = ? AND from_ms < ? AND to_ms > ? AND NOT (${OF_MOTION}) LIMIT 1`
    ),
    bytesOf: db.prepare('SELECT bytes FROM segments WHERE stream_id = ? AND start_ms = ?'),
    put: db.prepare(
      `INSERT INTO segments (stream_id, start_ms, end_ms, bytes, cause, near_alarm) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET end_ms = excluded.end_ms, bytes = excluded.bytes, near_alarm = excluded.near_alarm`
    ),
    count: db.prepare('UPDATE streams SET bytes = bytes + ?, segments = segments + ? WHERE id = ?'),
    between: db.prepare(
      `SELECT t.camera_id AS cameraId, t.stream, s.start_ms AS startMs, s.end_ms AS endMs, s.bytes, s.cause
       FROM streams t JOIN segments s ON s.stream_id = t.id
       WHERE t.camera_id = @cameraId AND s.start_ms < @toMs AND s.start_ms > @fromMs - ${MAX_SEGMENT_MS} AND s.end_ms > @fromMs
       ORDER BY s.start_ms LIMIT ${MAX_ROWS}`
    ),
    usage: db.prepare(
      `SELECT t.camera_id AS cameraId, t.stream, t.bytes, t.segments,
         (SELECT min(start_ms) FROM segments WHERE stream_id = t.id) AS oldestMs,
         (SELECT max(start_ms) FROM segments WHERE stream_id = t.id) AS newestMs,
         (SELECT coalesce(sum(bytes), 0) FROM segments WHERE stream_id = t.id AND start_ms >= ?) AS dayBytes
       FROM streams t WHERE t.segments > 0`
    ),
    mark: db.prepare(
      `INSERT INTO marks (camera_id, at_ms, kind, from_ms, to_ms, incident_id, label) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET from_ms = excluded.from_ms, to_ms = excluded.to_ms, label = excluded.label`
    ),
    setNear: db.prepare(
      `UPDATE segments SET near_alarm = 1
       WHERE near_alarm = 0 AND stream_id IN (SELECT id FROM streams WHERE camera_id = @cameraId)
         AND start_ms < @toMs AND start_ms > @fromMs - ${MAX_SEGMENT_MS} AND end_ms > @fromMs`
    ),
    // A windy month must not push the alarms out of the picture.
    marks: db.prepare(
      `SELECT * FROM (SELECT * FROM marks WHERE camera_id = ? AND at_ms >= ? AND at_ms < ?
         ORDER BY (${OF_MOTION}), at_ms LIMIT 5000) ORDER BY at_ms`
    ),
    hold: db.prepare(
      `INSERT INTO holds (id, camera_id, from_ms, to_ms, reason, incident_id) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET camera_id = excluded.camera_id, from_ms = excluded.from_ms, to_ms = excluded.to_ms,
         reason = excluded.reason, incident_id = excluded.incident_id`
    ),
    release: db.prepare('DELETE FROM holds WHERE id = ?'),
    releaseAll: db.prepare('DELETE FROM holds'),
    holds: db.prepare('SELECT * FROM holds WHERE camera_id = ? ORDER BY from_ms')
  }
}

/** The small number of a stream, made when it is new. */
function streamIds(db: Database): (cameraId: CameraId, stream: string, folder: string) => number {
  const add = db.prepare('INSERT INTO streams (camera_id, stream, folder) VALUES (?, ?, ?)')
  const find = db.prepare('SELECT id FROM streams WHERE camera_id = ? AND stream = ?')
  const idOf = (cameraId: CameraId, stream: string) => (find.get(cameraId, stream) as { id: number } | undefined)?.id
  return (cameraId, stream, folder) =>
    idOf(cameraId, stream) ?? Number(add.run(cameraId, stream, folder).lastInsertRowid)
}

/** By stream: what follows the piece before of the same cause lengthens it. */
function joined(rows: Iterable<unknown>): readonly RecordedSegment[] {
  type Piece = { -readonly [K in keyof RecordedSegment]: RecordedSegment[K] }
  const pieces: Piece[] = []
  const last = new Map<string, Piece>()
  for (const row of rows) {
    const segment = row as Omit<RecordedSegment, 'open'>
    const before = last.get(segment.stream)
    if (before?.cause === segment.cause && segment.startMs - before.endMs <= JOINED_MS) {
      before.endMs = Math.max(before.endMs, segment.endMs)
      before.bytes += segment.bytes
      continue
    }
    const piece = { ...segment, open: false }
    pieces.push(piece)
    last.set(segment.stream, piece)
  }
  return pieces
}

interface MarkRow {
  readonly camera_id: string
  readonly at_ms: number
  readonly kind: RecordingMark['kind']
  readonly from_ms: number
  readonly to_ms: number
  readonly incident_id: string
  readonly label: string | null
}

function markOf(row: unknown): RecordingMark {
  const { camera_id, at_ms, kind, from_ms, to_ms, incident_id, label } = row as MarkRow
  return {
    cameraId: camera_id as CameraId,
    atMs: at_ms,
    kind,
    fromMs: from_ms,
    toMs: to_ms,
    ...(incident_id === '' ? {} : { incidentId: incident_id as RecordingMark['incidentId'] }),
    ...(label === null ? {} : { label })
  }
}

interface HoldRow {
  readonly id: string
  readonly camera_id: string
  readonly from_ms: number
  readonly to_ms: number
  readonly reason: string
  readonly incident_id: string | null
}

function holdOf(row: unknown): RecordingHold {
  const { id, camera_id, from_ms, to_ms, reason, incident_id } = row as HoldRow
  return {
    id,
    cameraId: camera_id as CameraId,
    fromMs: from_ms,
    toMs: to_ms,
    reason,
    ...(incident_id === null ? {} : { incidentId: incident_id as RecordingHold['incidentId'] })
  }
}
