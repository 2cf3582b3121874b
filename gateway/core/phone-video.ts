/** Live video of a patrol's phone 可视化指挥调度: asked for by the floor, begun by the patrol's own press, as it goes over the wire. */
import type { CameraId, IncidentId, UnitId, UserId } from './brand.ts'

export interface PhoneVideo {
  readonly unitId: UnitId
  readonly unitName: string
  readonly cameraId: CameraId
  /** `asked`: nobody has pressed yet, nothing is sent. */
  readonly state: 'asked' | 'live'
  /** Of this state. */
  readonly sinceMs: number
  readonly askedBy: string
  /** Recorded as its evidence while it is open. */
  readonly incident?: { readonly id: IncidentId; readonly number: string }
  /** Whose phone sends. */
  readonly carrier?: { readonly userId: UserId; readonly name: string }
}

export type PhoneVideoEnd = 'patrol' | 'floor' | 'declined' | 'notAnswered' | 'offDuty' | 'noPicture' | 'limit'

/** Outside the sequence, whole state: all of them to the floor, its own to a unit's phones. */
export type PhoneVideoMessage =
  | { readonly type: 'phoneVideos'; readonly videos: readonly PhoneVideo[] }
  | { readonly type: 'phoneVideo'; readonly video: PhoneVideo | null }

/** POST /api/units/:id/video */
export interface PhoneVideoAsk {
  readonly incidentId?: string
}

/** POST /api/patrol/video; `start`, a press, is answered by a Ticket, as is `again`: the same phone by itself after a lost line, which begins nothing. */
export interface PhoneVideoAnswer {
  readonly what: 'start' | 'again' | 'decline' | 'stop'
}
