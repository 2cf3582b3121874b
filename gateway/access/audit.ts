/** The words of the audit log: who, what, on which object, done or refused and why. The store chains the entries (rule 11). */
import type { CameraId } from '../core/brand.ts'
import type { AuditEntry } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import type { CameraDecision } from './camera-access.ts'
import type { RecordingDecision } from './recording-access.ts'

/** Why a log-in was refused. */
export type LoginRefusal = 'unknown' | 'password' | 'disabled' | 'seatTaken'

/** A person, `system` or `command line`. */
export type Who = Pick<SessionUser, 'login' | 'name'> | 'system' | 'command line'

function name(who: Who): string {
  return typeof who === 'string' ? who : personOf(who)
}

/** What was typed as a work number, kept only if it looks like one: people type passwords into the wrong field. */
export function typed(login: string): string {
  return /^\d{1,16}$/.test(login) ? login : 'not a work number'
}

export function loginDone(atMs: number, user: SessionUser, origin: string): AuditEntry {
  return {
    atMs,
    who: personOf(user),
    action: 'login',
    object: seatObject(user.seat),
    outcome: 'done',
    detail: { origin }
  }
}

/** `person` is who has that number, when somebody has; `lockedMs` the lock that this refusal caused, 0 for none. */
export function loginRefused(
  atMs: number,
  login: string,
  person: Pick<SessionUser, 'login' | 'name'> | undefined,
  reason: LoginRefusal,
  origin: string,
  lockedMs: number
): AuditEntry {
  const detail = { origin, lockedMs }
  const who = person ? personOf(person) : typed(login)
  return { atMs, who, action: 'login', object: 'session', outcome: 'refused', reason, detail }
}

/** A session's end: by its user, by the same user at another place, by who sat down where it was left, by a leader, by time or with the user's account. */
export type SessionEnd = 'logout' | 'moved' | 'left' | 'freed' | 'expired' | 'account'

export function sessionEnded(atMs: number, user: SessionUser, by: Who, reason: SessionEnd, origin: string): AuditEntry {
  const object = seatObject(user.seat)
  return {
    atMs,
    who: name(by),
    action: 'logout',
    object,
    outcome: 'done',
    reason,
    detail: { user: user.login, origin }
  }
}

export function userSaved(atMs: number, by: Who, login: string, role: string, change: string): AuditEntry {
  return { atMs, who: name(by), action: 'userSave', object: `user:${login}`, outcome: 'done', detail: { role, change } }
}

/** A look at a live picture, or the refusal of one; `audio`: listening to its sound. */
export function cameraViewed(
  atMs: number,
  user: SessionUser,
  cameraId: CameraId,
  decision: CameraDecision,
  { audio = false, webrtc = false }: { readonly audio?: boolean; readonly webrtc?: boolean } = {}
): AuditEntry {
  const entry = { atMs, who: personOf(user), action: 'cameraView', object: `camera:${cameraId}` } as const
  const special = { ...(audio && { audio }), ...(webrtc && { by: 'webrtc' }) }
  const how = audio || webrtc ? { detail: special } : {}
  if (!decision.ok) return { ...entry, outcome: 'refused', reason: decision.code, ...how }
  switch (decision.basis) {
    case 'public':
      return { ...entry, outcome: 'done', reason: 'public', ...how }
    case 'incident': {
      const detail = { incidentId: decision.incidentId, ...special }
      return { ...entry, outcome: 'done', reason: 'incident', detail }
    }
    case 'reason':
      return { ...entry, outcome: 'done', reason: decision.reason, ...how }
  }
}

/** A still taken from a live picture is a look that leaves the house: same basis, same refusals. */
export function stillTaken(atMs: number, user: SessionUser, cameraId: CameraId, decision: CameraDecision): AuditEntry {
  return { ...cameraViewed(atMs, user, cameraId, decision), action: 'cameraStill' }
}

/** A look at recordings, or a picture of them that leaves the house, with the interval that was opened; of a refusal, the one that was asked for. UTC ms. */
export function recordingViewed(
  atMs: number,
  user: SessionUser,
  cameraId: CameraId,
  asked: { readonly fromMs: number; readonly toMs: number; readonly audio?: boolean },
  decision: RecordingDecision,
  action: 'recordingView' | 'recordingStill' = 'recordingView'
): AuditEntry {
  const { fromMs, toMs } = decision.ok ? decision : asked
  const entry = { atMs, who: personOf(user), action, object: `camera:${cameraId}` } as const
  const look = { fromMs, toMs, ...(asked.audio === true && { audio: true }) }
  if (!decision.ok) return { ...entry, outcome: 'refused', reason: decision.code, detail: look }
  const reason = decision.basis === 'reason' ? decision.reason : decision.basis
  const detail = { ...look, ...(decision.basis === 'incident' && { incidentId: decision.incidentId }) }
  return { ...entry, outcome: 'done', reason, detail }
}

/** One entry stands for a stretch of looking, not for every message: `object` is `units` or an incident (rule 10); `span` of further readings. */
export function positionsRead(
  atMs: number,
  user: SessionUser,
  object: string,
  count: number,
  span: { readonly fromMs?: number; readonly toMs?: number } = {}
): AuditEntry {
  return { atMs, who: personOf(user), action: 'positionRead', object, outcome: 'done', detail: { count, ...span } }
}

function seatObject(seat: number | undefined): string {
  return seat === undefined ? 'session' : `seat:${seat}`
}
