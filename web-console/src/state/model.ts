/** What a window of the console knows: a copy of the gateway's truth, kept by messages of the feed and nothing else. */

import type { Position } from '../../../gateway/core/geo.ts'
import type { PhoneGroupCall } from '../../../gateway/core/group-call.ts'
import type { Incident, TimelineEntry } from '../../../gateway/core/incident.ts'
import type { PhoneVideo } from '../../../gateway/core/phone-video.ts'
import type { Unit } from '../../../gateway/core/unit.ts'
import type {
  CameraView,
  FleetAlarm,
  IncidentDetail,
  Notice,
  PatrolTask,
  ServerMessage,
  SessionUser
} from '../../../gateway/core/wire.ts'

/** `replaying`: connected again and being told what was missed, from `fromSeq`. */
export type Connection =
  | { readonly phase: 'connecting'; readonly sinceMs: number }
  | { readonly phase: 'connected'; readonly sinceMs: number }
  | { readonly phase: 'replaying'; readonly sinceMs: number; readonly fromSeq: number }
  | { readonly phase: 'offline'; readonly sinceMs: number; readonly retryAtMs: number; readonly attempt: number }

/** Why a task left the phone. */
export type TaskGone = Extract<Extract<ServerMessage, { type: 'msg' }>['body'], { type: 'taskGone' }> & {
  /** Which one it was, where this phone had it. */
  readonly was?: Pick<PatrolTask, 'alarmClass' | 'nature' | 'name' | 'nameEn' | 'address'> | undefined
}

export type ChangedRecords = Extract<ServerMessage, { type: 'changed' }>['what']

export interface ConsoleState {
  readonly connection: Connection
  /** Server clock minus this machine's clock, ms; add it to Date.now() before comparing with any time of the gateway. */
  readonly clockOffsetMs: number
  /** Round trip of the ping that measured the clock, ms; undefined before the first. */
  readonly clockRttMs?: number
  /** Last word from the gateway, server time: the "as of" of an off-line screen. 0 before the first. */
  readonly asOfMs: number
  readonly user?: SessionUser
  /** Last sequence number seen per scope. */
  readonly seqs: Readonly<Record<string, number>>
  /** Whether a snapshot has arrived: before it an empty list means nothing. */
  readonly loaded: boolean
  readonly incidents: ReadonlyMap<string, Incident>
  /** Sorted by index, without doubles; only incidents that were opened or changed while watching. */
  readonly timelines: ReadonlyMap<string, readonly TimelineEntry[]>
  readonly units: ReadonlyMap<string, Unit>
  readonly cameras: ReadonlyMap<string, CameraView>
  readonly notices: ReadonlyMap<string, Notice>
  /** Of a patrol's own unit, by incident id. */
  readonly tasks: ReadonlyMap<string, PatrolTask>
  readonly taskGone?: TaskGone | undefined
  readonly ownUnit?: Unit
  /** Of a patrol's own unit: a group call that is not over. */
  readonly groupCall?: PhoneGroupCall | undefined
  /** Of a patrol's own unit: its phone's picture is asked for, or sent. */
  readonly phoneVideo?: PhoneVideo | undefined
  /** All that are asked for or sent, for the floor. */
  readonly phoneVideos: readonly PhoneVideo[]
  /** Of a taxi dispatcher's fleet, by incident id. */
  readonly fleetAlarms: ReadonlyMap<string, FleetAlarm>
  /** Latest place of a moving vehicle with an open incident. */
  readonly vehicles: ReadonlyMap<string, Position>
  /** How often each kind of kept records has changed since the page was opened: whoever shows them asks again. */
  readonly changes: Readonly<Partial<Record<ChangedRecords, number>>>
  /** DeliveryLatency of the last alarm: frame received → visible here, ms. */
  readonly delivery?: { readonly incidentId: string; readonly latencyMs: number }
}

export type StateAction =
  | { readonly kind: 'message'; readonly message: ServerMessage; readonly nowMs: number }
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'detail'; readonly detail: IncidentDetail }
  | { readonly kind: 'incidents'; readonly incidents: readonly Incident[] }
  | { readonly kind: 'reset' }

export const EMPTY: ConsoleState = {
  connection: { phase: 'connecting', sinceMs: 0 },
  clockOffsetMs: 0,
  asOfMs: 0,
  seqs: {},
  loaded: false,
  incidents: new Map(),
  timelines: new Map(),
  units: new Map(),
  cameras: new Map(),
  notices: new Map(),
  tasks: new Map(),
  fleetAlarms: new Map(),
  vehicles: new Map(),
  phoneVideos: [],
  changes: {}
}
