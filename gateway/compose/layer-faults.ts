/** What is wrong with a map layer's features, by their number and with what to do; pure. */

/** Arrays around a position, and how many positions the innermost has at least. What has none of these types is not drawn. */
const SHAPES: Readonly<Record<string, { readonly depth: number; readonly least: number; readonly said: string }>> = {
  Point: { depth: 0, least: 1, said: 'one position [longitude, latitude]' },
  MultiPoint: { depth: 1, least: 1, said: 'positions [longitude, latitude]' },
  LineString: { depth: 1, least: 2, said: 'two or more positions [longitude, latitude]' },
  MultiLineString: { depth: 2, least: 2, said: 'lines of two or more positions [longitude, latitude]' },
  Polygon: { depth: 2, least: 4, said: 'rings of four or more positions [longitude, latitude]' },
  MultiPolygon: { depth: 3, least: 4, said: 'polygons of rings of four or more positions [longitude, latitude]' }
}
/** Of one file: who sees ten of them mends the program that wrote it. */
const MOST_SHOWN = 10

interface Read {
  readonly properties?: { readonly name?: unknown } | null
  readonly geometry?: { readonly type?: unknown; readonly coordinates?: unknown } | null
}

/** Sentences to follow the file's name; features count from 1, as in the grid. */
export function layerFaults(features: readonly unknown[]): readonly string[] {
  const faults: string[] = []
  let more = 0
  for (const [index, feature] of features.entries()) {
    const wants = wantedOf(feature)
    if (wants === undefined) continue
    if (faults.length === MOST_SHOWN) more += 1
    else faults.push(`feature ${index + 1}${nameOf(feature)} wants ${wants}; correct it or take it out`)
  }
  return more > 0 ? [...faults, `${more} more features are wrong`] : faults
}

function wantedOf(feature: unknown): string | undefined {
  if (typeof feature !== 'object' || feature === null) return 'to be a GeoJSON Feature'
  const { geometry } = feature as Read
  // RFC 7946 clause 3.2: a feature without a place.
  if (geometry === null || geometry === undefined) return undefined
  if (typeof geometry !== 'object') return 'a geometry with type and coordinates'
  const shape = SHAPES[String(geometry.type)]
  if (!shape || isShaped(geometry.coordinates, shape.depth, shape.least)) return undefined
  return `${shape.said}, within ±180 and ±90, as a ${String(geometry.type)}`
}

function isShaped(value: unknown, depth: number, least: number): boolean {
  if (!Array.isArray(value)) return false
  if (depth === 0) return isPosition(value)
  if (depth === 1 && value.length < least) return false
  return value.length > 0 && value.every(each => isShaped(each, depth - 1, least))
}

function isPosition([lon, lat]: readonly unknown[]): boolean {
  return typeof lon === 'number' && typeof lat === 'number' && Math.abs(lon) <= 180 && Math.abs(lat) <= 90
}

function nameOf(feature: unknown): string {
  const name = (feature as Read | null)?.properties?.name
  return typeof name === 'string' && name !== '' ? ` (${name.slice(0, 40)})` : ''
}
