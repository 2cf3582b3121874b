/** Places: WGS-84 inside, converted only at the edges (see registry/geo.ts for GCJ-02). */

/** Degrees. `datum` says which of the two grids in use in China the numbers are on. */
export interface GeoPoint {
  readonly lat: number
  readonly lon: number
  readonly datum: 'wgs84' | 'gcj02'
}

/** A place in the words of the street map. */
export interface StreetName {
  readonly street: string
  /** The nearest road that crosses it, and how far away that crossing is. */
  readonly crossing?: string
  readonly crossingM?: number
}

/** Where something is and how sure and how old that is. */
export interface Position {
  readonly point: GeoPoint
  /** When the position was true, by our clock, UTC ms. */
  readonly atMs: number
  /** Degrees clockwise from north. */
  readonly headingDeg?: number
  readonly speedKmh?: number
  readonly accuracyM?: number
  /** Absent: no street of the map is near, or nobody has asked. */
  readonly street?: StreetName
}

const EARTH_RADIUS_M = 6_371_008.8
const RAD = Math.PI / 180

/** Great-circle distance in metres (haversine, mean earth radius of IUGG). */
export function distanceM(a: GeoPoint, b: GeoPoint): number {
  const dLat = (b.lat - a.lat) * RAD
  const dLon = (b.lon - a.lon) * RAD
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * RAD) * Math.cos(b.lat * RAD) * Math.sin(dLon / 2) ** 2
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Initial bearing from a to b, degrees clockwise from north, 0 ≤ bearing < 360. */
export function bearingDeg(a: GeoPoint, b: GeoPoint): number {
  const dLon = (b.lon - a.lon) * RAD
  const y = Math.sin(dLon) * Math.cos(b.lat * RAD)
  const x =
    Math.cos(a.lat * RAD) * Math.sin(b.lat * RAD) - Math.sin(a.lat * RAD) * Math.cos(b.lat * RAD) * Math.cos(dLon)
  return (Math.atan2(y, x) / RAD + 360) % 360
}

/** True for a point that can exist; 0/0, which devices send for "no fix", cannot. */
export function isPlausible(p: { readonly lat: number; readonly lon: number }): boolean {
  return (
    Number.isFinite(p.lat) &&
    Number.isFinite(p.lon) &&
    Math.abs(p.lat) <= 90 &&
    Math.abs(p.lon) <= 180 &&
    (p.lat !== 0 || p.lon !== 0)
  )
}
