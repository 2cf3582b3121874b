/** A vehicle has left the cameras of its press: those near where it is now, asked for by a person, on record, and recorded as evidence from then on. */
import { type IncidentId, id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import { distanceM } from '../core/geo.ts'
import type { Incident } from '../core/incident.ts'
import type { IncidentCamera } from '../core/incident-camera.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { NearNow } from '../core/near-now.ts'
import type { Clock } from '../core/ports.ts'
import type { Commit } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Registry } from '../registry/registry.ts'
import type { PositionReads } from './position-reads.ts'
import type { VehicleAt } from './vehicle-place.ts'

export interface NearNowDeps {
  readonly clock: Clock
  readonly commit: Commit
  readonly incidents: { get(incidentId: IncidentId): Incident | undefined }
  readonly registry: Pick<Registry, 'nearestCameras'>
  readonly evidence: Pick<Evidence, 'record'>
  readonly positionReads: Pick<PositionReads, 'read'>
  readonly vehicleAt: VehicleAt
}

export type LookNearNow = (incidentId: string, user: SessionUser) => Promise<NearNow>

/** Shown beside the recorded picture: two places. */
const SHOWN = 2
/** Among so many nearest public ones come first: nobody has to type a reason while a taxi drives. */
const LOOKED_AT = 6
/** Recorded for so long; whoever asks again prolongs it. */
const RECORD_MS = 3 * 60_000

/** NOT_FOUND; ILLEGAL_TRANSITION once it is over, for what does not move, and while nobody knows where it is. */
export function createNearNow(deps: NearNowDeps): LookNearNow {
  const { clock, incidents, registry } = deps
  const placed = (incidentId: string) => {
    const incident = incidents.get(id<IncidentId>(incidentId))
    if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId.slice(0, 80) })
    const at = isOpen(incident) && laneOf(incident) === 'alarm' ? deps.vehicleAt(incident) : undefined
    if (!at) throw new GatewayError('ILLEGAL_TRANSITION', { why: 'where the vehicle is now is not known' })
    return { incident, at }
  }
  return async (incidentId, user) => {
    const { incident, at } = placed(incidentId)
    const near = registry
      .nearestCameras(at.point, LOOKED_AT)
      .map(each => ({ ...each, isPrivate: each.camera.ownership === 'private' }))
    const chosen = [...near.filter(each => !each.isPrivate), ...near.filter(each => each.isPrivate)].slice(0, SHOWN)
    const cameras = chosen.map(
      ({ camera, distanceM: metres }): IncidentCamera => ({
        ...{ cameraId: camera.id, name: camera.name, distanceM: metres }
      })
    )
    await deps.positionReads.read(user, `incident:${incident.number}`)
    const movedM = incident.position && Math.round(distanceM(incident.position, at.point))
    const entry = { atMs: clock.now(), who: personOf(user), action: 'incident.nearNow', outcome: 'done' } as const
    const detail = {
      cameras: cameras.map(each => each.cameraId).join(' '),
      ...(movedM === undefined ? {} : { movedM })
    }
    const result = await deps.commit({ audit: [{ ...entry, object: `incident:${incident.number}`, detail }] })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    // It may have ended while that was written down.
    const now = placed(incidentId).incident
    // What nobody may look at without a reason is not recorded without one.
    for (const [n, camera] of cameras.entries())
      if (!chosen[n]?.isPrivate) deps.evidence.record(now, camera, clock.now() + RECORD_MS)
    return { at, cameras }
  }
}
