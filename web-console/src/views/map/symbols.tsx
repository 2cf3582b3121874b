/** Cameras, units and the incidents beyond those with a pin, on one canvas; what is clicked opens as a card, a cluster comes nearer. */
import type { MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Position } from '../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { Unit } from '../../../../gateway/core/unit.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { calledText } from '../../ui/called.ts'
import { agoText, countText } from '../../ui/time.ts'
import { CameraCard } from './camera-card.tsx'
import { kindOf, type Layers } from './layers.ts'
import { placeOf } from './map-data.ts'
import { STALE_MS } from './pins.tsx'
import type { Hit } from './search.ts'
import type { PinShown, Target } from './symbols/painter.ts'
import { createSymbolLayer, type SymbolLayer } from './symbols/symbol-layer.ts'
import { UnitCard } from './unit-card.tsx'

interface SymbolsProps {
  readonly map: MapLibreMap
  readonly layers: Layers
  readonly selected: Incident | undefined
  /** Incidents with a pin, the chosen one first, and those without. */
  readonly pinned: readonly Incident[]
  readonly others: readonly Incident[]
  /** A camera or unit among what was looked for opens its card. */
  readonly looked: Hit | undefined
  readonly onSelect: (id: string) => void
}

export function Symbols(props: SymbolsProps) {
  const { map, looked, onSelect } = props
  const layer = useLayer(map)
  const [chosen, choose] = useState<Target>()
  useShown(layer, props, chosen?.kind === 'unit' ? chosen.id : undefined)
  useClicks(map, layer, choose, onSelect)
  useEffect(() => {
    if (looked?.kind === 'camera' || looked?.kind === 'unit') choose({ kind: looked.kind, id: looked.id })
  }, [looked])
  const close = () => choose(undefined)
  if (chosen?.kind === 'camera') return <CameraCard key={chosen.id} map={map} cameraId={chosen.id} onClose={close} />
  if (chosen?.kind === 'unit') return <UnitCard key={chosen.id} map={map} unitId={chosen.id} onClose={close} />
  return null
}

function useLayer(map: MapLibreMap): SymbolLayer | undefined {
  const [layer, setLayer] = useState<SymbolLayer>()
  useEffect(() => {
    const made = createSymbolLayer(map)
    setLayer(made)
    return () => made.remove()
  }, [map])
  return layer
}

function useShown(
  layer: SymbolLayer | undefined,
  { layers, selected, pinned, others }: SymbolsProps,
  chosenUnitId: string | undefined
): void {
  const cameras = useConsole(state => state.cameras)
  const units = useConsole(state => state.units)
  const vehicles = useConsole(state => state.vehicles)
  const noteOf = useNote()
  const pins = usePins(pinned, selected?.id)
  const openKey = selected?.cameras.map(camera => camera.cameraId).join(' ') ?? ''
  const openIds = useMemo(() => new Set(openKey.split(' ')), [openKey])
  const wantsCamera = useCallback((camera: CameraView) => layers.cameras.has(kindOf(camera)), [layers.cameras])
  const wantsUnit = useCallback(
    (unit: Unit) => unit.state !== 'offDuty' && layers.units.has(unit.vehicle),
    [layers.units]
  )
  useEffect(() => {
    layer?.show({
      cameras,
      units,
      incidents: others,
      pins,
      sectors: layers.sectors,
      chosenUnitId,
      selectedId: selected?.id,
      openIds,
      wantsCamera,
      wantsUnit,
      placeOf: incident => placeOf(incident, vehicles),
      noteOf
    })
  }, [
    layer,
    cameras,
    units,
    vehicles,
    others,
    pins,
    selected?.id,
    chosenUnitId,
    layers.sectors,
    openIds,
    wantsCamera,
    wantsUnit,
    noteOf
  ])
}

/** Where pins stand, and the plates of those whose vehicle moves. */
function usePins(pinned: readonly Incident[], selectedId: string | undefined): readonly PinShown[] {
  const { t } = useTranslation()
  const now = useNow()
  const vehicles = useConsole(state => state.vehicles)
  return useMemo(
    () =>
      pinned.flatMap(incident => {
        const place = placeOf(incident, vehicles)
        const moving = vehicles.get(incident.id)
        const ageMs = now - (moving?.atMs ?? now)
        const plate = moving && {
          name: calledText(incident.subject, t),
          note: agoText(ageMs, t),
          stale: ageMs > STALE_MS
        }
        return place ? [{ place, selected: incident.id === selectedId, plate }] : []
      }),
    [pinned, selectedId, vehicles, now, t]
  )
}

/** What stands beside a unit's name: the age of an old position, the time until it is there, or what it does. */
function useNote() {
  const { t } = useTranslation()
  const now = useNow()
  const incidents = useConsole(state => state.incidents)
  const wordOf = useStateWord()
  return useCallback(
    (unit: Unit, position: Position) => {
      const ageMs = now - position.atMs
      if (ageMs > STALE_MS) return { note: agoText(ageMs, t), stale: true }
      const dueMs = unit.state === 'enRoute' ? dueOf(unit, incidents) : undefined
      if (dueMs !== undefined) return { note: countText(dueMs - now), stale: false }
      return { note: wordOf(unit.state), stale: false }
    },
    [t, now, incidents, wordOf]
  )
}

/** What a unit does, in words; a frame asks it of every unit in view. */
function useStateWord() {
  const { t } = useTranslation()
  return useMemo(() => {
    const known = new Map<Unit['state'], string>([['available', '']])
    return (state: Unit['state']) => {
      const word = known.get(state) ?? t(`words:unitState.${state}`)
      known.set(state, word)
      return word
    }
  }, [t])
}

/** Arrival by the estimate of its order, UTC ms. */
function dueOf(unit: Unit, incidents: ReadonlyMap<string, Incident>): number | undefined {
  const assignment = incidents.get(unit.incidentId ?? '')?.assignments.findLast(each => each.unitId === unit.id)
  if (assignment?.acceptedAtMs === undefined || assignment.etaS === undefined) return undefined
  return assignment.acceptedAtMs + assignment.etaS * 1_000
}

/** How much nearer a cluster comes by a click. */
const CLOSER = 2

/** A click beside everything closes what is open. */
function useClicks(
  map: MapLibreMap,
  layer: SymbolLayer | undefined,
  choose: (target: Target | undefined) => void,
  onSelect: (id: string) => void
): void {
  useEffect(() => {
    if (!layer) return
    const canvas = map.getCanvas()
    const clicked = (event: MapMouseEvent) => {
      // Not on a pin or in a card, which lie in the map too.
      if (event.originalEvent.target !== canvas) return
      const target = layer.pick(event.point.x, event.point.y)
      if (target?.kind === 'incident') onSelect(target.id)
      if (target?.kind === 'cluster')
        map.jumpTo({ center: lonLatOf(target.x, target.y), zoom: Math.min(map.getZoom() + CLOSER, map.getMaxZoom()) })
      else choose(target)
    }
    const moved = (event: MapMouseEvent) => {
      canvas.style.cursor = !map.isMoving() && layer.pick(event.point.x, event.point.y) ? 'pointer' : ''
    }
    map.on('click', clicked)
    map.on('mousemove', moved)
    return () => {
      map.off('click', clicked)
      map.off('mousemove', moved)
    }
  }, [map, layer, choose, onSelect])
}

function lonLatOf(x: number, y: number): [lon: number, lat: number] {
  return [x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI]
}
