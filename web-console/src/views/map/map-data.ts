/** What changes on the map as GeoJSON: camera sectors and dots, lines from units to the incidents they go to. Pure. */
import type * as GeoJSON from 'geojson'
import type { GeoPoint, Position } from '../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { Unit } from '../../../../gateway/core/unit.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'

const SECTOR_M = 48
const M_PER_DEG_LAT = 111_195
const STEPS = 10

type Feature = GeoJSON.Feature

/** A point this far (metres) in this direction (degrees clockwise from north); exact enough for a camera's view. */
function offset(from: GeoPoint, bearingDeg: number, metres: number): [number, number] {
  const rad = (bearingDeg * Math.PI) / 180
  const lat = from.lat + (metres * Math.cos(rad)) / M_PER_DEG_LAT
  const lon = from.lon + (metres * Math.sin(rad)) / (M_PER_DEG_LAT * Math.cos((from.lat * Math.PI) / 180))
  return [lon, lat]
}

function sectorOf(camera: CameraView, open: boolean): Feature | undefined {
  const { position, yawDeg, fovDeg } = camera
  if (yawDeg === undefined || fovDeg === undefined) return undefined
  const arc = Array.from({ length: STEPS + 1 }, (_, i) =>
    offset(position, yawDeg - fovDeg / 2 + (fovDeg * i) / STEPS, SECTOR_M)
  )
  const apex: [number, number] = [position.lon, position.lat]
  return { type: 'Feature', properties: { open }, geometry: { type: 'Polygon', coordinates: [[apex, ...arc, apex]] } }
}

export function collection(features: readonly Feature[]): GeoJSON.FeatureCollection {
  return { type: 'FeatureCollection', features: [...features] }
}

/** `openIds`: cameras of the open incident, drawn white. */
export function sectorsOf(cameras: Iterable<CameraView>, openIds: ReadonlySet<string>): GeoJSON.FeatureCollection {
  return collection(
    [...cameras].map(camera => sectorOf(camera, openIds.has(camera.id))).filter(each => each !== undefined)
  )
}

export function dotsOf(cameras: Iterable<CameraView>, openIds: ReadonlySet<string>): GeoJSON.FeatureCollection {
  return collection(
    [...cameras].map(camera => ({
      type: 'Feature',
      properties: { id: camera.id, name: camera.name, health: camera.health, open: openIds.has(camera.id) },
      geometry: { type: 'Point', coordinates: [camera.position.lon, camera.position.lat] }
    }))
  )
}

/** A vehicle's place is its latest one while it is known, else where the alarm came from. */
export function placeOf(incident: Incident, vehicles: ReadonlyMap<string, Position>): GeoPoint | undefined {
  return vehicles.get(incident.id)?.point ?? incident.position
}

/** Dashed straight lines from units under way to their incident: the road they take is theirs. */
export function routesOf(
  units: Iterable<Unit>,
  incidents: ReadonlyMap<string, Incident>,
  vehicles: ReadonlyMap<string, Position>
): GeoJSON.FeatureCollection {
  const lines: Feature[] = []
  for (const unit of units) {
    const incident = unit.incidentId ? incidents.get(unit.incidentId) : undefined
    const to = incident ? placeOf(incident, vehicles) : undefined
    if (unit.state !== 'enRoute' || !unit.position || !to) continue
    const { lon, lat } = unit.position.point
    const coordinates = [
      [lon, lat],
      [to.lon, to.lat]
    ]
    lines.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates } })
  }
  return collection(lines)
}
