/** Which layers the map shows, with their counts. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isOpen } from '../../state/queue.ts'
import { useConsole } from '../../state/store.ts'
import { Icon } from '../../ui/icons.tsx'
import { Key } from '../../ui/parts.tsx'
import type { Layers } from './town-map.tsx'

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

export function LayerPanel({ layers, onChange, follow, onFollow }: LayerPanelProps) {
  const { t } = useTranslation()
  const incidents = useConsole(state => state.incidents)
  const units = useConsole(state => [...state.units.values()].filter(unit => unit.state !== 'offDuty').length)
  const cameras = useConsole(state => state.cameras.size)
  const open = [...incidents.values()].filter(isOpen)
  const flip = (priority: number) => {
    const priorities = new Set(layers.priorities)
    if (!priorities.delete(priority)) priorities.add(priority)
    onChange({ ...layers, priorities })
  }
  return (
    <aside className="layer-panel panel" aria-label={t('map:layers')}>
      <h2 className="head">{t('map:layer.incidents')}</h2>
      {[1, 2, 3, 4].map(priority => (
        <Tick
          key={priority}
          on={layers.priorities.has(priority)}
          onToggle={() => flip(priority)}
          count={open.filter(each => each.priority === priority).length}
        >
          P{priority}
        </Tick>
      ))}
      <Tick on={follow} onToggle={() => onFollow(!follow)}>
        {t('map:follow')} <Key>F</Key>
      </Tick>
      <h2 className="head">{t('map:layer.units')}</h2>
      <Tick on={layers.units} onToggle={() => onChange({ ...layers, units: !layers.units })} count={units}>
        {t('map:onDuty')}
      </Tick>
      <h2 className="head">{t('map:layer.cameras')}</h2>
      <Tick on={layers.cameras} onToggle={() => onChange({ ...layers, cameras: !layers.cameras })} count={cameras}>
        {t('map:allCameras')}
      </Tick>
      <Tick on={layers.sectors} onToggle={() => onChange({ ...layers, sectors: !layers.sectors })}>
        {t('map:sectors')}
      </Tick>
      <h2 className="head">{t('map:layer.cells')}</h2>
      <Tick on={layers.cells} onToggle={() => onChange({ ...layers, cells: !layers.cells })}>
        {t('map:level3')}
      </Tick>
      <p className="d t12 layer-note">{t('map:audited')}</p>
    </aside>
  )
}
