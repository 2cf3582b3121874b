/** What all recorders of one worker share. */
import type { Clock, Log } from '../../core/ports.ts'
import type { RecordedSegment } from '../../core/recording.ts'
import type { RecordingFiles } from './files.ts'

export interface RecordSettings {
  readonly dir: string
  /** A segment ends at the first keyframe after this. */
  readonly segmentMs: number
  /** What a killed process loses at most, less one frame. */
  readonly fragmentMs: number
  /** What a power cut loses at most. */
  readonly syncMs: number
}

export interface RecordTools {
  readonly settings: RecordSettings
  readonly files: RecordingFiles
  readonly clock: Clock
  readonly log: Log
  report(segment: RecordedSegment): void
  /** A segment that the disk refused to finish: to be repaired when it takes writes again. */
  unfinished(segment: RecordedSegment): void
}
