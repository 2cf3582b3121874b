/** The video plane as the other rooms see it: what is kept open, what is recorded, what can be asked for. */
import type { CameraId, EvidenceId, IncidentId, UserId } from './brand.ts'
import type { StreamSigns } from './camera-health.ts'
import type { Credential } from './ports.ts'
import type { RecordedSegment, RecordingHealth, RecordingOrder, StrayRecordings } from './recording.ts'

/** Latest state of one camera's stream as the video plane sees it. */
export interface StreamHealth {
  readonly cameraId: CameraId
  readonly state: 'connecting' | 'live' | 'stale' | 'offline' | 'unauthorized' | 'idle'
  readonly lastFrameAtMs?: number
  readonly codec?: string
  readonly width?: number
  readonly height?: number
  readonly bitrateKbps?: number
  readonly fps?: number
  readonly preRollMs?: number
  /** Memory of the pre-roll stream's ring. */
  readonly arenaBytes?: number
  /** How the packets come: inside the RTSP connection, as datagrams, or inside an encrypted connection. */
  readonly transport?: 'tcp' | 'udp' | 'tls'
  /** SHA-256 of a certificate that nobody vouches for, seen for the first time: to be remembered. */
  readonly newCertificate?: string
  /** How the sound that comes is coded; absent where none is taken in or none has come. */
  readonly sound?: 'pcma' | 'pcmu' | 'aac'
  /** Sound that comes and cannot be decoded, by its name in the standard. */
  readonly soundUnreadable?: string
  readonly attempts?: number
  readonly error?: string
  readonly recording?: RecordingHealth
  /** Absent while no worker watches the camera. */
  readonly signs?: StreamSigns
}

/** A camera's streams as the video plane must keep them; `login` is given to workers over IPC, never logged. */
export interface MediaCamera {
  readonly cameraId: CameraId
  readonly name: string
  readonly mainUrl?: string
  readonly subUrl?: string
  readonly login?: Credential
  /** Which stream is kept open for pre-roll. */
  readonly preRollStream: 'main' | 'sub'
  /** The sound is received and recorded, default false: recording speech is a decision of its own. Of a vehicle's camera it may change while the picture goes on. */
  readonly audio?: boolean
  /** `auto` (default): inside the RTSP connection, as datagrams where the camera refuses that; `udp` falls back to it after 4 s. */
  readonly transport?: 'auto' | 'tcp' | 'udp'
  /** SHA-256 of the certificate for `rtsps://`: given by the registry, or remembered since it was first seen. */
  readonly certificate?: { readonly pinned?: string; readonly remembered?: string }
}

export interface ClipRequest {
  readonly evidenceId: EvidenceId
  readonly incidentId: IncidentId
  readonly cameraId: CameraId
  readonly fromMs: number
  readonly toMs: number
}

/** Missing media inside a recording, UTC ms. */
export interface MediaGap {
  readonly fromMs: number
  readonly toMs: number
}

export interface ClipResult {
  readonly evidenceId: EvidenceId
  readonly file: string
  readonly actualFromMs: number
  readonly actualToMs: number
  /** Total of what is missing inside. */
  readonly gapMs: number
  /** Where it is missing, oldest first, the first 200. */
  readonly gaps?: readonly MediaGap[]
  /** Its end is missing: the disk was full until a minute after it. */
  readonly cut?: 'diskFull'
  /** RFC 6381, of the video. */
  readonly codec?: string
  readonly width?: number
  readonly height?: number
  readonly bytes: number
  readonly sha256: string
}

/** Recordings of one stream, UTC ms. */
export interface PlayRange {
  readonly cameraId: CameraId
  readonly stream: 'main' | 'sub'
  readonly fromMs: number
  readonly toMs: number
  /** Sound, too, where there is some: part of the look that is audited. */
  readonly audio?: boolean
}

/** What a ticket lets one user fetch from a worker's own port; 30 s, HMAC, carried in a header or the first message, never in a URL. */
export interface TicketGrant {
  /** `ws://host:port/live` or `http://host:port/file`, host as the browser reached us. */
  readonly port: number
  readonly path: string
  readonly ticket: string
  readonly expiresAtMs: number
}

/** The video plane as the other rooms see it. */
export interface Media {
  setCameras(cameras: readonly MediaCamera[]): void
  /** Where vehicles bring their video to (JT/T 1078); undefined where none is taken. */
  vehiclePort(): number | undefined
  health(): readonly StreamHealth[]
  /** What has to be recorded from now on, the whole list. */
  record(orders: readonly RecordingOrder[]): void
  /** Files that lie on disk and are in no row: mended where they are torn, and reported. */
  adopt(strays: readonly StrayRecordings[]): void
  /** Segments that were begun, have grown or are finished. */
  onRecorded(listener: (segments: readonly RecordedSegment[]) => void): () => void
  /**
   * A ticket for a camera's live picture by MSE; `nearOnly`: because an incident is near, and no longer than that; `audio`: for
   * the stream's sound instead of its picture; `webrtc`: for its picture by WebRTC, or WEBRTC_OFF is thrown.
   */
  liveTicket(
    cameraId: CameraId,
    stream: 'main' | 'sub',
    userId: UserId,
    nearOnly?: boolean,
    audio?: boolean,
    webrtc?: boolean
  ): TicketGrant
  /** A ticket for the recordings of one camera's stream between two times; serves one connection. */
  playTicket(range: PlayRange, userId: UserId): TicketGrant
  /** A ticket by which one phone sends the pictures of its camera, which is among the cameras already. */
  sendTicket(cameraId: CameraId, userId: UserId): TicketGrant
  /** A ticket for one evidence file. */
  fileTicket(file: string, userId: UserId): TicketGrant
  /** The seconds before now as a file of its own, at once; resolves when it is on disk. */
  preview(request: ClipRequest): Promise<ClipResult>
  /** Pins the pre-roll at once, resolves when the post-roll has come and the file is synced; rejects when there is no media at all. */
  clip(request: ClipRequest): Promise<ClipResult>
  /** JPEG of the keyframe nearest before `atMs`. */
  still(request: ClipRequest): Promise<ClipResult>
  /** An ongoing clip ends later (the source pressed again). */
  extend(evidenceId: EvidenceId, toMs: number): void
  onHealth(listener: (health: StreamHealth) => void): () => void
  /** The last session of this user is over: live pictures close (4401), and tickets given before open nothing more. */
  endUser(userId: UserId): void
  /** No open incident is near this camera any more: live pictures that were open because of one close (4403), such tickets given before open nothing. */
  endLooks(cameraId: CameraId): void
}
