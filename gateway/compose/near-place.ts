/** A bare place in words: the nearest address of the registry and the grid cell, for whoever must send somebody there. */
import { distanceM, type GeoPoint } from '../core/geo.ts'
import type { NearPlace } from '../core/locator-wire.ts'
import { toWgs84 } from '../registry/datum.ts'
import type { Registry } from '../registry/registry.ts'

/** Farther away an address says nothing. */
const FARTHEST_M = 1_000
/** A tenth of a degree is some ten kilometres: what lies beyond is not measured. */
const ROUGH_DEGREES = 0.1

export function nearPlace(registry: Pick<Registry, 'data' | 'cellAt'>, at: GeoPoint): NearPlace {
  const point = toWgs84(at)
  let nearest: { readonly address: string; readonly m: number } | undefined
  for (const { address, position } of registry.data.subjects) {
    if (!address || !position || Math.abs(position.lat - point.lat) > ROUGH_DEGREES) continue
    const m = distanceM(toWgs84(position), point)
    if (m <= FARTHEST_M && m < (nearest?.m ?? Number.POSITIVE_INFINITY)) nearest = { address, m }
  }
  const cell = registry.cellAt(point)?.name
  return {
    ...(nearest ? { address: nearest.address, distanceM: Math.round(nearest.m) } : {}),
    ...(cell === undefined ? {} : { cell })
  }
}
