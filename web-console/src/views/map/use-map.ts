/** Makes the MapLibre map once, with its worker from our own build, and tells when it cannot be made. */
import type * as GeoJSON from 'geojson'
import { type GeoJSONSource, MapLibreMap, ScaleControl, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { type RefObject, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MapInfo } from '../../../../gateway/core/wire.ts'
import { useConsole } from '../../state/store.ts'
import { scaleNow } from '../../ui/scale.ts'
import { get } from '../../wire/api.ts'
import { MAP_FONT, styleOf } from './map-style.ts'
import { drawsInSoftware } from './symbols/still.ts'
import { zoomAtOnce } from './wheel.ts'
import 'maplibre-gl/dist/maplibre-gl.css'

setWorkerUrl(workerUrl)

let asked: { readonly grid: number; readonly answer: Promise<MapInfo> } | undefined

/** The site's map; asked once per page, again after a failure and when another grid has been taken in. */
export function useMapInfo(): MapInfo | undefined {
  const [map, setMap] = useState<MapInfo>()
  const grid = useConsole(state => state.changes.grid ?? 0)
  useEffect(() => {
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      if (asked?.grid !== grid) asked = { grid, answer: get<MapInfo>('/api/map') }
      asked.answer.then(
        answer => !gone && setMap(answer),
        () => {
          asked = undefined
          if (!gone) timer = setTimeout(ask, 5_000)
        }
      )
    }
    ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [grid])
  return map
}

/** `undefined` while it is being made, `null` where WebGL is missing. */
export function useMap(
  container: RefObject<HTMLDivElement | null>,
  info: MapInfo | undefined,
  zoom: number
): MapLibreMap | null | undefined {
  const { t } = useTranslation()
  const [map, setMap] = useState<MapLibreMap | null>()
  useEffect(() => {
    if (!info || !container.current) return
    let made: MapLibreMap | undefined
    let gone = false
    const start = async () => {
      // Names are drawn by the browser's own canvas: the font must be there before the first of them.
      await document.fonts.load(`16px "${MAP_FONT}"`, namesOf(info)).catch(() => undefined)
      if (gone || !container.current) return
      made = create(container.current, info, zoom)
      if (!made) return setMap(null)
      made.once('load', () => !gone && setMap(made))
      tellDrawn(made)
    }
    void start()
    return () => {
      gone = true
      made?.remove()
      setMap(undefined)
    }
  }, [container, info, zoom])
  const title = t('map:title')
  useEffect(() => {
    // MapLibre's own word is English.
    map?.getCanvas().setAttribute('aria-label', title)
  }, [map, title])
  return map
}

/** `data-drawn` of the container is `yes` while nothing is left to be drawn, `data-view` what is drawn: for whoever takes a picture of it. */
function tellDrawn(map: MapLibreMap): void {
  const { dataset } = map.getContainer()
  map.on('render', () => {
    if (dataset.drawn !== 'no') dataset.drawn = 'no'
  })
  map.on('idle', () => {
    const { lng, lat } = map.getCenter()
    dataset.view = [lng, lat, map.getZoom()].join(' ')
    dataset.drawn = 'yes'
  })
}

function create(container: HTMLElement, info: MapInfo, zoom: number): MapLibreMap | undefined {
  const [west, south, east, north] = info.bounds
  try {
    const map = new MapLibreMap({
      container,
      style: styleOf(info),
      center: [info.center.lon, info.center.lat],
      zoom,
      minZoom: 9,
      maxZoom: 20,
      maxBounds: [west - 0.05, south - 0.05, east + 0.05, north + 0.05],
      attributionControl: false,
      localIdeographFontFamily: `"${MAP_FONT}", sans-serif`,
      // Arrows belong to the queue; the map has its list for the keyboard.
      keyboard: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      pixelRatio: pixelRatio()
    })
    keepSharp(map)
    if (drawsInSoftware(map.getCanvas())) zoomAtOnce(map)
    map.addControl(new ScaleControl({ maxWidth: 122, unit: 'metric' }), 'bottom-right')
    return map
  } catch {
    return undefined
  }
}

/** A page that is drawn larger has more of the screen's pixels. */
const pixelRatio = (): number => window.devicePixelRatio * scaleNow()

function keepSharp(map: MapLibreMap): void {
  const changed = () => {
    if (map.getPixelRatio() !== pixelRatio()) map.setPixelRatio(pixelRatio())
  }
  window.addEventListener('resize', changed)
  map.once('remove', () => window.removeEventListener('resize', changed))
}

function namesOf(info: MapInfo): string {
  const { features = [] } = info.layers.streets as { features?: readonly { properties?: { name?: string } | null }[] }
  return (
    features
      .map(feature => feature.properties?.name ?? '')
      .join('')
      .slice(0, 2_000) || '路'
  )
}

/** Replaces the data of a source that changes. */
export function setData(map: MapLibreMap, source: string, data: GeoJSON.FeatureCollection): void {
  map.getSource<GeoJSONSource>(source)?.setData(data)
}
