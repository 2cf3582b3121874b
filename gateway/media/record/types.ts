/** Recorded media on disk as its readers see it: playback, clips after a crash, exports. Times UTC ms of the media, not of the writing. */
import type { CameraId } from '../../core/brand.ts'

export type StreamName = 'main' | 'sub'

/** One file: an init segment, then fragments; its first sample is a keyframe. */
export interface SegmentRef {
  readonly cameraId: CameraId
  readonly stream: StreamName
  /** Absolute path of the fMP4 file. */
  readonly path: string
  readonly startMs: number
  /** End of the last whole fragment. */
  readonly endMs: number
  /** Still being written. */
  readonly open: boolean
}

/** [prft] moof mdat, as fmp4/fragment.ts builds them. */
export interface FragmentRef {
  readonly offset: number
  readonly bytes: number
  readonly startMs: number
  readonly endMs: number
  /** Its first sample is a keyframe. */
  readonly key: boolean
  /** Media is missing right before it. */
  readonly afterGap: boolean
}

export interface SegmentIndex {
  readonly initBytes: number
  /** RFC 6381, as MSE wants it; several separated by a comma where there is audio. */
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly fragments: readonly FragmentRef[]
}

/** Reads what recorders wrote, in whatever process. Never throws for a file that is missing or torn: then it is not there. */
export interface RecordedMedia {
  /** Segments that overlap the interval, oldest first. */
  segments(cameraId: CameraId, stream: StreamName, fromMs: number, toMs: number): Promise<readonly SegmentRef[]>
  /** Undefined when the file has gone meanwhile. */
  index(segment: SegmentRef): Promise<SegmentIndex | undefined>
}
