/** A locator's fence and the place that was looked up, as GeoJSON. Pure. */
import type * as GeoJSON from 'geojson'
import type { Fence } from '../../../../gateway/core/fence.ts'
import type { LocatorLook } from '../../../../gateway/core/locator-wire.ts'

const CORNERS = 72
const METRES_PER_DEGREE = 111_195

export function fenceOf(look: LocatorLook | undefined): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = []
  const ring = look?.fenceShape && ringOf(look.fenceShape)
  if (ring) features.push({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } })
  const point = look?.position?.point
  if (point)
    features.push({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [point.lon, point.lat] } })
  return { type: 'FeatureCollection', features }
}

function ringOf({ circle, polygon }: Fence): GeoJSON.Position[] | undefined {
  if (circle) {
    const { center, radiusM } = circle
    const lat = radiusM / METRES_PER_DEGREE
    const lon = lat / Math.cos((center.lat * Math.PI) / 180)
    return Array.from({ length: CORNERS + 1 }, (_, n) => {
      const angle = (2 * Math.PI * (n % CORNERS)) / CORNERS
      return [center.lon + lon * Math.cos(angle), center.lat + lat * Math.sin(angle)]
    })
  }
  const corners = (polygon ?? []).map(({ lon, lat }) => [lon, lat])
  const [first] = corners
  return first && corners.length >= 3 ? [...corners, first] : undefined
}
