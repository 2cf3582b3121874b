/** The one place where GCJ-02 becomes WGS-84; the library does the arithmetic. */
import { createRequire } from 'node:module'
import type { GeoPoint } from '../core/geo.ts'

// gcoord's types declare an ES default export that its CommonJS file does not have under Node's rules.
const { transform, GCJ02, WGS84 } = createRequire(import.meta.url)('gcoord') as {
  transform(point: [number, number], from: string, to: string): [number, number]
  readonly GCJ02: string
  readonly WGS84: string
}

/** The same place on the grid that the gateway stores. */
export function toWgs84(point: GeoPoint): GeoPoint {
  if (point.datum === 'wgs84') return point
  const [lon, lat] = transform([point.lon, point.lat], GCJ02, WGS84)
  return { lat, lon, datum: 'wgs84' }
}
