/** The town: streets, cameras with their view, units and incidents; a list of the same where the browser cannot draw it. */
import type { MapLibreMap } from 'maplibre-gl'
import { useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { isOpen } from '../../state/queue.ts'
import { useConsole } from '../../state/store.ts'
import { CameraCard } from './camera-card.tsx'
import { dotsOf, placeOf, routesOf, sectorsOf } from './map-data.ts'
import { MapList } from './map-list.tsx'
import { IncidentPin, UnitPin } from './pins.tsx'
import { setData, useMap, useMapInfo } from './use-map.ts'
import './map.css'

export interface Layers {
  readonly cameras: boolean
  readonly sectors: boolean
  readonly units: boolean
  readonly cells: boolean
  /** Priorities that are shown. */
  readonly priorities: ReadonlySet<number>
}

export const ALL_LAYERS: Layers = {
  cameras: true,
  sectors: true,
  units: true,
  cells: true,
  priorities: new Set([1, 2, 3, 4, 5])
}

export interface TownMapProps {
  readonly selectedId: string | undefined
  readonly onSelect: (id: string) => void
  readonly follow: boolean
  readonly layers: Layers
  /** At first; 16.3 shows about 120 m on 150 px. */
  readonly zoom: number
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

function Drawn({ map, selectedId, onSelect, follow, layers }: TownMapProps & { readonly map: MapLibreMap }) {
  const incidents = useConsole(state => state.incidents)
  const units = useConsole(state => state.units)
  const vehicles = useConsole(state => state.vehicles)
  const selected = selectedId ? incidents.get(selectedId) : undefined
  const shown = useMemo(
    () =>
      [...incidents.values()]
        .filter(each => isOpen(each) || each.id === selectedId)
        .filter(each => layers.priorities.has(each.priority)),
    [incidents, selectedId, layers.priorities]
  )
  useCameraLayers(map, selected, layers)
  useFollow(map, follow ? selected : undefined)
  useEffect(
    () => setData(map, 'routes', routesOf(units.values(), incidents, vehicles)),
    [map, units, incidents, vehicles]
  )
  return (
    <>
      {shown.map(incident => (
        <IncidentPin
          key={incident.id}
          map={map}
          incident={incident}
          vehicles={vehicles}
          selected={incident.id === selectedId}
          onSelect={onSelect}
        />
      ))}
      {layers.units &&
        [...units.values()]
          .filter(unit => unit.state !== 'offDuty')
          .map(unit => (
            <UnitPin key={unit.id} map={map} unit={unit} dueMs={dueOf(unit.id, unit.incidentId, incidents)} />
          ))}
      {layers.cameras && <CameraCard map={map} />}
    </>
  )
}

function dueOf(
  unitId: string,
  incidentId: string | undefined,
  incidents: ReadonlyMap<string, Incident>
): number | undefined {
  const assignment = incidents.get(incidentId ?? '')?.assignments.findLast(each => each.unitId === unitId)
  if (assignment?.acceptedAtMs === undefined || assignment.etaS === undefined) return undefined
  return assignment.acceptedAtMs + assignment.etaS * 1_000
}

function useCameraLayers(map: MapLibreMap, selected: Incident | undefined, layers: Layers): void {
  const cameras = useConsole(state => state.cameras)
  const openKey = selected?.cameras.map(camera => camera.cameraId).join(' ') ?? ''
  useEffect(() => {
    const openIds = new Set(openKey.split(' '))
    setData(map, 'sectors', sectorsOf(cameras.values(), openIds))
    setData(map, 'cameras', dotsOf(cameras.values(), openIds))
  }, [map, cameras, openKey])
  useEffect(() => {
    const show = (layer: string, on: boolean) => map.setLayoutProperty(layer, 'visibility', on ? 'visible' : 'none')
    show('cameras', layers.cameras)
    show('sectors', layers.cameras && layers.sectors)
    show('cells', layers.cells)
    show('cell-names', layers.cells)
  }, [map, layers.cameras, layers.sectors, layers.cells])
}

/** Cuts to the followed incident when it changes place; no flight, only an alarm moves. */
function useFollow(map: MapLibreMap, followed: Incident | undefined): void {
  const vehicles = useConsole(state => state.vehicles)
  const at = followed ? placeOf(followed, vehicles) : undefined
  const lon = at?.lon
  const lat = at?.lat
  useEffect(() => {
    if (lon !== undefined && lat !== undefined) map.jumpTo({ center: [lon, lat] })
  }, [map, lon, lat])
}
