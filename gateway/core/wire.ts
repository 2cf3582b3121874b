/**
 * What travels between gateway and console: WebSocket feed, REST bodies. Types only; the console imports this file and nothing else.
 * All times UTC ms, all positions WGS-84, distances in metres.
 */

import type { CameraId, IncidentId, UnitId } from './brand.ts'
import type { CalloutDelays } from './callout-start.ts'
import type { ClassRule } from './class-rule.ts'
import type { CategoryRow } from './feedback.ts'
import type { GeoPoint, Position } from './geo.ts'
import type { GroupCallMessage } from './group-call.ts'
import type { HandOverRoutes } from './hand-over.ts'
import type { Incident, Nature, TimelineEntry } from './incident.ts'
import type { StreamHealth } from './media.ts'
import type { MessageAction } from './message-wire.ts'
import type { PatrolSnapshot, PatrolTask } from './patrol-wire.ts'
import type { PhoneVideo, PhoneVideoMessage } from './phone-video.ts'
import type { Priority, PriorityTimers } from './priority.ts'
import type { Similar } from './similar.ts'
import type { CameraRow, CandidateReason, GridCellRow, Unit, UnitSkill } from './unit.ts'
import type { WorkAction } from './work-wire.ts'

export type { Diagnostics } from './diagnostics-wire.ts'
export type {
  EvidenceDetail,
  EvidenceList,
  EvidenceRow,
  ExportJob,
  ExportRange,
  ExportRequest,
  Hold,
  HoldRequest
} from './exporting.ts'
export type {
  PatrolCommand,
  PatrolCommandResult,
  PatrolPosition,
  PatrolSnapshot,
  PatrolTask,
  PatrolWay
} from './patrol-wire.ts'
export type { RecordingOverview, RecordingTimeline } from './recording.ts'

export type Role = 'operator' | 'leader' | 'patrol' | 'taxiDispatcher' | 'administrator' | 'auditor'

/** A camera as the console sees it: no addresses, no credentials. */
export interface CameraView
  extends Pick<CameraRow, 'id' | 'name' | 'position' | 'yawDeg' | 'fovDeg' | 'infrared' | 'ownership' | 'audio'> {
  readonly health: StreamHealth['state']
  readonly lastFrameAtMs?: number
  readonly error?: string
}

/**
 * A system message of the floor. Codes: `storeUnwritable` {error}, `diskLow` {freeMb}, `storm` {count, groups}, `adapterDown` {adapter, error},
 * `lineShut` {adapter, protocol, port, setting, error}, `workerDown` {index}, `clockAhead` {hours}, `recordingFull` {freeMb, cameras}, `recordingsDown` {error}, `recordingShort` {days, cameras}, `evidenceStuck` {count, file, error}, `unknownFlood` {origin, count}, `shed` {kind, count}, `backlog` {count}, `roundMissed` {plan, count}; of the administrator alone: `sinkGaveUp` {sink, count}.
 */
export interface Notice {
  readonly key: string
  readonly level: 'info' | 'warning' | 'critical'
  readonly code: string
  readonly data: Readonly<Record<string, string | number | boolean>>
  readonly atMs: number
}

/** What a taxi dispatcher sees of an alarm of the own fleet. */
export interface FleetAlarm {
  readonly incidentId: IncidentId
  readonly number: string
  readonly plate: string
  readonly alarmClass: Incident['alarmClass']
  /** Of a trouble; what joined it later stands in the second. */
  readonly cause?: string
  readonly moreCauses?: readonly string[]
  /** Pressed unnoticed (rule 5): nobody calls the car. What it tells of an accident by itself is no secret. */
  readonly silent: boolean
  readonly state: Incident['state']
  /** On scene by its state, but whoever was there has left. */
  readonly nobodyThere?: true
  readonly openedAtMs: number
  readonly position?: GeoPoint
  readonly presses: number
  /** Inside the vehicle; while it is open. */
  readonly cameras?: readonly { readonly cameraId: CameraId; readonly name: string }[]
}

/** Durable, sequenced messages. `incident` is the whole record, so that replay is idempotent; replayed it is the present one, once. */
export type FeedBody =
  | { readonly type: 'incident'; readonly incident: Incident }
  | { readonly type: 'timeline'; readonly entries: readonly TimelineEntry[] }
  | { readonly type: 'unit'; readonly unit: Unit }
  | { readonly type: 'task'; readonly task: PatrolTask }
  | {
      readonly type: 'taskGone'
      readonly incidentId: IncidentId
      readonly reason: 'recalled' | 'expired' | 'cleared' | 'declined' | 'resolved'
    }
  | { readonly type: 'fleetAlarm'; readonly alarm: FleetAlarm }

