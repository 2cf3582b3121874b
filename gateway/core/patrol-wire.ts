/** What travels between the gateway and a patrol's phone. Types only; part of wire.ts. */

import type { IncidentId } from './brand.ts'
import type { GeoPoint, Position } from './geo.ts'
import type { PhoneGroupCall } from './group-call.ts'
import type { Disposition, EvidenceItem, Incident, Nature } from './incident.ts'
import type { MessageCommand, PatrolMessage } from './message-wire.ts'
import type { PhoneVideo } from './phone-video.ts'
import type { Priority } from './priority.ts'
import type { SituationCommand } from './situation.ts'
import type { Unit } from './unit.ts'

/** What an incident looks like to a patrol: only what it needs, and only while it is assigned. */
export interface PatrolTask {
  readonly incidentId: IncidentId
  readonly number: string
  readonly assignmentId: string
  readonly assignmentState: 'offered' | 'enRoute' | 'arrived'
  readonly priority: Priority
  readonly alarmClass: Incident['alarmClass']
  readonly sourceKind: Incident['sourceKind']
  readonly nature?: Nature
  readonly duress: boolean
  readonly name: string
  readonly nameEn?: string
  readonly address: string
  readonly description?: string
  readonly descriptionEn?: string
  readonly medicalNote?: string
  readonly accessNote?: string
  readonly position?: GeoPoint
  /** Of whoever is not at the address: the place of the press as it was told. */
  readonly fix?: Position
  readonly presses: number
  readonly openedAtMs: number
  readonly offeredAtMs: number
  readonly expiresAtMs: number
  readonly etaS?: number
  readonly distanceM?: number
  /** The floor asks how it is, or why it stands still; shown without a sound (rule 5). */
  readonly askedAfter?: 'noMovement' | 'welfare'
  /** It leads on scene and may end the incident. */
  readonly mayFinish?: boolean
  readonly ownerName?: string
  readonly ownerSeat?: number
  readonly others: readonly { readonly unitName: string; readonly state: string }[]
  readonly evidence: readonly Pick<EvidenceItem, 'id' | 'kind' | 'state' | 'cameraName' | 'cameraNameEn'>[]
  /** Between this unit and the floor, oldest first; absent: none yet. */
  readonly messages?: readonly PatrolMessage[]
}

/** A patrol's own state, beside its tasks. */
export interface PatrolSnapshot {
  readonly unit: Unit
  readonly tasks: readonly PatrolTask[]
  readonly groupCall?: PhoneGroupCall
  readonly phoneVideo?: PhoneVideo
}

/** GET /api/patrol/orders/:id/way: the unit's own way to its order, from where it was last to the place or to where the car is now. */
export interface PatrolWay {
  /** `straight`: no road leads there, or none is known; the distance is then the straight line × 1.4. */
  readonly by: 'road' | 'straight'
  /** WGS-84, a hundred points at most. */
  readonly path: readonly (readonly [lon: number, lat: number])[]
  readonly distanceM: number
  /** At the unit's usual speed. */
  readonly etaS: number
}

/** A patrol phone's command; applied once per (client, seq), in order, with the device's time. */
export interface PatrolCommand {
  /** Random id of this installation of the page. */
  readonly client: string
  readonly seq: number
  readonly deviceTimeMs: number
  readonly command:
    | { readonly kind: 'onDuty' }
    | { readonly kind: 'offDuty' }
    /** A check point of a route, by hand; `fromMs` names the round by its beginning. */
    | { readonly kind: 'checkPoint'; readonly routeId: string; readonly pointId: string; readonly fromMs: number }
    | { readonly kind: 'accept'; readonly assignmentId: string }
    | { readonly kind: 'decline'; readonly assignmentId: string; readonly reason: string }
    | { readonly kind: 'arrive'; readonly assignmentId: string }
    /** Also when its order is over; with `incidentId` also when the incident was filed meanwhile. */
    | {
        readonly kind: 'report'
        readonly assignmentId: string
        readonly incidentId?: string
        readonly text: string
        readonly disposition?: Disposition
      }
    /** The lead ends the incident, with its feedback. */
    | {
        readonly kind: 'finish'
        readonly assignmentId: string
        readonly disposition: Disposition
        readonly text: string
        readonly injured: number
        readonly dead: number
      }
    /** All is well, asked for or not. */
    | { readonly kind: 'safe'; readonly assignmentId: string }
    | { readonly kind: 'clear'; readonly assignmentId: string }
    | { readonly kind: 'withdraw'; readonly assignmentId: string; readonly reason: string }
    | MessageCommand
    | SituationCommand
}

/** POST /api/patrol/commands answers one of these per command, in order. */
export interface PatrolCommandResult {
  readonly seq: number
  readonly outcome: 'done' | 'repeated' | 'refused'
  readonly code?: string
}

/** POST /api/patrol/position */
export interface PatrolPosition {
  readonly lat: number
  readonly lon: number
  readonly accuracyM?: number
  readonly headingDeg?: number
  readonly speedKmh?: number
  readonly atMs: number
}
