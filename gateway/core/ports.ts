/** What rooms and adapters ask of the world; implementations live outside core and are handed in by the composition root. */
import type { CameraId, SourceId } from './brand.ts'
import type { CommandAnswer, CommandKind, DeviceCommand } from './device-command.ts'
import type { Position } from './geo.ts'
import type { CallEvents, CallRequest, PlacedCall } from './placed-call.ts'
import type { Admission, TerminalApplication } from './registration.ts'
import type { Accepted, Signal, SourceKind } from './signal.ts'
import type { HeartbeatRule } from './sources.ts'
import type { ExplainedField, TraceFrame } from './trace.ts'
import type { VoiceKeeper, VoiceLines } from './voice.ts'
import type { CallJoin } from './voice-party.ts'

/** Time as a port: tests own it. */
export interface Clock {
  /** UTC ms. */
  now(): number
  /** ms since some moment, by a clock that nobody sets; the same for all processes of this machine. */
  steady(): number
  /** Calls back once after `ms`; the returned function cancels. */
  after(ms: number, callback: () => void): () => void
  /** Calls back every `ms` until cancelled. */
  every(ms: number, callback: () => void): () => void
}

export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Log
}

/** Where something listens; `setting` is the configuration key to change when the port is taken. */
export interface Endpoint {
  readonly protocol: 'tcp' | 'udp' | 'tls' | 'http' | 'https' | 'ws'
  readonly address: string
  readonly port: number
  readonly setting: string
}

/** A login secret of a device, as the credentials store has it. */
export interface Credential {
  readonly username: string
  readonly password: string
}

/** A device was seen, came, went, or told its make. */
export interface Sighting {
  readonly deviceId: string
  readonly protocol: string
  readonly state: 'online' | 'offline' | 'seen'
  readonly atMs: number
  readonly origin?: string
  readonly maker?: string
  readonly model?: string
  readonly firmware?: string
  readonly detail?: Readonly<Record<string, string | number | boolean>>
  /** Of an alarm box, by partition 分区; `-` is the whole box. */
  readonly arm?: Readonly<Record<string, ArmState>>
  /** Its next word is waited for: absent for what speaks only when it has something to say. */
  readonly supervised?: boolean
}

/** 布防, 留守布防 (the outside only), 撤防. It is shown and filters nothing (rule 4). */
export type ArmState = 'armed' | 'stay' | 'disarmed'

/** A camera that an adapter can read: how to reach its streams. Passwords travel by credential name only. */
export interface CameraSighting {
  /** The registry's camera when it is known, else absent: found, not yet adopted. */
  readonly cameraId?: CameraId
  readonly endpoint: string
  readonly address: string
  readonly maker?: string
  readonly model?: string
  readonly firmware?: string
  readonly serial?: string
  readonly main?: { readonly url: string; readonly codec?: string; readonly width?: number; readonly height?: number }
  readonly sub?: { readonly url: string; readonly codec?: string; readonly width?: number; readonly height?: number }
  readonly snapshotUrl?: string
  readonly credential?: string
}

/** What a camera noticed by itself: a state that begins or ends, never an alarm. */
export interface CameraEvent {
  readonly endpoint: string
  readonly address: string
  readonly kind: 'motion' | 'tampered' | 'videoLoss'
  readonly active: boolean
  /** Our clock. */
  readonly atMs: number
}

/** What a vehicle is asked for, and where to. */
export interface VideoOrder {
  readonly channel: number
  readonly on: boolean
  /** Empty: where the vehicle itself has connected to. */
  readonly address: string
  readonly port: number
  /** By datagrams instead of a connection. */
  readonly udp: boolean
  /** With the sound around the camera: listening in, approved by a leader. */
  readonly sound: boolean
}

/** What a device itself recorded because of its alarm: a photo that the vehicle took. */
export interface DeviceEvidence {
  readonly kind: 'photo'
  readonly sourceId: SourceId
  /** Our clock. */
  readonly receivedMs: number
  /** The device's claim. */
  readonly deviceTimeMs?: number
  /** Of the device's cameras, from 1. */
  readonly channel: number
  /** The device's number of this medium: sent again it is the same. */
  readonly mediaId: number
  /** A JPEG. */
  readonly bytes: Buffer
}

/** Durable by the same commit as the signal: small adapter state that must survive a restart, e.g. a vehicle's last alarm bits. */
export interface Remember {
  readonly key: string
  readonly value: string
}

/**
 * What an adapter is given. `accept` resolves when the signal is durable; only then may the device be acknowledged.
 * It rejects with a GatewayError when the journal cannot store (disk full): then the device must not be acknowledged.
 */
