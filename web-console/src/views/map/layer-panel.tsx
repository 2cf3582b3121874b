/** Which layers the map shows, with their counts. */
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { isOpen } from '../../state/queue.ts'
import { useConsole } from '../../state/store.ts'
import { Icon } from '../../ui/icons.tsx'
import { Key } from '../../ui/parts.tsx'
import { CAMERA_KINDS, CELL_LEVELS, flipped, kindOf, type Layers, VEHICLES } from './layers.ts'
import { useMapInfo } from './use-map.ts'

interface LayerPanelProps {
  readonly layers: Layers
  readonly onChange: (layers: Layers) => void
  readonly follow: boolean
  readonly onFollow: (follow: boolean) => void
}

interface TickProps {
  readonly on: boolean
  readonly onToggle: () => void
  readonly count?: number
  readonly children: ReactNode
}

function Tick({ on, onToggle, count, children }: TickProps) {
  return (
    <label className="tick row g8">
      <input type="checkbox" checked={on} onChange={onToggle} />
      <span className="tick-box">{on && <Icon name="check" size={13} />}</span>
      <span className="row g6">{children}</span>
      <span className="grow" />
      {count !== undefined && <span className="n m">{count}</span>}
    </label>
  )
}

/** How many of each kind there are: one pass, since there may be 50,000. */
function useTally<T>(
  items: ReadonlyMap<string, T>,
  kind: (item: T) => string | undefined
): ReadonlyMap<string, number> {
  return useMemo(() => {
    const tally = new Map<string, number>()
    for (const item of items.values()) {
      const word = kind(item)
      if (word !== undefined) tally.set(word, (tally.get(word) ?? 0) + 1)
    }
    return tally
  }, [items, kind])
}

const priorityOf = (incident: Parameters<typeof isOpen>[0] & { readonly priority: number }) =>
  isOpen(incident) ? String(incident.priority) : undefined
const vehicleOf = (unit: { readonly state: string; readonly vehicle: string }) =>
  unit.state === 'offDuty' ? undefined : unit.vehicle

export function LayerPanel({ layers, onChange, follow, onFollow }: LayerPanelProps) {
  const { t } = useTranslation()
  const info = useMapInfo()
  const open = useTally(
    useConsole(state => state.incidents),
    priorityOf
  )
  const units = useTally(
    useConsole(state => state.units),
    vehicleOf
  )
  const cameras = useTally(
    useConsole(state => state.cameras),
    kindOf
  )
  return (
    <aside className="layer-panel panel" aria-label={t('map:layers')}>
      <h2 className="head">{t('map:layer.incidents')}</h2>
      {[1, 2, 3, 4].map(priority => (
        <Tick
          key={priority}
          on={layers.priorities.has(priority)}
          onToggle={() => onChange({ ...layers, priorities: flipped(layers.priorities, priority) })}
          count={open.get(String(priority)) ?? 0}
        >
          P{priority}
        </Tick>
      ))}
      <Tick on={follow} onToggle={() => onFollow(!follow)}>
        {t('map:follow')} <Key>F</Key>
      </Tick>
      <h2 className="head row">
        {t('map:layer.units')}
        <span className="grow" />
        <span className="d">{t('map:onDuty')}</span>
      </h2>
      {VEHICLES.map(vehicle => (
        <Tick
          key={vehicle}
          on={layers.units.has(vehicle)}
          onToggle={() => onChange({ ...layers, units: flipped(layers.units, vehicle) })}
          count={units.get(vehicle) ?? 0}
        >
          {t(`words:vehicle.${vehicle}`)}
        </Tick>
      ))}
      <h2 className="head">{t('map:layer.cameras')}</h2>
      {CAMERA_KINDS.map(kind => (
        <Tick
          key={kind}
          on={layers.cameras.has(kind)}
          onToggle={() => onChange({ ...layers, cameras: flipped(layers.cameras, kind) })}
          count={cameras.get(kind) ?? 0}
        >
          {t(`map:camera.${kind}`)}
        </Tick>
      ))}
      <Tick on={layers.sectors} onToggle={() => onChange({ ...layers, sectors: !layers.sectors })}>
        {t('map:sectors')}
      </Tick>
      <h2 className="head">{t('map:layer.cells')}</h2>
      {CELL_LEVELS.map(level => (
        <Tick
          key={level}
          on={layers.cells.has(level)}
          onToggle={() => onChange({ ...layers, cells: flipped(layers.cells, level) })}
        >
          {t(`map:level.${level}`)}
        </Tick>
      ))}
      {info?.tiles && (
        <Tick on={layers.tiles} onToggle={() => onChange({ ...layers, tiles: !layers.tiles })}>
          {t('map:tiles')}
        </Tick>
      )}
      <p className="d t12 layer-note">{t('map:audited')}</p>
    </aside>
  )
}
