/** Units 巡防力量 and what the registry knows: cameras, households, vehicles, groups, grid cells. */
import type {
  CameraId,
  FleetId,
  GridCellId,
  GroupId,
  IncidentId,
  SourceId,
  SubjectId,
  UnitId,
  UserId
} from './brand.ts'
import type { Fence } from './fence.ts'
import type { GeoPoint, Position } from './geo.ts'
import type { Contact } from './incident.ts'
import type { RecordingRow } from './recording.ts'
import type { WeekSpan } from './schedule.ts'
import type { AlarmClass, SourceKind } from './signal.ts'
import type { VehicleCamera } from './vehicle-camera.ts'

export const UNIT_STATES = ['available', 'offered', 'enRoute', 'onScene', 'offDuty'] as const
/** 待命 待接单 赶赴 到场 下勤. */
export type UnitState = (typeof UNIT_STATES)[number]

export const UNIT_CLASSES = ['police', 'auxiliary', 'patrol', 'volunteer', 'informant'] as const
/** 民警 辅警 专职巡防 义务 信息员. */
export type UnitClass = (typeof UNIT_CLASSES)[number]

export const UNIT_SKILLS = ['firstAid', 'fire', 'water', 'mediation', 'traffic'] as const
/** 急救 消防 水域救援 调解 交通疏导. */
export type UnitSkill = (typeof UNIT_SKILLS)[number]

/** The registry's row of a patrol team. */
export interface UnitRow {
  readonly id: UnitId
  readonly name: string
  readonly unitClass: UnitClass
  readonly memberCount: number
  readonly vehicle: 'car' | 'motorcycle' | 'bicycle' | 'foot'
  /** Usual speed through the streets, km/h. */
  readonly speedKmh: number
  readonly gridCellId?: GridCellId
  readonly skills?: readonly UnitSkill[]
  readonly phone?: string
  /** When it is to be on duty 勤务表; outside of it the system offers it nothing, an operator may. Absent: whenever it has signed on. */
  readonly rota?: readonly WeekSpan[]
}

/** A unit as it is now. */
export interface Unit extends Omit<UnitRow, 'rota'> {
  readonly state: UnitState
  readonly incidentId?: IncidentId
  /** Only while on duty (rule 10). */
  readonly position?: Position
  readonly members: readonly { readonly userId: UserId; readonly name: string }[]
  readonly onDutySinceMs?: number
  /** Its rota says that it is not its turn at this moment. */
  readonly offRota?: boolean
}

/** Why a unit stands where it stands among those that could be sent. */
export type CandidateReason =
  | 'nearest'
  | 'ownCell'
  | 'neighbourCell'
  | 'skilled'
  | 'busyLately'
  | 'detour'
  | 'stalePosition'
  | 'alone'
  /** Of two and more, before a nearer one who is alone: violence is found or must be expected. */
  | 'twoFirst'
  | 'declined'
  /** Its class is not one that the system sends to this nature and priority. */
  | 'outsideRule'
  | 'offRota'

export interface StreamAddress {
  /** Without user name or password. */
  readonly url: string
  readonly codec?: 'h264' | 'h265' | 'mjpeg'
  readonly width?: number
  readonly height?: number
}

export interface CameraRow {
  readonly id: CameraId
  readonly name: string
  readonly position: GeoPoint
  /** Degrees clockwise from north; with the field of view it draws the sector on the map. */
  readonly yawDeg?: number
  readonly fovDeg?: number
  readonly infrared?: boolean
  /** A household's or shop's camera opens to operators only near an open incident or with a reason (rule 9). */
  readonly ownership: 'public' | 'private'
  readonly gridCellId?: GridCellId
  /** Whose it is 产权单位, and which station looks after it 所属派出所. */
  readonly owner?: string
  readonly station?: string
  /** 国标编码 of GB/T 28181, 20 digits. */
  readonly nationalCode?: string
  /** What it looks at: an alarm of one of these shows it before nearer ones. */
  readonly sourceIds?: readonly SourceId[]
  /** The ONVIF endpoint (urn:uuid:…) or a device address; absent when streams are listed by hand. */
  readonly onvif?: { readonly endpoint?: string; readonly address?: string }
  readonly streams?: { readonly main?: StreamAddress; readonly sub?: StreamAddress }
  /** Sound is received, recorded and played, default false: recording speech is a decision of its own. */
  readonly audio?: boolean
  /** How its video comes, default `auto`; only where a camera does badly by TCP is `udp` worth it. */
  readonly transport?: 'auto' | 'tcp' | 'udp'
  /** SHA-256 of its certificate for `rtsps://`, hex; without it the first one seen is remembered. */
  readonly tlsFingerprint?: string
  /** Name of a row in the credentials store, never the secret itself. */
  readonly credential?: string
  readonly recording?: RecordingRow
  /** Inside this vehicle: it has no place of its own, and no picture but while the vehicle's incident is open. */
  readonly vehicle?: VehicleCamera
}

/** What somebody says at a call-back when all is well, and what they say when they are forced to say so. */
export interface Phrases {
  readonly safe: string
  readonly duress?: string
}

export interface SubjectRow {
  readonly id: SubjectId
  readonly kind: 'household' | 'premises' | 'vehicle'
  readonly name: string
  readonly address: string
  readonly position?: GeoPoint
  readonly phone?: string
  readonly description?: string
  readonly medicalNote?: string
  readonly accessNote?: string
  readonly phrases?: Phrases
  /** Inside a vehicle, asked for when it presses (JT/T 1078): its channels. */
  readonly cameras?: readonly { readonly channel: number; readonly name: string }[]
  readonly contacts?: readonly Contact[]
  /** Who agreed that these data are kept and shown to whoever helps. */
  readonly consent?: Consent
  readonly groupId?: GroupId
  readonly gridCellId?: GridCellId
  readonly fleetId?: FleetId
}

/** Who agreed to something, and when (`2026-11-01`). */
export interface Consent {
  readonly by: string
  readonly on: string
  readonly relation?: string
}

/** What a person's watch or pendant may tell. */
export interface Locator {
  /** Who agreed that its place is used; absent: no place is kept or passed on. */
  readonly consent?: Consent
  readonly fence?: Fence
}

/** Maps a source to its subject. */
export interface SourceRow {
  readonly id: SourceId
  readonly subjectId: SubjectId
  /** Others who share it: which of all of them calls is not known. */
  readonly alsoSubjectIds?: readonly SubjectId[]
  readonly kind: SourceKind
  readonly label?: string
  /** What it reports, where its protocol cannot say so: a contact at a digital input is a panic button or a door. */
  readonly alarmClass?: AlarmClass
  /** Until when what it sends is a test (rule 12), UTC ms. */
  readonly onTestUntilMs?: number
  readonly locator?: Locator
}

export interface GroupRow {
  readonly id: GroupId
  readonly name: string
}

export interface GridCellRow {
  readonly id: GridCellId
  readonly name: string
  readonly level: 1 | 2 | 3
  /** Closed ring of [lon, lat], WGS-84. */
  readonly ring: readonly (readonly [number, number])[]
  /** Responsible for it. */
  readonly unitId?: UnitId
  /** The cell of the level above that it is part of. */
  readonly parentId?: GridCellId
}
