/** Who stands behind a source, which cameras are near a place, which grid cell it lies in: indexes over the registry's rows. */

import { type CameraId, id, protocolOf, type SourceId, type SubjectId, type UnitId } from '../core/brand.ts'
import { cameraGroupNames, unmappedCard } from '../core/called.ts'
import { spellings } from '../core/calling.ts'
import type { GeoPoint } from '../core/geo.ts'
import type { SubjectCard } from '../core/incident.ts'
import type { IncidentCamera } from '../core/incident-camera.ts'
import type { CameraRow, GridCellRow, SourceRow, SubjectRow, UnitRow } from '../core/unit.ts'
import { vehicleCameraId, vehicleCameraOf } from '../core/vehicle-camera.ts'
import type { NearCamera } from './camera-list.ts'
import { toWgs84 } from './datum.ts'
import type { RegistryData } from './load.ts'
import { createRows, type Rows } from './rows.ts'
import { sharedBy } from './shared.ts'

/** What the registry says of a source; `source` is absent for an unmapped one. */
export interface Resolved {
  readonly source?: SourceRow
  readonly subject: SubjectCard
  readonly position?: GeoPoint
  /** Inside the vehicle. */
  readonly cameras?: readonly IncidentCamera[]
}

export interface Registry
  extends Pick<Rows, 'data' | 'subject' | 'sourcesOf' | 'put' | 'remove' | 'adopt' | 'dismiss'> {
  readonly rows: Rows
  known(sourceId: SourceId): boolean
  /** The households whose telephone this is, however it is written; from the row alone. */
  livesAt(number: string): readonly SubjectId[]
  /** From the row alone; cheap enough for every position that comes. */
  kindOf(sourceId: SourceId): SourceRow['kind'] | undefined
  /** The other sources of the same vehicle: a driver's telephone is where his taxi is. Empty for whoever stays in one place. */
  alongWith(sourceId: SourceId): readonly SourceId[]
  resolve(sourceId: SourceId): Resolved
  /** Nearest first; at most `count`. */
  nearestCameras(point: GeoPoint, count: number): readonly NearCamera[]
  /** Cameras whose rows say that they look at this source. */
  covering(sourceId: SourceId): readonly CameraRow[]
  camera(cameraId: CameraId): CameraRow | undefined
  /** True when a row lists this ONVIF endpoint, and no other address for it, or lists this address without an endpoint. */
  knowsCamera(endpoint: string, address: string): boolean
  unit(unitId: UnitId): UnitRow | undefined
  /** The smallest cell (highest level number) around the point. */
  cellAt(point: GeoPoint): GridCellRow | undefined
  groupMembers(groupId: string): readonly SubjectRow[]
}

