/** The records the floor works on: Alarm 报警, Incident 警情, Assignment 派单, EvidenceItem 证据, timeline entries 经过. */
import type {
  AlarmId,
  AssignmentId,
  CameraId,
  EvidenceId,
  FleetId,
  GridCellId,
  GroupId,
  IncidentId,
  SourceId,
  SubjectId,
  UnitId,
  UserId
} from './brand.ts'
import type { Callout } from './callout.ts'
import type { ContactRound } from './contact-round.ts'
import type { Category, Facts, Review } from './feedback.ts'
import type { GeoPoint, Position } from './geo.ts'
import type { HandOver } from './hand-over.ts'
import type { IncidentCamera } from './incident-camera.ts'
import type { MediaGap } from './media.ts'
import type { Priority } from './priority.ts'
import type { AlarmClass, SourceKind } from './signal.ts'
import type { IncidentSop } from './sop.ts'
import type { TimelineKind } from './timeline-kinds.ts'
import type { CandidateReason, UnitClass } from './unit.ts'
import type { PhotoSender, UnitMessage } from './unit-message.ts'
import type { VoiceParty } from './voice-party.ts'

export { TIMELINE_KINDS, type TimelineKind } from './timeline-kinds.ts'

export const INCIDENT_STATES = [
  'new',
  'acknowledged',
  'verifying',
  'dispatched',
  'enRoute',
  'onScene',
  'resolved',
  'closed'
] as const
/** 待接 已接警 核实中 已派单 在途 到场 处置完毕 归档. */
export type IncidentState = (typeof INCIDENT_STATES)[number]

export const DISPOSITIONS = [
  'real-police',
  'real-medical',
  'real-fire',
  'real-other',
  'false-misuse',
  'false-equipment',
  'false-unknown',
  'test',
  'duplicate',
  'cancelled-by-user',
  'nobody-found'
] as const
/** How an incident ended. */
export type Disposition = (typeof DISPOSITIONS)[number]

export const NATURES = [
  'medical',
  'violence',
  'intrusion',
  'fire',
  'lostOrFallen',
  'traffic',
  'dispute',
  'equipment',
  'other'
] as const
/** Nature of the incident as the operator found it, keys E 1 … E 9 in this order. */
export type Nature = (typeof NATURES)[number]

/** One condition of one source while it is open; unique by (source, class[, zone]) by a database constraint (rule 2). */
export interface Alarm {
  readonly id: AlarmId
  readonly incidentId: IncidentId
  readonly sourceId: SourceId
  readonly sourceKind: SourceKind
  readonly alarmClass: AlarmClass
  /** Empty for panic and for sources without zones. */
  readonly zone: string
  readonly presses: number
  readonly firstAtMs: number
  readonly lastAtMs: number
  /** The newest press, which a confirmation towards the device names. */
  readonly lastEventId: string
  readonly open: boolean
}

/** A contact of a household, in the order in which they are told. */
export interface Contact {
  readonly name: string
  readonly relation: string
  readonly phone: string
  /** The day on which he agreed to be told by message; absent: by telephone only. */
  readonly messageConsent?: string
}

/** What the registry knew about whoever called, copied at the time of the alarm so that the record stays true. */
export interface SubjectCard {
  readonly id: SubjectId
  readonly kind: 'household' | 'premises' | 'vehicle' | 'person' | 'unmapped' | 'system'
  /** Name of the person, shop or plate; of what no registry knows the gateway's own words for it, with the English beside them. */
  readonly name: string
  readonly nameEn?: string
  /** A line of ours, an exchange, the broker: a technician answers for it, and nobody is to be registered. */
  readonly ours?: true
  readonly address: string
  readonly phone?: string
  /** "女 74 岁 独居" as the registry has it. */
  readonly description?: string
  /** Where the gateway said it itself. */
  readonly descriptionEn?: string
  readonly medicalNote?: string
  readonly accessNote?: string
  /** A phrase was agreed (暗语, 口令); it is told to whoever works on the incident, and on record. */
  readonly phrases?: true
  readonly contacts?: readonly Contact[]
  readonly gridCell?: { readonly id: GridCellId; readonly name: string }
  readonly group?: { readonly id: GroupId; readonly name: string; readonly members: number }
  readonly fleetId?: FleetId
  /** Several share the telephone: whoever calls is one of these, and nobody knows which. */
  readonly shared?: readonly SharedSubject[]
}