export interface AdapterHost {
  readonly clock: Clock
  readonly log: Log
  accept(signal: Signal, remember?: Remember): Promise<Accepted>
  /** What was remembered last under this key, from memory, no I/O. */
  recall(key: string): string | undefined
  /** Stores adapter state that comes with no signal (e.g. an issued authentication code). */
  remember(entry: Remember): Promise<void>
  sighted(sighting: Sighting): void
  /** Latest value only; conflated, expiring, never journaled. */
  position(sourceId: SourceId, position: Position): void
  camera(sighting: CameraSighting): void
  /** Goes to recording and to the camera's health; may be told again and again. */
  cameraEvent(event: CameraEvent): void
  /** Counts bad input by reason, `count` (1) at once; logged at most once a second. `reason` is one of the adapter's own closed set of words. */
  reject(reason: string, origin: string, detail?: string, count?: number): void
  /** A frame as it came or went, for the technician's page; in memory, bounded, costs next to nothing. Absent: nobody keeps it. */
  trace?(frame: TraceFrame): void
  /** True when the registry maps this source to a household, premises or vehicle; from memory, no I/O. */
  known(sourceId: SourceId): boolean
  /** What the registry says that this source is; undefined when it does not know it. From memory, no I/O. */
  kindOf?(sourceId: SourceId): SourceKind | undefined
  /** Whoever this source stands for is under duress now: what it says is taken and not answered (rule 5). From memory, no I/O. Absent: nobody knows. */
  hushed?(sourceId: SourceId): boolean
  /** A terminal that `known` refuses asks to be registered: listed for the administrator. Absent: nobody lists it. */
  applied?(application: TerminalApplication): void
  /**
   * A terminal that `known` takes registers: is it the one that stands for its number? `isHeld`: one of that number is here and authenticated. The first
   * one is remembered before this resolves. Rejects with STORE_FAILED. Absent: nobody looks.
   */
  admits?(application: TerminalApplication, isHeld: boolean): Promise<Admission>
  /** True when the registry lists this camera, by endpoint or IP address; only such ones may be offered a shared log-in. Absent: all. */
  knowsCamera?(endpoint: string, address: string): boolean
  /** The log-in of a device by key: its login name, its address or endpoint, or a shared name such as `cameras`; undefined when unknown. */
  credential(key: string): Promise<Credential | undefined>
  /**
   * Keeps what a device recorded as evidence of the open incident of its source. Resolves when it is durable; rejects with a GatewayError
   * when it cannot be stored: then the device must not be acknowledged. Nothing is kept without an open incident, or beyond a fair number.
   */
  evidence?(found: DeviceEvidence): Promise<'kept' | 'noIncident' | 'full'>
  /** Takes recordings of callers' voices; absent: nothing is recorded. */
  readonly voice?: VoiceKeeper
  /** Stores the log-in of a device that an adapter provisions, with its audit entry in the same transaction. */
  saveCredential?(
    key: string,
    credential: Credential,
    audit: { readonly action: string; readonly object: string; readonly detail: Readonly<Record<string, string>> }
  ): Promise<void>
  /** So many lines are about to open; readiness waits until each listens or is said not to. Absent or not called: for the first. */
  expecting?(lines: number): void
  /** An adapter tells every socket it opened. */
  listening(endpoint: Endpoint): void
  /** One of an adapter's lines cannot listen while the others go on; it is tried again, and `listening` is its end. Absent: nobody is told. */
  notListening?(endpoint: Endpoint, why: string): void
}

/**
 * A protocol. `run` works until the signal aborts and then leaves no handle open; it throws to be restarted by the supervisor.
 * Outgoing actions are optional members, called by capability.
 */
export interface Adapter {
  readonly name: string
  /** How its sources show that they live; absent: they speak only when they have something to say. */
  readonly heartbeat?: HeartbeatRule
  /** What the bytes of a traced frame mean; pure, whatever they are. Secrets are marked, so that they are blanked before anybody sees them. */
  explain?(bytes: Uint8Array, out: boolean): readonly ExplainedField[]
  run(host: AdapterHost, abort: AbortSignal): Promise<void>
  /** The operator has acknowledged the alarm of this source: the taxi's button light goes out (JT/T 808 0x8203), a box shows it. Resolves with `nothing` where it had nothing to tell. */
  confirmAlarm?(sourceId: SourceId, eventId: string): Promise<unknown>
  /** Its devices keep an alarm set until that is told: until then their next press is no news. */
  readonly latches?: boolean
  /** A unit is on its way: a caller still on the line hears it. False when nobody is, or nothing may be said (duress). */
  unitComing?(sourceId: SourceId): Promise<boolean>
  /** Duress is known of it: nothing that was not said before is said to it any more (rule 5). */
  hush?(sourceId: SourceId): void
  /** Rings a telephone; calls at once are bounded per line, one too many ends as `noLine`. Never throws. */
  placeCall?(request: CallRequest, events: CallEvents): PlacedCall
  /** Open calls that consoles may hear. */
  readonly voice?: VoiceLines
  /** What this source can be told now; empty while it cannot be reached. From memory, no I/O. */
  commandsOf?(sourceId: SourceId): readonly CommandKind[]
  /** Whether its terminal shows a text on a roof sign; absent: none of this protocol does. From memory, no I/O. */
  hasRoofSign?(sourceId: SourceId): boolean
  /** Asks a vehicle to send a camera's video, or to end it. */
  video?(sourceId: SourceId, order: VideoOrder): Promise<CommandAnswer>
  /** Resolves with the device's confirmed result, within a bounded time; who may order it is settled before. */
  command?(sourceId: SourceId, command: DeviceCommand): Promise<CommandAnswer>
  /** How many calls to this number could be placed at this moment; undefined when no line leads there at all. */
  freeLines?(number: string): number | undefined
  /** How many open calls a further one would join. */
  onLine?(join: CallJoin): number
}
