/** Who may look at which recordings: the last day of public cameras at will, anything else around an incident or with a stated reason (rule 9). */
import type { IncidentId } from '../core/brand.ts'
import type { CameraRow } from '../core/unit.ts'
import type { Role } from '../core/wire.ts'
import { statedReason } from './camera-access.ts'
import { may } from './permissions.ts'

/** Times UTC ms. */
export interface Interval {
  readonly fromMs: number
  readonly toMs: number
}

/** An incident that lists the camera among its nearest: from its opening to its end, or to now. */
export interface NearIncident extends Interval {
  readonly id: IncidentId
}

/** The interval that is allowed may be shorter than the one asked for. `basis` goes into the audit log. */
export type RecordingDecision =
  | (Interval & { readonly ok: true; readonly basis: 'public' })
  | (Interval & { readonly ok: true; readonly basis: 'incident'; readonly incidentId: IncidentId })
  | (Interval & { readonly ok: true; readonly basis: 'reason'; readonly reason: string })
  | { readonly ok: false; readonly code: 'NOT_ALLOWED' | 'RECORDING_CLOSED' }

/** Operators look back so far without a reason; a shift and the one before. */
export const FREE_MS = 24 * 3_600_000
/** Belongs to an incident before its opening and after its end: who came, who went. */
export const AROUND_INCIDENT_MS = 10 * 60_000

export interface RecordingWish extends Interval {
  readonly near: readonly NearIncident[]
  readonly reason?: string
  readonly nowMs: number
}

export function mayPlay(
  camera: Pick<CameraRow, 'ownership'>,
  user: { readonly role: Role },
  wish: RecordingWish
): RecordingDecision {
  if (!may(user, 'recording.view')) return { ok: false, code: 'NOT_ALLOWED' }
  const freeFromMs = may(user, 'recording.browse') ? 0 : wish.nowMs - FREE_MS
  const free = camera.ownership === 'public' ? cut(wish, freeFromMs, Number.POSITIVE_INFINITY) : undefined
  if (free?.fromMs === wish.fromMs) return { ok: true, basis: 'public', ...free }
  for (const { id, fromMs, toMs } of wish.near) {
    const part = cut(wish, fromMs - AROUND_INCIDENT_MS, toMs + AROUND_INCIDENT_MS)
    if (part) return { ok: true, basis: 'incident', incidentId: id, ...part }
  }
  const reason = statedReason(wish.reason)
  if (reason !== undefined) return { ok: true, basis: 'reason', reason, fromMs: wish.fromMs, toMs: wish.toMs }
  return free ? { ok: true, basis: 'public', ...free } : { ok: false, code: 'RECORDING_CLOSED' }
}

function cut(wish: Interval, fromMs: number, toMs: number): Interval | undefined {
  const part = { fromMs: Math.max(wish.fromMs, fromMs), toMs: Math.min(wish.toMs, toMs) }
  return part.fromMs < part.toMs ? part : undefined
}