export interface FloorSnapshot {
  readonly incidents: readonly Incident[]
  readonly units: readonly Unit[]
  readonly cameras: readonly CameraView[]
  readonly notices: readonly Notice[]
  readonly phoneVideos?: readonly PhoneVideo[]
}

/** First message of a client on `/feed`; the session cookie has logged it in. `resume` maps scope → last seq seen. */
export interface ClientHello {
  readonly type: 'hello'
  readonly v: 1
  readonly resume?: Readonly<Record<string, number>>
}

export type ClientMessage = ClientHello | { readonly type: 'ping'; readonly sentAtMs: number }

/**
 * Server → client. After `hello`: `welcome`; then per scope either the missed messages (resumed) or one `snapshot`, then live.
 * A message whose `prev` is not the last seq seen of its scope means a loss: the client reconnects with `resume`.
 */
export type ServerMessage =
  | {
      readonly type: 'welcome'
      readonly serverTimeMs: number
      readonly user: SessionUser
      readonly scopes: readonly string[]
    }
  | {
      readonly type: 'snapshot'
      readonly scope: string
      readonly seq: number
      readonly floor?: FloorSnapshot
      readonly patrol?: PatrolSnapshot
      readonly fleet?: readonly FleetAlarm[]
    }
  | {
      readonly type: 'msg'
      readonly scope: string
      readonly seq: number
      readonly prev: number
      readonly atMs: number
      readonly body: FeedBody
    }
  /** Outside the sequence, conflated to once a second per viewer; reading is audited by the gateway. */
  | {
      readonly type: 'positions'
      readonly units: readonly { readonly unitId: UnitId; readonly position: Position }[]
      readonly vehicles: readonly { readonly incidentId: IncidentId; readonly position: Position }[]
    }
  /** Outside the sequence: the cameras whose health changed. */
  | { readonly type: 'cameras'; readonly cameras: readonly CameraView[] }
  /** Outside the sequence, whole state: it must reach the floor just when nothing can be stored. */
  | { readonly type: 'notices'; readonly notices: readonly Notice[] }
  /** Outside the sequence: what is kept of it has changed, whoever shows it asks again. */
  | {
      readonly type: 'changed'
      readonly what: 'wall' | 'videoPatrol' | 'sourceTests' | 'sourceShelves' | 'shift' | 'grid' | 'settings'
    }
  | GroupCallMessage
  | PhoneVideoMessage
  | { readonly type: 'pong'; readonly sentAtMs: number; readonly serverTimeMs: number }

export interface SessionUser {
  readonly userId: string
  readonly login: string
  readonly name: string
  readonly role: Role
  readonly seat?: number
  readonly unitId?: UnitId
  readonly fleetId?: string
}

/** GET /api/site, before log-in: nothing that is not on the door. */
export interface SiteInfo {
  readonly name: string
  readonly centre: string
  readonly version: string
  readonly timeZone: string
  readonly demo: boolean
  readonly serverTimeMs: number
  /** False: the disk takes nothing, no alarm is stored and nobody can log in. */
  readonly stores: boolean
  readonly seats: readonly { readonly seat: number; readonly taken: boolean }[]
}

/** GET /api/map after log-in. Layers are GeoJSON FeatureCollections. */
export interface MapInfo {
  readonly center: GeoPoint
  readonly bounds: readonly [number, number, number, number]
  readonly layers: Readonly<Record<'streets' | 'buildings' | 'water' | 'parks', unknown>>
  readonly gridCells: readonly GridCellRow[]
  readonly roadGraph: boolean
  /** Of a map server, by way of `/api/map/tiles/<z>/<x>/<y>`; absent: none is set. */
  readonly tiles?: {
    readonly datum: GeoPoint['datum']
    readonly minZoom: number
    readonly maxZoom: number
    readonly attribution: string
  }
}

/** GET /api/settings after log-in: what the console needs to count down and to cut. */
export interface ConsoleSettings {
  readonly timers: Readonly<Record<Priority, PriorityTimers>>
  readonly preRollMs: number
  readonly postRollMs: number
  readonly categories: readonly CategoryRow[]
  readonly callout: CalloutDelays
  readonly handOverRoutes: HandOverRoutes
  /** Classes of units that the system may send, by nature and priority. */
  readonly classRule: ClassRule
  /** True where large pictures may come by WebRTC. */
  readonly webrtc: boolean
}

