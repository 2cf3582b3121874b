/** What leaves the house as evidence, on the wire: export orders and their progress, custody 流转记录, legal holds 封存. */
import type { CameraId, EvidenceId, IncidentId } from './brand.ts'
import type { EvidenceItem } from './incident.ts'

/** Longest range of one camera, and most cameras of one order: what a disk and a recipient can take. */
export const EXPORT_MAX_RANGE_MS = 24 * 3_600_000
export const EXPORT_MAX_RANGES = 16

/** Recorded media of one camera, UTC ms. */
export interface ExportRange {
  readonly cameraId: CameraId
  readonly fromMs: number
  readonly toMs: number
}

/**
 * POST /api/exports, answered by the new ExportJob. At least one of `incidentId` (all its evidence) and `ranges` (from recordings).
 * An operator names the incident he owns, and ranges of its cameras only; a leader may take anything.
 */
export interface ExportRequest {
  readonly incidentId?: IncidentId
  /** At most EXPORT_MAX_RANGES, each at most EXPORT_MAX_RANGE_MS. */
  readonly ranges?: readonly ExportRange[]
  /** Copies with the time and the camera's place written into the picture; the original is always there too. */
  readonly burnIn?: { readonly time: boolean; readonly address: boolean }
  /** One more file that shows all cameras: side by side under one clock, or one after another. */
  readonly oneFile?: 'grid' | 'sequence'
  /** Sound of that file: side by side one camera's, the first with sound unless one is named; one after another each camera's own. */
  readonly oneFileSound?: { readonly cameraId: CameraId } | 'none'
  /** Why; 4 letters at least, on record and in the bundle. */
  readonly reason: string
  /** Who gets it: name and office. */
  readonly receiver: string
}

export type ExportState = 'queued' | 'running' | 'ready' | 'failed' | 'cancelled' | 'deleted'

/** GET /api/exports (newest first), /api/exports/:id. POST /api/exports/:id/cancel gives it too; /api/exports/:id/ticket a Ticket. */
export interface ExportJob extends ExportRequest {
  readonly id: string
  readonly state: ExportState
  /** Shown number of the incident. */
  readonly incidentNumber?: string
  readonly cameraNames: readonly string[]
  readonly orderedBy: string
  readonly orderedAtMs: number
  readonly startedAtMs?: number
  readonly endedAtMs?: number
  /** What it is at: copying and checking, burning in, joining, packing. */
  readonly stage?: 'collect' | 'burnIn' | 'join' | 'pack'
  /** 0 … 100 while it runs. */
  readonly percent?: number
  readonly etaS?: number
  /** Jobs before this one. */
  readonly queuedBehind?: number
  readonly file?: string
  readonly bytes?: number
  readonly sha256?: string
  /** What was asked for and is not in the bundle. */
  readonly missing?: readonly ExportMissing[]
  readonly failure?: string
  /** The bundle is deleted then; the evidence stays. */
  readonly keptUntilMs?: number
}

/** `gone`: not there any more; `changed`: no longer what was sealed, so not given out; `unfinished`: still recording; `none`: nothing was recorded; `failed`: not converted. */
export interface ExportMissing {
  readonly what: string
  readonly why: 'gone' | 'changed' | 'unfinished' | 'none' | 'failed'
}

export type CustodyStep = 'recorded' | 'sealed' | 'viewed' | 'exported' | 'handedOut' | 'held' | 'released' | 'deleted'

/** One line of an item's custody log: `hash` is SHA-256 over `prev`, a line feed and the canonical JSON of the rest. */
export interface CustodyEntry {
  readonly item: EvidenceId
  /** From 1. */
  readonly seq: number
  readonly atMs: number
  readonly who: string
  readonly step: CustodyStep
  readonly reason?: string
  readonly detail?: Readonly<Record<string, string | number | boolean>>
  readonly prev: string
  readonly hash: string
}

/** What a hold keeps: an incident with its evidence and the recordings of its cameras around it, or a camera between two times. */
export type HoldTarget = { readonly incidentId: IncidentId } | ExportRange

/** A legal hold 封存: outranks retention and quota until a leader releases it. GET /api/holds, newest first. */
export interface Hold {
  readonly id: string
  readonly target: HoldTarget
  readonly incidentNumber?: string
  readonly cameraName?: string
  readonly reason: string
  /** Case or letter number 案号/文号. */
  readonly basis: string
  readonly heldBy: string
  readonly heldAtMs: number
  readonly releasedBy?: string
  readonly releasedAtMs?: number
  readonly releaseReason?: string
}

/** POST /api/holds; POST /api/holds/:id/release takes `{reason}`. Leaders only. */
export interface HoldRequest {
  readonly target: HoldTarget
  readonly reason: string
  readonly basis: string
}

/** GET /api/evidence/:id: the item with everything that is known about it. */
export interface EvidenceDetail {
  readonly item: EvidenceItem
  /** Canonical JSON as it was signed; absent until it is sealed. */
  readonly manifest?: string
  /** Ed25519 over the manifest's bytes, base64. */
  readonly signature?: string
  /** SHA-256 of the public key's DER. */
  readonly keyFingerprint?: string
  readonly custody: readonly CustodyEntry[]
  readonly holds: readonly Hold[]
  /** Retention has deleted the file; this record stays. */
  readonly deletedAtMs?: number
  /** Deleted by retention from then on, unless held or its incident is open. */
  readonly keptUntilMs?: number
}

/** An item as lists show it. */
export interface EvidenceRow {
  readonly item: EvidenceItem
  readonly incidentNumber: string
  /** Its manifest is signed and on record. */
  readonly sealed: boolean
  readonly held: boolean
  /** Retention has deleted the file. */
  readonly deletedAtMs?: number
}

/** GET /api/evidence with `incidentId` (all its items) or `search` (number of the incident or name of the camera; newest first). */
export interface EvidenceList {
  /** SHA-256 of the public key that signs here now, hex. */
  readonly fingerprint: string
  readonly rows: readonly EvidenceRow[]
  /** Incidents before it were not looked at: there were enough rows, or too many incidents. */
  readonly searchedBackToMs?: number
}
