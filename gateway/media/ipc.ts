/** The messages between the main process and its workers; secrets travel here only, never in arguments or the environment. */
import type { CameraId, EvidenceId, UserId } from '../core/brand.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { ClipRequest, ClipResult, MediaCamera, StreamHealth } from '../core/media.ts'
import type { RecordedSegment, RecordingOrder, StrayRecordings } from '../core/recording.ts'
import type { CameraChanges } from './camera-changes.ts'
import type { EvidenceOrder } from './clip/desk.ts'
import type { RecordSettings } from './record/tools.ts'
import type { RtcSettings } from './rtc/room.ts'
import type { PictureCheckSettings } from './watch/picture-watch.ts'

export interface WorkerSettings {
  readonly index: number
  /** 0 for any. */
  readonly port: number
  readonly bindAddress: string
  readonly evidenceDir: string
  readonly preRollMs: number
  readonly maxRingBytes: number
  readonly ffmpegPath: string
  readonly pictureCheck: PictureCheckSettings
  /** H.265 streams that this worker transcodes at once for browsers without H.265. */
  readonly maxTranscodes: number
  /** Where WebRTC is on. */
  readonly rtc?: RtcSettings
  /** Where vehicles bring their video to (JT/T 1078), 0 for any; absent in workers that take none. */
  readonly vehiclePort?: number
  /** They may come by UDP as well, to the same number. */
  readonly vehicleUdp?: true
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly ticketSecret: Uint8Array
  readonly recording: RecordSettings
}

export type ToWorker =
  | { readonly kind: 'start'; readonly settings: WorkerSettings }
  /** The whole list of this worker's cameras: at its start, then only what changes. */
  | { readonly kind: 'cameras'; readonly cameras: readonly MediaCamera[] }
  | ({ readonly kind: 'camerasChanged' } & CameraChanges)
  | { readonly kind: 'order'; readonly id: number; readonly order: EvidenceOrder; readonly request: ClipRequest }
  | { readonly kind: 'extend'; readonly evidenceId: EvidenceId; readonly toMs: number }
  | { readonly kind: 'endUser'; readonly userId: UserId; readonly steadyMs: number }
  | { readonly kind: 'endLooks'; readonly cameraId: CameraId; readonly steadyMs: number }
  /** The whole list of this worker's cameras. */
  | { readonly kind: 'record'; readonly orders: readonly RecordingOrder[] }
  | { readonly kind: 'adopt'; readonly strays: StrayRecordings }
  | { readonly kind: 'stop' }

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface OrderFailure {
  readonly code: ErrorCode
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

export type FromWorker =
  | { readonly kind: 'ready'; readonly port: number; readonly vehiclePort?: number }
  | { readonly kind: 'cannotListen'; readonly code: string; readonly vehicles?: true }
  /** Every second, and at once with the cameras whose state changed. */
  | {
      readonly kind: 'health'
      readonly cameras: readonly StreamHealth[]
      readonly rssMb?: number
      readonly rejected?: number
    }
  | { readonly kind: 'recorded'; readonly segments: readonly RecordedSegment[] }
  | { readonly kind: 'done'; readonly id: number; readonly result: ClipResult }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: OrderFailure }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly fields: object; readonly message: string }