/** One of those who share a telephone. */
export type SharedSubject = Pick<SubjectCard, 'id' | 'kind' | 'name' | 'address' | 'phone' | 'description' | 'contacts'>

/** Who works on it; a field of its own beside the state. */
export interface Owner {
  readonly userId: UserId
  readonly name: string
  readonly seat?: number
}

export interface Incident {
  readonly id: IncidentId
  /** Shown number, `1122-0187`: month and day of the site's zone, running number of that day. */
  readonly number: string
  readonly state: IncidentState
  readonly priority: Priority
  /** The gravest class among its alarms. */
  readonly alarmClass: AlarmClass
  readonly sourceKind: SourceKind
  readonly subject: SubjectCard
  readonly position?: GeoPoint
  readonly positionSource?: 'registry' | 'device' | 'none'
  /** Of whoever is not where the registry says, a vehicle or a person with a locator: the place of the press as it was told. */
  readonly fix?: Position
  readonly cameras: readonly IncidentCamera[]
  readonly presses: number
  readonly pressTimesMs: readonly number[]
  /** Received time of the first frame, our clock. */
  readonly openedAtMs: number
  /** The first time; being put back does not take it away. */
  readonly acknowledgedAtMs?: number
  /** Since when it waits for an answer again; absent once somebody has it. */
  readonly putBackAtMs?: number
  /** When somebody took it after it was put back, or reopened it: its next times count from then. */
  readonly takenAgainAtMs?: number
  readonly dispatchedAtMs?: number
  readonly onSceneAtMs?: number
  /** Newest report from the scene since it was opened or reopened. */
  readonly reportedAtMs?: number
  readonly resolvedAtMs?: number
  readonly closedAtMs?: number
  readonly owner?: Owner
  readonly nature?: Nature
  /** What it is taken for 类别/类型/细类; what it was found to be stands in `facts`. */
  readonly category?: Category
  readonly duress: boolean
  /** Login of the one person whose own findings are all that it rests on: it opens no private camera to him. Absent once anything else speaks for it. */
  readonly foundBy?: string
  /** Source identity was not proven, shown as "来电未核实". */
  readonly unverified: boolean
  readonly disposition?: Disposition
  /** Words of the feedback. */
  readonly feedback?: string
  /** What the caller asked for by keys of the telephone, each key once, in the order of the presses. */
  readonly keyed?: readonly { readonly digit: string; readonly alarmClass: AlarmClass }[]
  readonly facts?: Facts
  readonly review?: Review
  readonly sop?: IncidentSop
  /** To 110, 119, 120, 12345, oldest first. */
  readonly handOvers?: readonly HandOver[]
  /** The device was not positioned or its time was old: "补报, 12 分前". */
  readonly lateByMs?: number
  /** Only events that a box had kept for half an hour or more speak for it; gone with the first press of now. */
  readonly aged?: boolean
  readonly cause?: string
  readonly moreCauses?: readonly string[]
  /** 0 own seat, 1 all seats, 2 leader. */
  readonly escalation: 0 | 1 | 2
  /** Counts rings: a change makes consoles ring again (rule 6). */
  readonly rings: number
  readonly autoOffered: boolean
  readonly linked: readonly IncidentId[]
  /** Number of the incident that goes on with this one. */
  readonly mergedInto?: string
  readonly assignments: readonly Assignment[]
  /** The newest call-out of the neighbours 十户联防. */
  readonly callout?: Callout
  /** The household's contacts, told one after the other. */
  readonly contactRound?: ContactRound
  /** Services and units in its telephone call, those who left last. */
  readonly parties?: readonly VoiceParty[]
  /** Between the floor and the units sent, oldest first. */
  readonly messages?: readonly UnitMessage[]
  readonly evidence: readonly EvidenceItem[]
  /** Raised by every change; a write with an older version is a conflict. */
  readonly version: number
  readonly updatedAtMs: number
  /** Last step of a person, a unit or the source; what the system adds (evidence, rings) does not move it. */
  readonly lastActionAtMs?: number
  /** When it last rang again because nothing had been done. */
  readonly rangAgainAtMs?: number
  /** When the leader was told that nobody works on it; what somebody does after that ends it. */
  readonly leaderToldAtMs?: number
}

