/** Check points as the form of a route has them: places as text, as they are copied from a map or picked on ours. Pure. */
import type { RouteDraft } from '../../../../gateway/core/patrol-route.ts'

export interface FormPoint {
  readonly key: number
  readonly id?: string
  readonly name: string
  readonly place: string
  readonly radiusM: string
}

/** About a metre: more digits say nothing. */
const DIGITS = 5

export const placeText = (lat: number, lon: number): string => `${lat.toFixed(DIGITS)}, ${lon.toFixed(DIGITS)}`

/** Undefined for what is no latitude and longitude. */
export function placeOf(text: string): { readonly lat: number; readonly lon: number } | undefined {
  const [lat = Number.NaN, lon = Number.NaN, ...more] = text
    .split(/[,，\s]+/)
    .filter(Boolean)
    .map(Number)
  const known = more.length === 0 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180
  return known ? { lat, lon } : undefined
}

export const formPointOf = (point: RouteDraft['points'][number], key: number): FormPoint => ({
  ...{ key, name: point.name, place: `${point.lat}, ${point.lon}`, radiusM: String(point.radiusM) },
  ...(point.id ? { id: point.id } : {})
})

/** What is no place is said by the gateway beside the field. */
export function pointOf({ id, name, place, radiusM }: FormPoint): RouteDraft['points'][number] {
  return { ...(id ? { id } : {}), name, ...(placeOf(place) ?? { lat: 0, lon: 0 }), radiusM: Number(radiusM) || 0 }
}

/** The place was picked: that of the chosen point, else of the first one that has none, else of a new one. */
export function placed(
  points: readonly FormPoint[],
  chosen: number | undefined,
  at: { readonly lat: number; readonly lon: number },
  newKey: () => number
): readonly FormPoint[] {
  const place = placeText(at.lat, at.lon)
  const target = points.find(({ key }) => key === chosen) ?? points.find(({ place: known }) => known.trim() === '')
  if (target) return points.map(each => (each === target ? { ...each, place } : each))
  return [...points, { key: newKey(), name: '', place, radiusM: '50' }]
}
