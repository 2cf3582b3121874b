/** A camera of the simulated town as its servers see it. */
import type { Broadcast } from './broadcast.ts'
import type { DigestCheck } from './digest-check.ts'
import type { EventService } from './event-service.ts'

export type StreamKind = 'main' | 'sub'

/** One profile: its broadcast and the size of its picture in pixels. */
export interface CameraStream {
  readonly broadcast: Broadcast
  readonly width: number
  readonly height: number
}

/** How the device wants logins: WS-Security, HTTP digest, or either. */
export type DeviceAuth = 'either' | 'wsse' | 'digest'

export interface SimulatedCamera {
  /** 1 … 65535; part of every address and of the stamp in the pictures. */
  readonly number: number
  /** `urn:uuid:…`. */
  readonly endpoint: string
  readonly name: string
  readonly model: string
  readonly auth: DeviceAuth
  /** Its streams are offered as `rtsps://` only. */
  readonly secure: boolean
  /** How wrong the device's own clock is. */
  readonly clockOffsetMs: number
  readonly streams: Readonly<Record<StreamKind, CameraStream>>
  readonly snapshot: Buffer
  readonly rtspDigest: DigestCheck
  readonly httpDigest: DigestCheck
  /** Absent: it sends no events. */
  readonly events?: EventService
  /** Fault for tests: RTSP connections are cut and refused. */
  cut: boolean
}
