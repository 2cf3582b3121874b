/** The manifest of one item: everything a court asks about a recording, as one canonical text that is signed. */
import type { GeoPoint } from '../core/geo.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import { canonicalJson } from './canonical.ts'

/** What is known of the camera at the time of sealing. */
export interface CameraFacts {
  readonly position?: GeoPoint
  /** Grid cell or street, as the registry has it. */
  readonly place?: string
  readonly ownership?: 'public' | 'private'
  readonly maker?: string
  readonly model?: string
  readonly firmware?: string
  readonly serial?: string
  /** Its clock minus ours, ms; absent: not measured. */
  readonly clockOffsetMs?: number
}

export interface ManifestContext {
  readonly sealedAtMs: number
  readonly incident: Incident | undefined
  readonly camera: CameraFacts
  readonly keyFingerprint: string
  readonly version: string
  readonly timeZone: string
}

/** Where the times come from; the bundle's README says it in words. */
export const TIME_SOURCE = 'gateway clock, UTC; RTCP sender reports of the camera where they agree with arrival'
/** Of a voice: where its first packet lies in time, and how the others follow it. */
const VOICE_TIME_SOURCE = 'gateway clock, UTC, of the first packet; RTP timestamps of the telephone after it'

/** Of a photo that somebody sent. */
const PHOTO_TIME_SOURCE = 'clock of the phone where it was taken off line, else gateway clock, UTC, when it came'
const TIME_SOURCES: Partial<Record<EvidenceItem['kind'], string>> = {
  voice: VOICE_TIME_SOURCE,
  photo: PHOTO_TIME_SOURCE
}

/** Of a `ready` item. */
export function manifestOf(item: EvidenceItem, context: ManifestContext): string {
  const { incident, camera } = context
  const { actualFromMs = 0, actualToMs = 0 } = item
  return canonicalJson({
    type: 'pingan.evidence',
    version: 1,
    evidenceId: item.id,
    kind: item.kind,
    incident: { id: item.incidentId, number: incident?.number, openedAtMs: incident?.openedAtMs },
    orderedBy: { who: item.takenBy?.who ?? 'system', cause: incident?.alarmClass ?? 'alarm', atMs: item.createdAtMs },
    ...(item.kind === 'voice' || item.kind === 'photo'
      ? { source: { id: item.cameraId, name: item.cameraName } }
      : { camera: { id: item.cameraId, name: item.cameraName, ...camera } }),
    // Taken by the device of the alarm and sent by it: its own time is a claim.
    ...(item.origin ? { origin: item.origin } : {}),
    deviceClock:
      camera.clockOffsetMs === undefined ? { measured: false } : { measured: true, offsetMs: camera.clockOffsetMs },
    requested: span(item.requestedFromMs, item.requestedToMs),
    actual: span(actualFromMs, actualToMs),
    preRollShortMs: Math.max(0, actualFromMs - item.requestedFromMs),
    endShortMs: Math.max(0, item.requestedToMs - actualToMs),
    ...(item.cut ? { cut: item.cut } : {}),
    gapMs: item.gapMs ?? 0,
    gaps: item.gaps ?? [],
    file: {
      name: item.file,
      bytes: item.bytes,
      sha256: item.sha256,
      codec: item.codec,
      width: item.width,
      height: item.height
    },
    // The other files of this camera and alarm that are there by now; each has a manifest of its own.
    related: related(item, incident?.evidence ?? []),
    time: { source: TIME_SOURCES[item.kind] ?? TIME_SOURCE, zone: context.timeZone },
    software: { name: 'pingan-gateway', version: context.version },
    sealedAtMs: context.sealedAtMs,
    keyFingerprint: context.keyFingerprint
  })
}

function related(item: EvidenceItem, all: readonly EvidenceItem[]): readonly object[] {
  return all
    .filter(other => other.id !== item.id && other.cameraId === item.cameraId && other.state === 'ready')
    .map(({ id, kind, sha256 }) => ({ evidenceId: id, kind, sha256 }))
}

/** Both forms: numbers for programs, text for people. */
function span(fromMs: number, toMs: number): object {
  return { fromMs, toMs, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }
}
