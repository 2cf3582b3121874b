/** What is there of a camera between two times, out of segments, marks and holds. Pure. */
import {
  JOINED_MS,
  type RecordedSegment,
  type RecordingCause,
  type RecordingHold,
  type RecordingMark
} from '../core/recording.ts'
import type { RecordingTimeline } from '../core/wire.ts'

type Span = RecordingTimeline['spans'][number]

export interface TimelineParts {
  readonly cameraId: string
  readonly fromMs: number
  readonly toMs: number
  /** In any order; both streams. */
  readonly segments: readonly Pick<RecordedSegment, 'startMs' | 'endMs' | 'cause'>[]
  readonly marks: readonly RecordingMark[]
  readonly holds: readonly Pick<RecordingHold, 'fromMs' | 'toMs'>[]
  readonly oldestMs?: number
}

export function timelineOf({
  cameraId,
  fromMs,
  toMs,
  segments,
  marks,
  holds,
  oldestMs
}: TimelineParts): RecordingTimeline {
  const spans = joined(segments, fromMs, toMs).flatMap(span => splitByHolds(span, holds))
  return {
    cameraId,
    fromMs,
    toMs,
    spans,
    marks: marks.map(({ atMs, kind, incidentId, label }) => ({ atMs, kind, incidentId, label })),
    oldestMs
  }
}

interface Piece {
  readonly fromMs: number
  readonly toMs: number
  readonly cause: RecordingCause
}

function joined(segments: TimelineParts['segments'], fromMs: number, toMs: number): Piece[] {
  const pieces: Piece[] = []
  for (const segment of [...segments].sort((a, b) => a.startMs - b.startMs)) {
    const last = pieces.at(-1)
    const begin = Math.max(segment.startMs, fromMs, last?.toMs ?? 0)
    const end = Math.min(segment.endMs, toMs)
    if (end <= begin) continue
    const follows = last !== undefined && begin - last.toMs <= JOINED_MS
    if (follows && last.cause === segment.cause) pieces[pieces.length - 1] = { ...last, toMs: end }
    // No gap is shown where none is: the next cause begins where the last one ended.
    else pieces.push({ fromMs: follows ? last.toMs : begin, toMs: end, cause: segment.cause })
  }
  return pieces
}

function splitByHolds(piece: Piece, holds: TimelineParts['holds']): Span[] {
  const cuts = new Set([piece.fromMs, piece.toMs])
  for (const { fromMs, toMs } of holds)
    for (const at of [fromMs, toMs]) if (at > piece.fromMs && at < piece.toMs) cuts.add(at)
  const edges = [...cuts].sort((a, b) => a - b)
  const spans: Span[] = []
  for (let i = 1; i < edges.length; i++) {
    const [from = 0, to = 0] = [edges[i - 1], edges[i]]
    const held = holds.some(hold => hold.fromMs <= from && hold.toMs >= to)
    const last = spans.at(-1)
    if (last && (last.held === true) === held) spans[spans.length - 1] = { ...last, toMs: to }
    else spans.push({ fromMs: from, toMs: to, cause: piece.cause, ...(held ? { held } : {}) })
  }
  return spans
}
