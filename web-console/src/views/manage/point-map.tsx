/** The town, on which check points are picked: a click places the chosen one or a new one; the way between them is drawn in their order. */
import type { MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { GeoPoint } from '../../../../gateway/core/geo.ts'
import { Pin } from '../map/marker.tsx'
import { setData, useMap, useMapInfo } from '../map/use-map.ts'
import { type FormPoint, placeOf } from './route-points.ts'
import '../map/map.css'

const ZOOM = 15
const PADDING_PX = 50

export interface PointMapProps {
  readonly points: readonly FormPoint[]
  /** The point that the next click moves. */
  readonly chosen: number | undefined
  readonly onChosen: (key: number | undefined) => void
  readonly onPlace: (at: { readonly lat: number; readonly lon: number }) => void
}

export function PointMap(props: PointMapProps) {
  const { t } = useTranslation()
  const container = useRef<HTMLDivElement>(null)
  const map = useMap(container, useMapInfo(), ZOOM)
  return (
    <section className="mng-map wide" aria-label={t('manage:route.map')}>
      <div ref={container} className="town-canvas" hidden={map === null} />
      {map && <Drawn map={map} {...props} />}
      {map === null && <p className="t-amb">{t('map:noWebgl')}</p>}
    </section>
  )
}

function Drawn({ map, points, chosen, onChosen, onPlace }: PointMapProps & { readonly map: MapLibreMap }) {
  const { t } = useTranslation()
  const latest = useRef(onPlace)
  latest.current = onPlace
  useEffect(() => {
    const pick = ({ lngLat }: MapMouseEvent) => latest.current({ lat: lngLat.lat, lon: lngLat.lng })
    map.getCanvas().style.cursor = 'crosshair'
    map.on('click', pick)
    return () => void map.off('click', pick)
  }, [map])
  const known = points.flatMap((point, n) => {
    const at = placeOf(point.place)
    return at ? [{ ...point, n: n + 1, at: { ...at, datum: 'wgs84' } satisfies GeoPoint }] : []
  })
  useFit(
    map,
    known.map(({ at }) => at)
  )
  const way = JSON.stringify(known.map(({ at }) => [at.lon, at.lat]))
  useEffect(() => {
    const coordinates = JSON.parse(way) as [number, number][]
    const line = { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates } } as const
    setData(map, 'routes', { type: 'FeatureCollection', features: coordinates.length > 1 ? [line] : [] })
  }, [map, way])
  return known.map(({ key, n, name, at }) => (
    <Pin key={key} map={map} at={at} level={key === chosen ? 20 : 10}>
      <button
        type="button"
        className="mng-pin n"
        aria-pressed={key === chosen}
        aria-label={t('manage:route.onMap', { n, name })}
        onClick={event => {
          event.stopPropagation()
          onChosen(key === chosen ? undefined : key)
        }}
      >
        {n}
      </button>
    </Pin>
  ))
}

/** At first only: who is picking does not want the map to move. */
function useFit(map: MapLibreMap, places: readonly GeoPoint[]): void {
  const first = useRef(places)
  useEffect(() => {
    const [from, ...others] = first.current
    if (!from) return
    const all = [from, ...others]
    const [lon, lat] = [all.map(each => each.lon), all.map(each => each.lat)]
    map.fitBounds([Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)], {
      ...{ padding: PADDING_PX, maxZoom: ZOOM + 2, animate: false }
    })
  }, [map])
}
