/** Joins playback with the house: which incidents open a camera's recordings, the audit entry, then the ticket. */
import { recordingViewed } from '../access/audit.ts'
import { opensTo } from '../access/camera-access.ts'
import { type Interval, mayPlay, type NearIncident } from '../access/recording-access.ts'
import { type CameraId, type IncidentId, id, type UserId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Incident } from '../core/incident.ts'
import { laneOf } from '../core/lifecycle.ts'
import type { Media } from '../core/media.ts'
import type { Clock } from '../core/ports.ts'
import type { Commit, Store } from '../core/store.ts'
import type { PlayTicketRequest, SessionUser } from '../core/wire.ts'
import type { PlaybackRooms } from '../http/ports.ts'
import type { Registry } from '../registry/registry.ts'

export interface PlaybackDeps {
  readonly clock: Clock
  readonly store: Pick<Store, 'incident'>
  readonly commit: Commit
  readonly registry: Pick<Registry, 'camera'>
  readonly incidents: { get(incidentId: IncidentId): Incident | undefined; all(): Iterable<Incident> }
  readonly media: Pick<Media, 'playTicket'>
}

/** A ticket may run a little into the future: playback goes on at the newest second. */
const AHEAD_MS = 3_600_000

export function createPlayback(deps: PlaybackDeps): PlaybackRooms {
  return {
    async playTicket(cameraId, wish, user) {
      const { fromMs, toMs } = await opened(deps, cameraId, wish, user, 'recordingView')
      const range = { cameraId, stream: wish.stream, fromMs, toMs, audio: wish.audio === true }
      return { ...deps.media.playTicket(range, id<UserId>(user.userId)), fromMs, toMs }
    },
    async stillTaken(cameraId, { atMs, ...why }, user) {
      await opened(deps, cameraId, { fromMs: atMs, toMs: atMs + 1, ...why }, user, 'recordingStill')
    }
  }
}

/** The interval that is open to this person, once it is on record. */
async function opened(
  deps: PlaybackDeps,
  cameraId: CameraId,
  wish: Pick<PlayTicketRequest, 'fromMs' | 'toMs' | 'audio' | 'reason' | 'incidentId'>,
  user: SessionUser,
  action: 'recordingView' | 'recordingStill'
): Promise<Interval> {
  const camera = deps.registry.camera(cameraId)
  if (!camera) throw new GatewayError('NOT_FOUND', { camera: cameraId.slice(0, 80) })
  const nowMs = deps.clock.now()
  const asked = { fromMs: wish.fromMs, toMs: Math.min(wish.toMs, nowMs + AHEAD_MS), audio: wish.audio === true }
  if (asked.toMs <= asked.fromMs) throw new GatewayError('BODY_INVALID', { field: 'fromMs', why: 'in the future' })
  const near = await nearIncidents(deps, cameraId, wish.incidentId, user, nowMs)
  const decision = mayPlay(camera, user, { ...asked, near, reason: wish.reason, nowMs })
  await deps.commit({ audit: [recordingViewed(nowMs, user, cameraId, asked, decision, action)] })
  if (!decision.ok) throw new GatewayError(decision.code, { camera: camera.name })
  return decision
}

/** The named incident first, then those that are not closed yet. A flat battery opens nobody's camera. */
async function nearIncidents(
  deps: PlaybackDeps,
  cameraId: CameraId,
  named: string | undefined,
  user: SessionUser,
  nowMs: number
): Promise<readonly NearIncident[]> {
  const incidentId = named === undefined ? undefined : id<IncidentId>(named)
  const first = incidentId && (deps.incidents.get(incidentId) ?? (await deps.store.incident(incidentId)))
  return [...(first ? [first] : []), ...deps.incidents.all()]
    .filter(incident => laneOf(incident) === 'alarm' && opensTo(incident, user))
    .filter(incident => incident.cameras.some(each => each.cameraId === cameraId))
    .map(incident => ({
      id: incident.id,
      fromMs: incident.openedAtMs,
      // Its review may take days: they are no part of it, and a private camera is none of ours then.
      toMs: incident.resolvedAtMs ?? incident.closedAtMs ?? nowMs
    }))
}
