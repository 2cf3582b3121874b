/** A Signal 信号: what an adapter decoded from a device; immutable, journaled, not yet judged. */
import type { SourceId } from './brand.ts'
import type { GeoPoint } from './geo.ts'

export const SOURCE_KINDS = [
  'panicPhone',
  'alarmBox',
  'taxi',
  'oneKeyCall',
  'detector',
  'cameraAnalytics',
  'personReport'
] as const
/** What kind of thing called for help. */
export type SourceKind = (typeof SOURCE_KINDS)[number]

export const ALARM_CLASSES = [
  'panic',
  'duress',
  'medical',
  'fire',
  'intrusion',
  'tamper',
  'gas',
  'water',
  'environment',
  'help',
  'fence',
  'report',
  'camera',
  'trouble',
  'unmapped'
] as const
/** What is wrong, in the words of the floor. */
export type AlarmClass = (typeof ALARM_CLASSES)[number]

export type Qualifier = 'new' | 'restore' | 'status'
export type Condition = 'alarm' | 'fault' | 'tamper' | 'test' | 'heartbeat' | 'cancel'

/** Presses of one alarm that came faster than anybody can press, journaled as one. */
export interface Gathered {
  readonly presses: number
  /** Of the newest; the signal's own is that of the first. */
  readonly lastEventId: string
  /** Our clock, of the newest. */
  readonly lastReceivedMs: number
  /** The devices' claims, the earliest and the latest. */
  readonly firstDeviceTimeMs?: number
  readonly lastDeviceTimeMs?: number
  /** Zones 防区 that they came from, when there are several: the first 32. */
  readonly zones?: readonly string[]
}

/** One decoded report of one source. Only what the device said and what the transport proves; meaning is added by intake. */
export interface Signal {
  readonly sourceId: SourceId
  readonly sourceKind: SourceKind
  readonly qualifier: Qualifier
  readonly condition: Condition
  readonly alarmClass: AlarmClass
  /**
   * Unique within the source: the same press sent twice carries the same eventId and is one signal; a new press has a new one.
   * 1–128 printable characters.
   */
  readonly eventId: string
  /** Zone 防区 of an alarm box; part of the alarm's identity except for panic (rule 2). */
  readonly zone?: string
  /** The device's claim, UTC ms. Never used for ordering. */
  readonly deviceTimeMs?: number
  /**
   * The device itself says that it kept this while it could not reach us. Without that word an old device time is a wrong clock, and the
   * press is now.
   */
  readonly stored?: boolean
  /** Our clock when the frame's last byte was read, UTC ms. */
  readonly receivedTimeMs: number
  readonly position?: GeoPoint
  /** Free text from the device, or what we say of it in Chinese; at most 500 characters. */
  readonly text?: string
  /** The same in English; absent: `text` is as somebody wrote it. */
  readonly textEn?: string
  /** For `trouble`: one cause, one incident, e.g. `offline`, `stuck-button`, `battery`. */
  readonly cause?: string
  /** False when the transport could not prove who it is (SIP From without digest or trusted trunk). */
  readonly verified: boolean
  /** Peer as `udp 10.0.0.1:5060` or `tcp 10.0.0.1:40112`; for the diagnostics and the budget of unknown sources. */
  readonly origin: string
  /** Of a restore: the device's alarm went out on our own word (0x8203), nothing was put right there. */
  readonly confirmed?: boolean
  /** The key of a telephone that reports it, pressed in a call. */
  readonly digit?: string
  /** Login of the person of this floor who reports it: what he finds himself opens no private camera to him (rule 9). */
  readonly reportedBy?: string
  /** The frame as received, hex or text, at most 4,096 characters: kept in the journal for the engineer. */
  readonly raw?: string
  /** Absent: it is one report. */
  readonly gathered?: Gathered
}

/** How many presses this signal stands for. */
export const pressesOf = ({ gathered }: Signal): number => gathered?.presses ?? 1

/** When it was pressed last, our clock. */
export const pressedMs = ({ gathered, receivedTimeMs }: Signal): number => gathered?.lastReceivedMs ?? receivedTimeMs

/** What durability gave back. */
export interface Accepted {
  /** The journal's sequence number. */
  readonly seq: number
  /** True when (sourceId, eventId) was journaled before: a retransmission. */
  readonly duplicate: boolean
}
