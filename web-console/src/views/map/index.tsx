/** The map as a window of its own: layers at the left, incidents at the right, the selected one in a card. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { navigate } from '../../route.ts'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { isOpen } from '../../state/queue.ts'
import { useSelection } from '../../state/selection.ts'
import { useConsole } from '../../state/store.ts'
import { titleOf } from '../../state/title.ts'
import { stateText } from '../../ui/incident-state.ts'
import { Age, Button, Chip } from '../../ui/parts.tsx'
import { placeText } from '../../ui/place-text.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { TopBar } from '../../ui/top-bar.tsx'
import { useKeys } from '../floor/keys.ts'
import { LayerPanel } from './layer-panel.tsx'
import { ALL_LAYERS } from './layers.ts'
import { Legend } from './legend.tsx'
import { TownMap } from './town-map.tsx'

export default function MapView() {
  const [selectedId, select] = useSelection()
  const [layers, setLayers] = useState(ALL_LAYERS)
  const [follow, setFollow] = useState(true)
  useAlarmSound()
  const selected = useConsole(state => (selectedId ? state.incidents.get(selectedId) : undefined))
  useKeys(command => {
    if (command.name === 'map' || (command.name === 'escape' && !selected)) navigate('/')
    else if (command.name === 'wall') navigate('/wall')
    else if (command.name === 'follow') setFollow(!follow)
    else if (command.name === 'escape') select(undefined)
    else if (command.name === 'open' && selected) navigate('/')
    else return false
    return true
  })
  return (
    <div className="map-view col">
      <TopBar />
      <div className="map-panel grow">
        <TownMap selectedId={selectedId} onSelect={select} follow={follow} layers={layers} zoom={15.9} />
        <LayerPanel layers={layers} onChange={setLayers} follow={follow} onFollow={setFollow} />
        <OnMap onSelect={select} selectedId={selectedId} />
        {selected && <Card incident={selected} />}
        <Legend />
      </div>
    </div>
  )
}

const MOST = 12

function OnMap({
  selectedId,
  onSelect
}: {
  readonly selectedId: string | undefined
  readonly onSelect: (id: string) => void
}) {
  const { t } = useTranslation()
  const incidents = useConsole(state => state.incidents)
  const open = [...incidents.values()]
    .filter(isOpen)
    .sort((a, b) => a.priority - b.priority || a.openedAtMs - b.openedAtMs)
  return (
    <nav className="on-map panel" aria-label={t('map:incidents')}>
      <h2 className="row on-map-head">
        {t('map:incidents')}
        <span className="grow" />
        <span className="d n">{t('map:count', { n: open.length })}</span>
      </h2>
      {open.slice(0, MOST).map(incident => (
        <button
          key={incident.id}
          type="button"
          className="map-row row g8"
          aria-current={incident.id === selectedId || undefined}
          onClick={() => onSelect(incident.id)}
        >
          <PriorityShape priority={incident.priority} size={20} />
          <span className="el grow">{titleOf(incident, t)}</span>
          <span className="m t12 nw">{stateText(incident, t)}</span>
          <Age sinceMs={incident.openedAtMs} />
        </button>
      ))}
      {open.length > MOST && <p className="d on-map-rest">{t('map:rest', { n: open.length - MOST })}</p>}
    </nav>
  )
}

function Card({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const owner = incident.owner
  const who = owner
    ? [owner.seat ? t('common:seatN', { n: owner.seat }) : '', owner.name].filter(Boolean).join(' ')
    : ''
  return (
    <section className="map-card panel" aria-label={titleOf(incident, t)}>
      <div className="row g8">
        <PriorityShape priority={incident.priority} />
        <b className="el map-card-name">{incident.subject.name}</b>
        {incident.presses > 1 && <Chip tone="red">{t('floor:head.presses', { n: incident.presses })}</Chip>}
        <span className="grow" />
        <Age sinceMs={incident.openedAtMs} />
      </div>
      <p className="m">{[placeText(incident, t), stateText(incident, t), who].filter(Boolean).join(' · ')}</p>
      {!incident.position && <p className="t-amb">{t('map:noPlace')}</p>}
      {incident.assignments
        .filter(each => each.endedAtMs === undefined)
        .map(each => (
          <p key={each.id} className="row g8">
            <span>{each.unitName}</span>
            <span className="m">{t(`words:assignment.${each.state}`)}</span>
          </p>
        ))}
      <div>
        <Button state="best" keyCap="↵" onClick={() => navigate('/')}>
          {t('map:openIncident')}
        </Button>
      </div>
    </section>
  )
}
