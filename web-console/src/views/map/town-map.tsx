/** The town: streets, cameras with their view, units and incidents; a list of the same where the browser cannot draw it. */
import type { MapLibreMap } from 'maplibre-gl'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { UnitWay } from '../../../../gateway/core/wire.ts'
import { useLocated } from '../../state/located.ts'
import { isOpen } from '../../state/queue.ts'
import { store, useConsole } from '../../state/store.ts'
import { usePolled } from '../../wire/use-polled.ts'
import { fenceOf } from './fence-data.ts'
import { frameOf } from './frame.ts'
import { CELL_LEVELS, type Layers } from './layers.ts'
import { isBare, placeOf, routesOf } from './map-data.ts'
import { MapList } from './map-list.tsx'
import { Pin } from './marker.tsx'
import { IncidentPin } from './pins.tsx'
import type { Hit } from './search.ts'
import { MOST_PINS } from './symbols/limits.ts'
import { Symbols } from './symbols.tsx'
import { setData, useMap, useMapInfo } from './use-map.ts'
import './map.css'

export interface TownMapProps {
  readonly selectedId: string | undefined
  readonly onSelect: (id: string) => void
  readonly follow: boolean
  readonly layers: Layers
  /** At first; 16.3 shows about 120 m on 150 px. */
  readonly zoom: number
  /** Another number brings all open incidents into view. */
  readonly framed: number
  /** Room that panels cover, in CSS pixels. */
  readonly covered: Covered
  /** A place that was looked for: brought into view and marked. */
  readonly looked?: Hit | undefined
}

