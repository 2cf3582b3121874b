/** The same as the map, in words: open incidents with their place, units with state and age of position, cameras that do not answer. */
import { useTranslation } from 'react-i18next'
import { useNow } from '../../state/clock.ts'
import { queueOf } from '../../state/queue.ts'
import { useConsole } from '../../state/store.ts'
import { titleOf } from '../../state/title.ts'
import { stateText } from '../../ui/incident-state.ts'
import { Age } from '../../ui/parts.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { spanText } from '../../ui/time.ts'
import { UnitArrow } from './pins.tsx'

export function MapList({ onSelect }: { readonly onSelect: (id: string) => void }) {
  const { t } = useTranslation()
  const incidents = useConsole(state => state.incidents)
  const cameras = useConsole(state => state.cameras)
  const down = [...cameras.values()].filter(camera => camera.health !== 'live' && camera.health !== 'idle')
  const rows = [...queueOf(incidents.values(), undefined).order].sort((a, b) => a.priority - b.priority)
  return (
    <div className="map-list">
      <h3 className="head">{t('map:incidents')}</h3>
      {rows.map(incident => (
        <button key={incident.id} type="button" className="map-row row g8" onClick={() => onSelect(incident.id)}>
          <PriorityShape priority={incident.priority} size={20} />
          <span className="el">{titleOf(incident, t)}</span>
          <span className="m el grow">{incident.subject.address}</span>
          <span className="m t12 nw">{stateText(incident, t)}</span>
          <Age sinceMs={incident.openedAtMs} />
        </button>
      ))}
      <h3 className="head">{t('map:units')}</h3>
      <UnitRows />
      <h3 className="head">{t('map:camerasDown', { n: down.length, m: cameras.size })}</h3>
      {down.map(camera => (
        <p key={camera.id} className="map-row row g8">
          <span className="grow el">{camera.name}</span>
          <span className="t-amb">{t(`words:health.${camera.health}`)}</span>
        </p>
      ))}
    </div>
  )
}

function UnitRows() {
  const { t } = useTranslation()
  const now = useNow()
  const units = useConsole(state => [...state.units.values()])
  return units.map(unit => (
    <p key={unit.id} className="map-row row g8">
      <UnitArrow state={unit.state} size={16} />
      <span className="grow el">{unit.name}</span>
      <span className="m">{t(`words:unitState.${unit.state}`)}</span>
      {unit.position && <span className="d n">{t('map:ago', { span: spanText(now - unit.position.atMs, t) })}</span>}
    </p>
  ))
}
