/** The rectangle in which all open incidents lie. Pure. */
import type { Position } from '../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { isOpen } from '../../state/queue.ts'
import { placeOf } from './map-data.ts'

/** South-west and north-east corner, as the map takes them. */
export type Frame = readonly [readonly [west: number, south: number], readonly [east: number, north: number]]

/** Undefined: none is open, or nobody knows where. */
export function frameOf(incidents: Iterable<Incident>, vehicles: ReadonlyMap<string, Position>): Frame | undefined {
  const places = [...incidents].flatMap(incident => (isOpen(incident) ? (placeOf(incident, vehicles) ?? []) : []))
  if (places.length === 0) return undefined
  const [lon, lat] = [places.map(each => each.lon), places.map(each => each.lat)]
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity)
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity)
  return [
    [least(lon), least(lat)],
    [most(lon), most(lat)]
  ]
}