export interface Covered {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

export function TownMap(props: TownMapProps) {
  const { t } = useTranslation()
  const container = useRef<HTMLDivElement>(null)
  const info = useMapInfo()
  const map = useMap(container, info, props.zoom)
  return (
    <section className="town-map" aria-label={t('map:title')}>
      <div ref={container} className="town-canvas" hidden={map === null} />
      {map && <Drawn map={map} {...props} />}
      {map && info && isBare(info) && <p className="map-bare m t12">{t('map:noStreets')}</p>}
      {map && info?.tiles && <p className="map-attribution d">{info.tiles.attribution}</p>}
      {map === null && (
        <>
          <p className="map-missing t-amb" role="status">
            {t('map:noWebgl')}
          </p>
          <MapList onSelect={props.onSelect} />
        </>
      )}
    </section>
  )
}

function Drawn(props: TownMapProps & { readonly map: MapLibreMap }) {
  const { map, selectedId, onSelect, follow, layers, looked } = props
  const incidents = useConsole(state => state.incidents)
  const vehicles = useConsole(state => state.vehicles)
  const selected = selectedId ? incidents.get(selectedId) : undefined
  const shown = useMemo(
    () =>
      [...incidents.values()]
        .filter(each => isOpen(each) || each.id === selectedId)
        .filter(each => layers.priorities.has(each.priority))
        .sort(
          (a, b) =>
            Number(b.id === selectedId) - Number(a.id === selectedId) ||
            a.priority - b.priority ||
            a.openedAtMs - b.openedAtMs
        ),
    [incidents, selectedId, layers.priorities]
  )
  const [pinned, others] = useMemo(() => [shown.slice(0, MOST_PINS), shown.slice(MOST_PINS)], [shown])
  useGround(map, layers)
  const zoomBack = useFrame(props, follow && selected !== undefined)
  useFollow(map, follow ? selected : undefined, zoomBack)
  useFence(map, selectedId)
  useRoutes(map)
  useLooked(map, looked)
  return (
    <>
      {pinned.map(incident => (
        <IncidentPin
          key={incident.id}
          map={map}
          incident={incident}
          vehicles={vehicles}
          selected={incident.id === selectedId}
          onSelect={onSelect}
        />
      ))}
      {looked?.point && (
        <Pin map={map} at={looked.point} level={45}>
          <i className="pin-place" aria-hidden="true" />
        </Pin>
      )}
      <Symbols
        map={map}
        layers={layers}
        selected={selected}
        pinned={pinned}
        others={others}
        looked={looked}
        onSelect={onSelect}
      />
    </>
  )
}

/** The road does not change while it is driven; a new order is seen soon. */
const WAYS_MS = 5_000

/** A thousand positions a second move few routes or none: the ground is painted again only for those. */
function useRoutes(map: MapLibreMap): void {
  const incidents = useConsole(state => state.incidents)
  const units = useConsole(state => state.units)
  const vehicles = useConsole(state => state.vehicles)
  const moving = useMemo(() => [...units.values()].some(unit => unit.state === 'enRoute'), [units])
  const [ways] = usePolled<readonly UnitWay[]>(moving ? '/api/ways' : undefined, WAYS_MS)
  const text = useMemo(
    () => JSON.stringify(routesOf(units.values(), incidents, vehicles, ways)),
    [units, incidents, vehicles, ways]
  )
  useEffect(() => setData(map, 'routes', JSON.parse(text)), [map, text])
}

function useGround(map: MapLibreMap, { cells, tiles }: Layers): void {
  useEffect(() => {
    if (map.getLayer('tiles')) map.setLayoutProperty('tiles', 'visibility', tiles ? 'visible' : 'none')
    for (const level of CELL_LEVELS)
      for (const layer of [`cells-${level}`, `cell-names-${level}`])
        map.setLayoutProperty(layer, 'visibility', cells.has(level) ? 'visible' : 'none')
  }, [map, cells, tiles])
}

/** Near enough to tell one house from the next. */
const LOOKED_ZOOM = 17.2

function useLooked(map: MapLibreMap, looked: Hit | undefined): void {
  useEffect(() => {
    if (!looked?.point) return
    const { lon, lat } = looked.point
    const zoom = looked.kind === 'cell' ? map.getZoom() : Math.max(map.getZoom(), LOOKED_ZOOM)
    map.jumpTo({ center: [lon, lat], zoom })
  }, [map, looked])
}

/**
 * All open incidents at first, as soon as they are known and unless one of them is followed; and again when it is asked for.
 * Answers the zoom to go back to while nobody has zoomed since.
 */
function useFrame(
  { map, framed, covered, zoom }: TownMapProps & { readonly map: MapLibreMap },
  followed: boolean
): () => number {
  const known = useConsole(({ connection: { phase } }) => phase === 'connected' || phase === 'replaying')
  const done = useRef<number>(undefined)
  const left = useRef<number>(undefined)
  useEffect(() => {
    if (!known || done.current === framed) return
    const opening = done.current === undefined
    done.current = framed
    const { incidents, vehicles } = store.get()
    const frame = frameOf(incidents.values(), vehicles)
    if (!frame || (opening && followed)) return
    const [[west, south], [east, north]] = frame
    map.fitBounds([west, south, east, north], { padding: covered, maxZoom: zoom, animate: false })
    left.current = map.getZoom()
  }, [map, known, framed, followed, covered, zoom])
  return useCallback(() => (map.getZoom() === left.current ? zoom : map.getZoom()), [map, zoom])
}

/** Of the person who was looked up last, while his incident is the chosen one. */
function useFence(map: MapLibreMap, selectedId: string | undefined): void {
  const located = useLocated()
  const look = located?.incidentId === selectedId ? located?.look : undefined
  useEffect(() => setData(map, 'fence', fenceOf(look)), [map, look])
}

/** Cuts to the followed incident when it changes place; no flight, only an alarm moves. */
function useFollow(map: MapLibreMap, followed: Incident | undefined, zoomBack: () => number): void {
  const vehicles = useConsole(state => state.vehicles)
  const at = followed ? placeOf(followed, vehicles) : undefined
  const lon = at?.lon
  const lat = at?.lat
  useEffect(() => {
    if (lon !== undefined && lat !== undefined) map.jumpTo({ center: [lon, lat], zoom: zoomBack() })
  }, [map, lon, lat, zoomBack])
}
