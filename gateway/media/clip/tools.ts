/** What the makers of evidence files share, and small steps that all of them take. */
import { GatewayError } from '../../core/errors.ts'
import type { ClipRequest } from '../../core/media.ts'
import type { Clock, Log } from '../../core/ports.ts'
import { createLane } from '../ffmpeg.ts'
import { TIMESCALE } from '../fmp4/init.ts'
import type { Stream } from '../ingest/stream.ts'
import type { RecordedMedia } from '../record/types.ts'
import type { Ring } from '../ring/ring.ts'
import type { Write } from './hashed-file.ts'

/** `still` and `disk` are lanes: so many decoders, and so many recordings that write at the same moment, each a fragment in its turn. */
export interface EvidenceTools {
  readonly dir: string
  readonly ffmpegPath: string
  readonly clock: Clock
  readonly log: Log
  readonly still: <T>(job: () => Promise<T>) => Promise<T>
  readonly disk: <T>(job: () => Promise<T>) => Promise<T>
  readonly recorded: RecordedMedia
  /** How a clip's bytes reach its file; absent: as the system does. */
  readonly write?: Write
}

const WRITERS = 4

export function createEvidenceTools(
  given: Pick<EvidenceTools, 'dir' | 'ffmpegPath' | 'clock' | 'log' | 'recorded' | 'write'>
): EvidenceTools {
  return { ...given, still: createLane(2), disk: createLane(WRITERS) }
}

export function noMedia(request: ClipRequest, reason: string): GatewayError {
  return new GatewayError('MEDIA_UNAVAILABLE', { cameraId: request.cameraId, reason })
}

/** The ring's keyframe at or before a time; waits a little where the camera is just connecting, then gives undefined. */
export function waitForKey(
  stream: Stream,
  wallMs: number,
  clock: Clock,
  timeoutMs: number
): Promise<number | undefined> {
  const found = stream.ring.keyAtOrBefore(wallMs)
  if (found !== undefined) return Promise.resolve(found)
  return new Promise(resolve => {
    const done = (): void => {
      const key = stream.ring.keyAtOrBefore(wallMs)
      cancel()
      forget()
      resolve(key)
    }
    const cancel = clock.after(timeoutMs, done)
    const forget = stream.onUnit(done)
  })
}

/** Half a second: a piece that is copied, hashed and written in a millisecond. */
const FRAGMENT_TICKS = TIMESCALE / 2

/** Where each file fragment of `from … to - 1` ends: before every keyframe, and after half a second. */
export function* groups(
  ring: Ring,
  from: number,
  to: number
): Generator<{ readonly from: number; readonly to: number }> {
  const { index } = ring
  let start = from
  for (let seq = from + 1; seq < to; seq++) {
    if (!index.isKey(seq) && index.dts(seq) - index.dts(start) < FRAGMENT_TICKS) continue
    yield { from: start, to: seq }
    start = seq
  }
  if (start < to) yield { from: start, to }
}