export type AssignmentState = 'offered' | 'enRoute' | 'arrived' | 'cleared' | 'declined' | 'expired' | 'recalled'
/** One unit sent to one incident. */
export interface Assignment {
  readonly id: AssignmentId
  readonly incidentId: IncidentId
  readonly unitId: UnitId
  readonly unitName: string
  /** How many went with it, as the unit was when it was sent. */
  readonly members?: number
  readonly state: AssignmentState
  readonly offeredAtMs: number
  /** After this an unanswered offer expires and the next nearest unit is asked. */
  readonly expiresAtMs: number
  readonly acceptedAtMs?: number
  readonly arrivedAtMs?: number
  readonly endedAtMs?: number
  readonly reason?: string
  /** `recalled` because the unit itself gave it up. */
  readonly withdrew?: boolean
  readonly etaS?: number
  readonly distanceM?: number
  readonly offeredBy: 'operator' | 'system'
  /** It was to be asked how it is, and has not answered since. */
  readonly askedAfter?: { readonly check: 'noMovement' | 'welfare'; readonly atMs: number }
  /** When it last said that all is well. */
  readonly safeAtMs?: number
  /** Why this one, as it stood in the ranking. */
  readonly why?: readonly CandidateReason[]
  /** Its class is not one that the system sends there: why an operator did. */
  readonly byHand?: { readonly unitClass: UnitClass; readonly reason: string }
}

/** A clip, a still, a caller's voice or a photo that somebody sent; sealed, never edited. */
export interface EvidenceItem {
  readonly id: EvidenceId
  readonly incidentId: IncidentId
  /** Of what no camera made: the id of its source, the unit or the person. */
  readonly cameraId: CameraId
  readonly cameraName: string
  /** Where the gateway gave the name itself. */
  readonly cameraNameEn?: string
  readonly kind: 'clip' | 'still' | 'preview' | 'voice' | 'photo'
  readonly state: 'recording' | 'ready' | 'failed'
  /** Media time asked for and got, UTC ms. */
  readonly requestedFromMs: number
  readonly requestedToMs: number
  readonly actualFromMs?: number
  readonly actualToMs?: number
  /** Total of missing media inside the interval. */
  readonly gapMs?: number
  /** Where it is missing, oldest first. */
  readonly gaps?: readonly MediaGap[]
  /** Its end is missing: the disk had no room for it. */
  readonly cut?: 'diskFull'
  /** RFC 6381, of the video. */
  readonly codec?: string
  readonly width?: number
  readonly height?: number
  readonly bytes?: number
  readonly sha256?: string
  /** File name below the evidence folder, never a path from outside. */
  readonly file?: string
  readonly failure?: string
  readonly createdAtMs: number
  /** A clip of a vehicle's camera that was ordered with its sound. */
  readonly heard?: true
  /** A voice: of a call that we placed 回拨, not of the caller's own. */
  readonly placed?: boolean
  /** What the device of the alarm recorded itself; `cameraId` then names none of ours. */
  readonly origin?: EvidenceOrigin
  /** A photo: who sent it, a member of a unit or somebody of the floor. */
  readonly takenBy?: PhotoSender
}

export interface EvidenceOrigin {
  readonly sourceId: SourceId
  readonly channel: number
  readonly receivedMs: number
  /** The device's claim. */
  readonly deviceTimeMs?: number
}

/** Who did something: a person, the system, or the device itself. */
export type Actor =
  | {
      readonly kind: 'user'
      readonly userId: UserId
      readonly name: string
      readonly seat?: number
      /** Work number 工号. */
      readonly login?: string
    }
  | {
      readonly kind: 'unit'
      readonly unitId: UnitId
      readonly name: string
      /** The member who did it. */
      readonly userId?: UserId
      readonly login?: string
      readonly userName?: string
    }
  | { readonly kind: 'system' }
  | { readonly kind: 'device'; readonly sourceId: SourceId }

/** One append-only line of 经过; `data` holds plain values that the console puts into words of its language. */
export interface TimelineEntry {
  readonly incidentId: IncidentId
  /** Rises within the incident: the version of the incident that wrote the line. */
  readonly index: number
  readonly atMs: number
  readonly actor: Actor
  readonly kind: TimelineKind
  readonly data: Readonly<Record<string, string | number | boolean>>
}
