/** What the map frames when no incident is chosen: all that are open and have a place. Pure. */
import type { GeoPoint } from '../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { isOpen } from '../../state/queue.ts'
import { placeOf } from './map-data.ts'

/** West, south, east, north; degrees. */
export type Bounds = readonly [number, number, number, number]

/** Undefined where none has a place. */
export function boundsOf(incidents: Iterable<Incident>, vehicles: Parameters<typeof placeOf>[1]): Bounds | undefined {
  const points = [...incidents].filter(isOpen).flatMap((each): readonly GeoPoint[] => {
    const at = placeOf(each, vehicles)
    return at ? [at] : []
  })
  if (points.length === 0) return undefined
  const lons = points.map(({ lon }) => lon)
  const lats = points.map(({ lat }) => lat)
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}

/** Room for what lies over the map: panels at both sides of a large one. */
export function paddingOf(width: number): { top: number; bottom: number; left: number; right: number } {
  return width >= 1_100 ? { top: 80, bottom: 110, left: 300, right: 400 } : { top: 70, bottom: 70, left: 50, right: 50 }
}
