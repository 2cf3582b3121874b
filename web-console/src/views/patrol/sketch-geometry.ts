/** From GeoJSON in degrees to metres around a point, and what of it a small sketch draws. Pure; unknown input is left out, never thrown on. */
import { metresFrom } from './bearing.ts'

export interface LatLon {
  readonly lat: number
  readonly lon: number
}

export type Point = readonly [x: number, y: number]

export interface Street {
  readonly name: string
  readonly widthM: number
  readonly points: readonly Point[]
}

/** The box drawn, metres around the origin: x to the east, y to the south. */
export interface View {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Feature {
  readonly geometry?: { readonly type?: string; readonly coordinates?: unknown }
  readonly properties?: Readonly<Record<string, unknown>> | null
}

function featuresOf(layer: unknown): readonly Feature[] {
  const list = (layer as { features?: unknown } | undefined)?.features
  return Array.isArray(list) ? (list as Feature[]) : []
}

function lineOf(coordinates: unknown, origin: LatLon): readonly Point[] {
  if (!Array.isArray(coordinates)) return []
  return coordinates.flatMap((pair: unknown): Point[] => {
    const [lon, lat] = Array.isArray(pair) ? (pair as unknown[]) : []
    return typeof lon === 'number' && typeof lat === 'number' ? [metresFrom(origin, { lat, lon })] : []
  })
}

const DEFAULT_WIDTH_M = 10

export function streetsOf(layer: unknown, origin: LatLon): readonly Street[] {
  return featuresOf(layer).flatMap(({ geometry, properties }): Street[] => {
    if (geometry?.type !== 'LineString') return []
    const points = lineOf(geometry.coordinates, origin)
    const width = properties?.widthM ?? properties?.width
    const name = properties?.name
    return points.length < 2
      ? []
      : [
          {
            name: typeof name === 'string' ? name : '',
            widthM: typeof width === 'number' ? width : DEFAULT_WIDTH_M,
            points
          }
        ]
  })
}

/** Outer rings of polygons whose box touches the view. */
export function ringsOf(layer: unknown, origin: LatLon, view: View): readonly (readonly Point[])[] {
  return featuresOf(layer).flatMap(({ geometry }): (readonly Point[])[] => {
    const coordinates = geometry?.coordinates
    if (geometry?.type !== 'Polygon' || !Array.isArray(coordinates)) return []
    const ring = lineOf(coordinates[0], origin)
    return ring.length > 2 && touches(ring, view) ? [ring] : []
  })
}

function touches(ring: readonly Point[], view: View): boolean {
  const xs = ring.map(([x]) => x)
  const ys = ring.map(([, y]) => y)
  return (
    Math.min(...xs) < view.x + view.width &&
    Math.max(...xs) > view.x &&
    Math.min(...ys) < view.y + view.height &&
    Math.max(...ys) > view.y
  )
}

/** How the picture is drawn: CSS pixels, and how much of its top is covered by a card. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly coveredTop: number
}

/** The box that holds all points with a margin below what covers the top, in the shape of the frame, never narrower than `leastM`. */
export function viewOf(points: readonly Point[], frame: Frame, leastM: number): View {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [x0, x1] = points.length > 0 ? [Math.min(...xs), Math.max(...xs)] : [0, 0]
  const [y0, y1] = points.length > 0 ? [Math.min(...ys), Math.max(...ys)] : [0, 0]
  const free = frame.height - frame.coveredTop
  const width = Math.max(leastM, (x1 - x0) * 1.5, (y1 - y0) * 1.9 * (frame.width / free))
  const scale = width / frame.width
  const middle = (y0 + y1) / 2 - (frame.coveredTop * scale) / 2
  const height = frame.height * scale
  return { x: (x0 + x1) / 2 - width / 2, y: middle - height / 2, width, height }
}

export interface StreetLabel {
  readonly name: string
  readonly at: Point
  /** Degrees for text along the street, −55 … 55; undefined for a street so steep that its letters stand below each other. */
  readonly angle: number | undefined
}

interface Candidate {
  readonly at: Point
  readonly degrees: number
}

/** Places for a street's name: its points in the free part of the view, with the street's direction there. */
function candidatesOf(street: Street, view: View, margin: number): readonly Candidate[] {
  return street.points.flatMap((at, index): Candidate[] => {
    const [x, y] = at
    const inside =
      x > view.x + margin / 2 &&
      x < view.x + view.width - margin / 2 &&
      y > view.y + margin &&
      y < view.y + view.height - margin
    if (!inside) return []
    const next = street.points[index + 1] ?? at
    const before = street.points[index - 1] ?? at
    return [{ at, degrees: (Math.atan2(next[1] - before[1], next[0] - before[0]) * 180) / Math.PI }]
  })
}

/** One label a name (maps cut streets at every crossing), as near to the middle as the marks to `avoid` and other labels allow. */
export function labelsOf(streets: readonly Street[], view: View, avoid: readonly Point[]): readonly StreetLabel[] {
  const placed: Point[] = [...avoid]
  const gap = view.width * 0.16
  const middle: Point = [view.x + view.width / 2, view.y + view.height / 2]
  const apart = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1])
  return [...new Set(streets.map(street => street.name))].flatMap((name): StreetLabel[] => {
    if (name === '') return []
    const [found] = streets
      .filter(street => street.name === name)
      .flatMap(street => candidatesOf(street, view, gap))
      .filter(({ at }) => placed.every(other => apart(other, at) > gap))
      .sort((a, b) => apart(a.at, middle) - apart(b.at, middle))
    if (!found) return []
    placed.push(found.at)
    const { degrees } = found
    const upright = degrees > 90 ? degrees - 180 : degrees < -90 ? degrees + 180 : degrees
    return [{ name, at: found.at, angle: Math.abs(upright) > 55 ? undefined : upright }]
  })
}

/** Points every `stepM` along a line, so that labels find a place between far corners. */
export function densify(street: Street, stepM: number): Street {
  const points = street.points.flatMap((from, index): Point[] => {
    const to = street.points[index + 1]
    if (!to) return [from]
    const parts = Math.min(200, Math.max(1, Math.floor(Math.hypot(to[0] - from[0], to[1] - from[1]) / stepM)))
    return Array.from(
      { length: parts },
      (_, i): Point => [from[0] + ((to[0] - from[0]) * i) / parts, from[1] + ((to[1] - from[1]) * i) / parts]
    )
  })
  return { ...street, points }
}