/** GET /api/incidents/:id */
export interface IncidentDetail {
  readonly incident: Incident
  readonly timeline: readonly TimelineEntry[]
  readonly candidates: readonly UnitCandidate[]
  /** The vehicle's newest place, to which they are ranked; absent: the place of the press. */
  readonly towards?: Position
  /** Open ones that may be of the same event. */
  readonly similar: readonly Similar[]
}

/** A unit proposed for an incident, nearest first; `reason` is a word the console translates. */
export interface UnitCandidate {
  readonly unitId: UnitId
  readonly name: string
  readonly state: Unit['state']
  readonly unitClass: Unit['unitClass']
  readonly memberCount: number
  readonly etaS: number
  readonly distanceM: number
  readonly straightM: number
  readonly by: 'road' | 'straight'
  readonly reasons: readonly CandidateReason[]
  /** The one that the nature asks for. */
  readonly skill?: UnitSkill
  /** Taken in the last two hours, three at most. */
  readonly orders?: number
  /** Stands before the nearest, though it is there so much later. */
  readonly laterS?: number
  readonly positionAgeMs: number
  readonly ranked: boolean
}

/** GET /api/ways: the line that a unit on its way is expected to take, from where it is; a hundred points at most. */
export interface UnitWay {
  readonly unitId: UnitId
  readonly by: 'road' | 'straight'
  /** WGS-84. */
  readonly path: readonly (readonly [lon: number, lat: number])[]
}

/** POST /api/incidents/:id/actions; answered by the new Incident or a 409 with a code of errors.ts. */
export type IncidentAction =
  | { readonly action: 'acknowledge' }
  | { readonly action: 'take' }
  | { readonly action: 'release' }
  | { readonly action: 'verify'; readonly nature?: Nature }
  | { readonly action: 'markDuress' }
  | { readonly action: 'setPriority'; readonly priority: Priority; readonly reason?: string }
  | { readonly action: 'annotate'; readonly text: string }
  | { readonly action: 'callNeighbours' }
  | { readonly action: 'endCallNeighbours' }
  /** A service or a unit's id; a party's id. */
  | { readonly action: 'addParty'; readonly to: string }
  | { readonly action: 'dropParty'; readonly party: string }
  | { readonly action: 'dispatch'; readonly unitId: UnitId; readonly reason?: string }
  | { readonly action: 'recall'; readonly assignmentId: string; readonly reason?: string }
  | WorkAction
  | MessageAction

/** POST /api/cameras/:id/ticket and /api/evidence/:id/ticket. The ticket goes into the first WebSocket message or an Authorization header. */
export interface Ticket {
  readonly port: number
  readonly path: string
  readonly ticket: string
  readonly expiresAtMs: number
}

/**
 * POST /api/cameras/:id/ticket: a look at the live picture, by WebRTC with `webrtc` where that is switched on, or, with `audio`, listening
 * to the sound that belongs to it; audited as such.
 */
export interface CameraTicketRequest {
  readonly stream: 'main' | 'sub'
  readonly audio?: boolean
  readonly webrtc?: boolean
  readonly reason?: string
}

/** POST /api/cameras/:id/play-ticket. A named incident opens what lies around it, also when it is closed. */
export interface PlayTicketRequest {
  readonly stream: 'main' | 'sub'
  readonly fromMs: number
  readonly toMs: number
  /** Sound, too, where there is some; it stands in the audit entry. */
  readonly audio?: boolean
  readonly reason?: string
  readonly incidentId?: string
}

/** POST /api/cameras/:id/recording-still: a picture of a recording is kept as a file by the console; answered 204 once it is on record. */
export interface RecordingStill {
  readonly atMs: number
  readonly reason?: string
  readonly incidentId?: string
}

/** Answer of play-ticket: the interval may be shorter than the one asked for, and the ticket opens no more than it. */
export interface PlayTicket extends Ticket {
  readonly fromMs: number
  readonly toMs: number
}

/** Body of every refusal. */
export interface ErrorBody {
  readonly error: string
  readonly message: string
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}

/** POST /api/demo/press (demo only). */
export interface DemoPress {
  readonly kind:
    | ('household' | 'telephone' | 'dialler' | 'box' | 'panel' | 'button' | 'watch' | 'pendant')
    | ('taxi' | 'driver' | 'input' | 'storm')
  /** Number of the device, or of presses for a storm. */
  readonly n: number
}
