/** Who may give what out of the house: a leader anything; an operator only of the incident he owns, its evidence and the time around it. */
import type { Incident } from '../core/incident.ts'
import type { CameraRow } from '../core/unit.ts'
import type { ExportRange, ExportRequest, SessionUser } from '../core/wire.ts'
import { may } from './permissions.ts'

/** What an operator may take of the recordings before and after his incident. */
const AROUND_MS = 3_600_000
/** As for a look at a private camera (rule 9). */
const REASON = /(?:[\p{L}\p{N}][^\p{L}\p{N}]*){4}/u

export type ExportDecision =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'NOT_ALLOWED' | 'BODY_INVALID' | 'NOT_OWNER'; readonly why: string }

/**
 * Data that leave the house cannot be called back, so any incident and any camera is a leader's decision. The owner of an incident may
 * hand out what belongs to it: the patrol or 110 needs it now. The stated reason is the basis for private cameras, and is on record.
 */
export function mayExport(
  user: SessionUser,
  request: Pick<ExportRequest, 'ranges' | 'reason' | 'receiver'>,
  incident: Incident | undefined,
  cameras: readonly CameraRow[]
): ExportDecision {
  if (!may(user, 'evidence.export')) return { ok: false, code: 'NOT_ALLOWED', why: 'evidence.export' }
  if (!REASON.test(request.reason)) return { ok: false, code: 'BODY_INVALID', why: 'reason' }
  if (request.receiver.trim() === '') return { ok: false, code: 'BODY_INVALID', why: 'receiver' }
  if (may(user, 'evidence.exportAny')) return { ok: true }
  if (incident?.owner?.userId !== user.userId) return { ok: false, code: 'NOT_OWNER', why: 'not the owner' }
  const own = new Set<string>(incident.cameras.map(camera => camera.cameraId))
  if (cameras.some(camera => !own.has(camera.id))) return { ok: false, code: 'NOT_ALLOWED', why: 'another camera' }
  if (!(request.ranges ?? []).every(range => isAround(range, incident)))
    return { ok: false, code: 'NOT_ALLOWED', why: 'another time' }
  return { ok: true }
}

function isAround({ fromMs, toMs }: ExportRange, incident: Incident): boolean {
  const lastMs = Math.max(incident.resolvedAtMs ?? incident.openedAtMs, ...incident.pressTimesMs)
  return fromMs >= incident.openedAtMs - AROUND_MS && toMs <= lastMs + AROUND_MS
}
