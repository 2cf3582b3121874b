/** A place in the words of the street map: the nearest named road, and the road that crosses it nearest to there. */
import type { GeoPoint, StreetName } from '../core/geo.ts'
import { type LonLat, planeAround } from './road-graph.ts'
import { createSnap, type Flat, flatDistance, type Piece } from './road-snap.ts'

/** Farther from the road than this the name of the road would send somebody to the wrong place. */
const BY_ROAD_M = 150
/** A crossing farther away says nothing. */
const CROSSING_M = 1_000
/** Looked at of one road: a name that half a county bears is no address. */
const MAX_CROSSINGS = 2_000

interface Named {
  readonly name: string
  readonly line: readonly LonLat[]
}

interface Crossing {
  readonly at: Flat
  readonly name: string
}

/** WGS-84, as the lines of the map. */
export type StreetAt = (point: GeoPoint) => StreetName | undefined

/** Roads cross where lines of different names share a vertex, as they do in the road graph; anything without a name is passed over. */
export function createStreetAt(collection: unknown): StreetAt {
  const streets = namedLines(collection)
  const { flat } = planeAround(streets.map(each => each.line))
  const pieces = streets.flatMap(({ line }, edge) => piecesOf(edge, line.map(flat)))
  // Asked for every press: where no road is near, most of the squares within 3 km would be looked at in vain.
  const nearest = createSnap(pieces, BY_ROAD_M)
  const crossings = crossingsOf(streets, flat)
  return ({ lon, lat }) => {
    const place = flat([lon, lat])
    const snap = nearest(place)
    const street = snap && snap.awayM <= BY_ROAD_M ? streets[snap.piece.edge]?.name : undefined
    if (!snap || street === undefined) return undefined
    let best: Crossing | undefined
    let bestM = CROSSING_M
    for (const each of crossings.get(street) ?? []) {
      const m = flatDistance(snap.at, each.at)
      if (m >= bestM) continue
      best = each
      bestM = m
    }
    return best ? { street, crossing: best.name, crossingM: Math.round(bestM) } : { street }
  }
}

function namedLines(value: unknown): Named[] {
  const { features = [] } = (value ?? {}) as { readonly features?: readonly unknown[] }
  return features.flatMap(feature => {
    const { properties, geometry } = (feature ?? {}) as {
      readonly properties?: { readonly name?: unknown } | null
      readonly geometry?: { readonly type?: string; readonly coordinates?: unknown } | null
    }
    const name = properties?.name
    if (typeof name !== 'string' || name.trim() === '') return []
    const lines =
      geometry?.type === 'LineString'
        ? [geometry.coordinates]
        : geometry?.type === 'MultiLineString'
          ? geometry.coordinates
          : []
    return (lines as LonLat[][]).map(line => ({ name: name.trim(), line }))
  })
}

function piecesOf(edge: number, line: readonly Flat[]): Piece[] {
  return line.slice(1).map((to, vertex) => ({ edge, from: line[vertex] as Flat, to, startM: 0, vertex }))
}

function crossingsOf(
  streets: readonly Named[],
  flat: (point: LonLat) => Flat
): ReadonlyMap<string, readonly Crossing[]> {
  const meeting = new Map<string, { readonly at: Flat; readonly names: Set<string> }>()
  for (const { name, line } of streets)
    for (const point of line) {
      const key = `${point[0].toFixed(7)},${point[1].toFixed(7)}`
      const known = meeting.get(key)
      if (known) known.names.add(name)
      else meeting.set(key, { at: flat(point), names: new Set([name]) })
    }
  const crossings = new Map<string, Crossing[]>()
  for (const { at, names } of meeting.values())
    for (const street of names)
      for (const name of names) {
        const list = crossings.get(street) ?? []
        if (name === street || list.length >= MAX_CROSSINGS) continue
        list.push({ at, name })
        crossings.set(street, list)
      }
  return crossings
}
