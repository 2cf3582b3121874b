/** Where an incident is now, and the lines from units to the incidents they go to, as GeoJSON. Pure. */
import type * as GeoJSON from 'geojson'
import type { GeoPoint, Position } from '../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { Unit } from '../../../../gateway/core/unit.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'

/** A camera that should show something and does not. */
export function isLost({ health }: Pick<CameraView, 'health'>): boolean {
  return health !== 'live' && health !== 'idle' && health !== 'connecting'
}

type Feature = GeoJSON.Feature

function collection(features: readonly Feature[]): GeoJSON.FeatureCollection {
  return { type: 'FeatureCollection', features: [...features] }
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
