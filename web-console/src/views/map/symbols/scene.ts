/** What of everything the map knows is drawn in a view; pure. */
import type { GeoPoint } from '../../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import type { Unit } from '../../../../../gateway/core/unit.ts'
import type { CameraView } from '../../../../../gateway/core/wire.ts'
import { isLost } from '../map-data.ts'
import type { Columns } from './columns.ts'
import { type Gathered, gather, type View } from './gather.ts'
import { CAMERA_LIMITS, INCIDENT_LIMITS, MOST_ALONE, MOST_NAMES, UNIT_LIMITS } from './limits.ts'
import type { Scene } from './painter.ts'

export interface Shown {
  readonly cameras: ReadonlyMap<string, CameraView>
  readonly units: ReadonlyMap<string, Unit>
  /** Those without a pin of their own. */
  readonly incidents: Iterable<Incident>
  readonly sectors: boolean
  /** Cameras of the open incident. */
  readonly openIds: ReadonlySet<string>
  wantsCamera(camera: CameraView): boolean
  wantsUnit(unit: Unit): boolean
  placeOf(incident: Incident): GeoPoint | undefined
  noteOf: Scene['noteOf']
}

interface Things {
  readonly cameras: Columns<CameraView>
  readonly units: Columns<Unit>
  readonly incidents: Columns<Incident>
}

/** What is drawn of all there is; at most 3,000 symbols in every view. */
export function sceneOf(shown: Shown, view: View, { cameras, units, incidents }: Things): Scene {
  const busy = (unit: Unit) => unit.state !== 'available' && unit.state !== 'offDuty'
  const many = units.items.reduce((count, unit) => count + Number(busy(unit)), 0) > MOST_ALONE
  const seenUnits = gather(units, view, {
    ...UNIT_LIMITS,
    wanted: index => shown.wantsUnit(units.items[index] as Unit),
    ...(many ? {} : { alone: index => busy(units.items[index] as Unit) })
  })
  const seenCameras = gather(cameras, view, {
    ...CAMERA_LIMITS,
    wanted: index => shown.wantsCamera(cameras.items[index] as CameraView),
    alone: index => shown.openIds.has((cameras.items[index] as CameraView).id),
    marked: index => isLost(cameras.items[index] as CameraView)
  })
  const seenIncidents: Gathered = gather(incidents, view, {
    ...INCIDENT_LIMITS,
    wanted: () => true,
    marked: index => (incidents.items[index] as Incident).priority === 1
  })
  return {
    view,
    cameras: { columns: cameras, gathered: seenCameras, sectors: shown.sectors },
    units: { columns: units, gathered: seenUnits, named: seenUnits.singles.length <= MOST_NAMES },
    incidents: { columns: incidents, gathered: seenIncidents },
    isOpen: cameraId => shown.openIds.has(cameraId),
    noteOf: shown.noteOf
  }
}
