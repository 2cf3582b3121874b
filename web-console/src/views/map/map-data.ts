/** Where an incident is now, and the lines from units to the incidents they go to, as GeoJSON. Pure. */
import type * as GeoJSON from 'geojson'
import type { GeoPoint, Position } from '../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { Unit } from '../../../../gateway/core/unit.ts'
import type { CameraView, MapInfo, UnitWay } from '../../../../gateway/core/wire.ts'

/** Neither streets nor tiles: an empty ground is told, or it would be taken for a fault. */
export function isBare({ layers, tiles }: Pick<MapInfo, 'layers' | 'tiles'>): boolean {
  const { features = [] } = layers.streets as { readonly features?: readonly unknown[] }
  return tiles === undefined && features.length === 0
}

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

/** Lines from units under way to their incident: along the road where one is known, else straight, which is drawn dashed. */
export function routesOf(
  units: Iterable<Unit>,
  incidents: ReadonlyMap<string, Incident>,
  vehicles: ReadonlyMap<string, Position>,
  ways: readonly UnitWay[] = []
): GeoJSON.FeatureCollection {
  const lines: Feature[] = []
  const roads = new Map(ways.filter(({ by }) => by === 'road').map(({ unitId, path }) => [unitId, path]))
  for (const unit of units) {
    const incident = unit.incidentId ? incidents.get(unit.incidentId) : undefined
    const to = incident ? placeOf(incident, vehicles) : undefined
    if (unit.state !== 'enRoute' || !unit.position || !to) continue
    const { lon, lat } = unit.position.point
    const road = incident?.subject.kind === 'vehicle' ? undefined : roads.get(unit.id)
    const rest = road ? ahead(road, [lon, lat]) : [[to.lon, to.lat]]
    const coordinates = [[lon, lat], ...rest.map(point => [...point])]
    const properties = { by: road ? 'road' : 'straight' }
    lines.push({ type: 'Feature', properties, geometry: { type: 'LineString', coordinates } })
  }
  return collection(lines)
}

type Point = UnitWay['path'][number]

/** What lies before it of a way that was told some seconds ago. */
function ahead(path: readonly Point[], [lon, lat]: Point): readonly Point[] {
  const perLon = Math.cos((lat * Math.PI) / 180)
  const awayOf = (n: number): number => {
    const [[lonA, latA], [lonB, latB]] = [path[n] as Point, path[n + 1] as Point]
    const [px, py, dx, dy] = [(lon - lonA) * perLon, lat - latA, (lonB - lonA) * perLon, latB - latA]
    const length = dx * dx + dy * dy
    const along = length === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length))
    return Math.hypot(px - along * dx, py - along * dy)
  }
  let nearest = 0
  for (let n = 1; n < path.length - 1; n++) if (awayOf(n) < awayOf(nearest)) nearest = n
  return path.slice(nearest + 1)
}
