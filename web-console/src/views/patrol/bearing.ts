/** Straight distance and compass direction between two points, for a sketch and a sentence. Pure. */

interface LatLon {
  readonly lat: number
  readonly lon: number
}

const M_PER_DEGREE = 111_195

/** East and south of `from`, metres; flat earth is right to a metre within a town. */
export function metresFrom(from: LatLon, to: LatLon): readonly [east: number, south: number] {
  const east = (to.lon - from.lon) * M_PER_DEGREE * Math.cos((from.lat * Math.PI) / 180)
  return [east, (from.lat - to.lat) * M_PER_DEGREE]
}

export function straightM(from: LatLon, to: LatLon): number {
  return Math.hypot(...metresFrom(from, to))
}

export const COMPASS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const
export type Compass = (typeof COMPASS)[number]

/** The nearest of eight directions; `n` for the same point. */
export function compass(from: LatLon, to: LatLon): Compass {
  const [east, south] = metresFrom(from, to)
  const degrees = (Math.atan2(east, -south) * 180) / Math.PI
  return COMPASS[Math.round((degrees + 360) / 45) % 8] ?? 'n'
}
