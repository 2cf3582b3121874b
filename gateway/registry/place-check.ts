/** A typed place: possible at all, and not so far from the town that two figures were mixed up or mistyped; pure. */
import { type GeoPoint, isPlausible } from '../core/geo.ts'
import type { FaultCode } from '../core/subject-record.ts'
import { toWgs84 } from './datum.ts'
import type { Cells } from './grid/cells.ts'

/** A household beyond the border is still helped; farther away no patrol of this floor goes. */
const FAR_KM = 50

/** Undefined: nothing is wrong. Of latitude and longitude the one that cannot be is named. */
export function placeFault(
  point: GeoPoint,
  cells: Pick<Cells, 'outsideKm'>,
  field = 'position'
): { readonly field: string; readonly code: FaultCode; readonly other?: string } | undefined {
  const isLonOnly = Math.abs(point.lat) <= 90 && Math.abs(point.lon) > 180
  if (!isPlausible(point)) return { field: isLonOnly ? `${field}.lon` : field, code: 'coordinate' }
  const km = cells.outsideKm(toWgs84(point))
  return km > FAR_KM ? { field, code: 'farPlace', other: String(Math.round(km)) } : undefined
}
