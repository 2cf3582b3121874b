/** A video plane without cameras: every order succeeds at once or fails on command; for tests of the other rooms. */
import type { CameraId, UserId } from '../core/brand.ts'
import type { ClipRequest, ClipResult } from '../core/media.ts'
import type { RecordedSegment, RecordingOrder, StrayRecordings } from '../core/recording.ts'
import type { MediaWithLife } from '../gateway.ts'

export interface FakeMedia extends MediaWithLife {
  readonly orders: { readonly kind: string; readonly request: ClipRequest }[]
  failing: boolean
  /** The last orders to record. */
  recordings: readonly RecordingOrder[]
  /** Files that workers were asked to take in. */
  readonly adopted: StrayRecordings[]
  /** As workers report segments. */
  recorded(segments: readonly RecordedSegment[]): void
  /** Users whose pictures were cut. */
  readonly ended: UserId[]
  /** Cameras whose pictures were cut because no incident was near any more. */
  readonly endedLooks: CameraId[]
}

export function createFakeMedia(): FakeMedia {
  const orders: FakeMedia['orders'] = []
  const take = async (kind: string, request: ClipRequest): Promise<ClipResult> => {
    orders.push({ kind, request })
    if (fake.failing) throw new Error('no picture')
    const { evidenceId, fromMs, toMs } = request
    return {
      evidenceId,
      file: `${evidenceId}.mp4`,
      actualFromMs: fromMs,
      actualToMs: toMs,
      gapMs: 0,
      bytes: 1,
      sha256: '0'.repeat(64)
    }
  }
  const recorded = new Set<(segments: readonly RecordedSegment[]) => void>()
  const ticket = { port: 1, path: '/none', ticket: 'none', expiresAtMs: 0 }
  const fake: FakeMedia = {
    orders,
    failing: false,
    start: async () => {},
    stop: async () => {},
    workers: () => [],
    setCameras: () => {},
    vehiclePort: () => undefined,
    health: () => [],
    liveTicket: () => ticket,
    sendTicket: () => ticket,
    fileTicket: () => ticket,
    playTicket: () => ticket,
    preview: request => take('preview', request),
    clip: request => take('clip', request),
    still: request => take('still', request),
    extend: () => {},
    onHealth: () => () => {},
    record: orders => {
      fake.recordings = orders
    },
    adopt: strays => {
      fake.adopted.push(...strays)
    },
    onRecorded: listener => {
      recorded.add(listener)
      return () => recorded.delete(listener)
    },
    recorded: segments => {
      for (const listener of recorded) listener(segments)
    },
    recordings: [],
    adopted: [],
    ended: [],
    endUser: userId => fake.ended.push(userId),
    endedLooks: [],
    endLooks: cameraId => fake.endedLooks.push(cameraId)
  }
  return fake
}