export function createRegistry(data: RegistryData): Registry {
  const rows = createRows(data)
  const { cameras } = rows

  /** Troubles that the gateway itself finds: `camera:<id>`, and `cameras:<network>` for many at once. */
  const cameraSource = (sourceId: SourceId): Resolved | undefined => {
    const protocol = protocolOf(sourceId)
    if (protocol !== 'camera' && protocol !== 'cameras') return undefined
    const name = sourceId.slice(protocol.length + 1)
    const row = protocol === 'camera' ? cameras.byId(name) : undefined
    const cell = row && ((row.gridCellId && rows.cells.byId(row.gridCellId)) || rows.cells.at(row.position))
    const subject: SubjectCard = {
      id: id<SubjectId>(sourceId),
      kind: 'system',
      ...(row ? { name: row.name } : protocol === 'cameras' ? cameraGroupNames(name) : { name }),
      // It has a name and a place, but no address: the cell says where a technician goes.
      address: cell?.name ?? '',
      gridCell: cell && { id: cell.id, name: cell.name }
    }
    const source: SourceRow = { id: sourceId, subjectId: subject.id, kind: 'cameraAnalytics' }
    return { source, subject, position: row?.position }
  }

  const card = (row: SubjectRow): SubjectCard => {
    const position = row.position && toWgs84(row.position)
    const cell = (row.gridCellId && rows.cells.byId(row.gridCellId)) || (position && rows.cells.at(position))
    const group = row.groupId && rows.group(row.groupId)
    return {
      id: row.id,
      kind: row.kind,
      name: row.name,
      address: row.address,
      phone: row.phone,
      description: row.description,
      medicalNote: row.medicalNote,
      accessNote: row.accessNote,
      phrases: row.phrases && true,
      contacts: row.contacts,
      gridCell: cell && { id: cell.id, name: cell.name },
      group: group ? { id: group.id, name: group.name, members: rows.members(group.id).length } : undefined,
      fleetId: row.fleetId
    }
  }

  const placed = (row: SubjectRow) => ({ subject: card(row), position: row.position && toWgs84(row.position) })

  const vehicleCameras = (row: SubjectRow): readonly CameraRow[] => {
    const source = row.cameras && rows.sourcesOf(row.id).find(each => protocolOf(each.id) === 'jt808')
    if (!source) return []
    return (row.cameras ?? []).map(({ channel, name }) => {
      const vehicle = { sourceId: source.id, channel }
      // Nowhere: it moves, and whoever needs its place asks for the vehicle's.
      const position = { lat: 0, lon: 0, datum: 'wgs84' as const }
      return { id: vehicleCameraId(vehicle), name: `${row.name} ${name}`, position, ownership: 'private', vehicle }
    })
  }
  const inVehicle = (cameraId: CameraId): CameraRow | undefined => {
    const inside = vehicleCameraOf(cameraId)
    const source = inside && rows.source(inside.sourceId)
    const row = source && rows.subject(source.subjectId)
    return row && vehicleCameras(row).find(each => each.id === cameraId)
  }

  return {
    rows,
    ...{ data: rows.data, subject: rows.subject, sourcesOf: rows.sourcesOf, put: rows.put, remove: rows.remove },
    ...{ adopt: rows.adopt, dismiss: rows.dismiss },
    known: sourceId => rows.source(sourceId) !== undefined,
    livesAt: number =>
      spellings(number).flatMap(each => {
        const row = rows.source(id<SourceId>(`sip:${each}`))
        return row ? [row.subjectId, ...(row.alsoSubjectIds ?? [])] : []
      }),
    kindOf: sourceId => rows.source(sourceId)?.kind,
    alongWith(sourceId) {
      const source = rows.source(sourceId)
      const vehicle = source && !source.alsoSubjectIds && rows.subject(source.subjectId)?.kind === 'vehicle'
      if (!vehicle) return []
      return rows.sourcesOf(source.subjectId).flatMap(each => (each.id === sourceId ? [] : each.id))
    },
    resolve(sourceId) {
      const ofCamera = cameraSource(sourceId)
      if (ofCamera) return ofCamera
      const source = rows.source(sourceId)
      const row = source && rows.subject(source.subjectId)
      if (!source || !row) return { subject: unmappedCard(sourceId) }
      const inside = vehicleCameras(row).map(({ id: cameraId, name, vehicle }) => ({
        cameraId,
        name,
        distanceM: 0,
        vehicle
      }))
      const others = source.alsoSubjectIds?.flatMap(each => rows.subject(each) ?? [])
      const whose = others ? sharedBy(sourceId, [row, ...others].map(placed)) : placed(row)
      return { source, ...whose, ...(inside.length > 0 ? { cameras: inside } : {}) }
    },
    nearestCameras: cameras.nearest,
    covering: cameras.covering,
    camera: cameraId => cameras.byId(cameraId) ?? inVehicle(cameraId),
    knowsCamera: (endpoint, address) =>
      cameras.withEndpoint(endpoint).some(({ onvif }) => (onvif?.address ?? address) === address) ||
      cameras.withAddress(address).some(({ onvif }) => onvif?.endpoint === undefined),
    unit: rows.unit,
    cellAt: rows.cells.at,
    groupMembers: rows.members
  }
}
