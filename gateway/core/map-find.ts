/** What the map's search finds in the registry, as it goes over the wire; cameras, units, cells and incidents are in the page already. */
import type { GeoPoint } from './geo.ts'

export interface FoundPlace {
  readonly id: string
  readonly kind: 'household' | 'premises' | 'vehicle'
  readonly name: string
  readonly address: string
  /** Absent: the registry has none, as of every vehicle. */
  readonly position?: GeoPoint
}

/** GET /api/map/find?text=…&incidents=… */
export interface FoundPlaces {
  /** MAP_FIND.rows at most; those with a place first. */
  readonly places: readonly FoundPlace[]
}

export const MAP_FIND = { rows: 12, shortest: 2, longest: 40 } as const
