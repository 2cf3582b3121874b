/** What a console or phone gets first: the present state of its scope, from memory. */
import type { Incident } from '../core/incident.ts'
import type { ServerMessage, SessionUser } from '../core/wire.ts'
import type { Units } from '../dispatch/units.ts'
import type { Snapshot } from '../feed/hub.ts'
import { FLOOR, fleetAlarmOf, fleetScope, isUnitScope, KEEPER, unitOfScope, unitScope } from '../feed/project.ts'
import type { Cameras } from './cameras.ts'
import type { GroupCallDesk } from './group-calls.ts'
import { type HttpRoomsDeps, patrolState } from './http-rooms.ts'
import { type Notices, ofFloor, ofKeeper } from './notices.ts'
import type { PhoneVideoDesk } from './phone-video.ts'

/** What the floor has beside the sequence: a console that resumes does not find it in the missed messages. */
export function besideOf(
  { cameras, notices, groupCall, phoneVideo }: Omit<SnapshotDeps, 'incidents' | 'units'>,
  scope: string
): ServerMessage[] {
  if (isUnitScope(scope)) {
    const unitId = unitOfScope(scope)
    return [
      { type: 'groupCall', call: groupCall(unitId) ?? null },
      { type: 'phoneVideo', video: phoneVideo().ofUnit(unitId) ?? null }
    ]
  }
  if (scope === KEEPER) return [{ type: 'notices', notices: ofKeeper(notices.all()) }]
  if (scope !== FLOOR) return []
  return [
    { type: 'notices', notices: ofFloor(notices.all()) },
    { type: 'cameras', cameras: cameras.all() },
    { type: 'phoneVideos', videos: phoneVideo().all() }
  ]
}

export interface SnapshotDeps {
  readonly incidents: HttpRoomsDeps['incidents']
  readonly units: Units
  readonly cameras: Pick<Cameras, 'all'>
  readonly notices: Pick<Notices, 'all'>
  readonly groupCall: GroupCallDesk['ofUnit']
  phoneVideo(): Pick<PhoneVideoDesk, 'all' | 'ofUnit'>
}

export function snapshotOf(deps: SnapshotDeps, scope: string, user: SessionUser, positions: boolean): Snapshot {
  const { incidents, units, cameras, notices } = deps
  const all: readonly Incident[] = [...incidents.all()]
  if (scope === FLOOR) {
    const shown = positions ? units.all() : units.all().map(unit => ({ ...unit, position: undefined }))
    const phoneVideos = deps.phoneVideo().all()
    return {
      floor: { incidents: all, units: shown, cameras: cameras.all(), notices: ofFloor(notices.all()), phoneVideos }
    }
  }
  if (scope === KEEPER) return { floor: { incidents: [], units: [], cameras: [], notices: ofKeeper(notices.all()) } }
  if (user.unitId && scope === unitScope(user.unitId)) {
    const groupCall = deps.groupCall(user.unitId)
    const phoneVideo = deps.phoneVideo().ofUnit(user.unitId)
    const own = { ...(groupCall ? { groupCall } : {}), ...(phoneVideo ? { phoneVideo } : {}) }
    return { patrol: { ...patrolState({ units, incidents }, user.unitId), ...own } }
  }
  const own = all.filter(i => i.subject.fleetId && scope === fleetScope(i.subject.fleetId))
  return { fleet: own.map(fleetAlarmOf) }
}
