/** The map as a window of its own: layers at the left, incidents at the right, the selected one in a card. */
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { isOpen } from '../../state/queue.ts'
import { useSelection } from '../../state/selection.ts'
import { useConsole } from '../../state/store.ts'
import { titleOf } from '../../state/title.ts'
import { stateText } from '../../ui/incident-state.ts'
import { KeysList } from '../../ui/keys-list.tsx'
import { Age, Button } from '../../ui/parts.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { TopBar } from '../../ui/top-bar.tsx'
import { goTo } from '../../windows/use-windows.ts'
import { ALL_KEYS } from '../floor/key-table.ts'
import { useKeys } from '../floor/keys.ts'
import { CoveragePanel } from './coverage-panel.tsx'
import { IncidentCard } from './incident-card.tsx'
import { LayerPanel } from './layer-panel.tsx'
import { ALL_LAYERS } from './layers.ts'
import { Legend } from './legend.tsx'
import { look, useLookedFor } from './looked.ts'
import { MapList } from './map-list.tsx'
import type { Hit } from './search.ts'
import { SearchBox } from './search-box.tsx'
import { TownMap } from './town-map.tsx'

/** Those of the floor's keys that act here. */
const MAP_KEYS = ALL_KEYS.filter(({ does }) =>
  ['map', 'wall', 'toWall', 'dispatch', 'follow', 'frameAll', 'choose', 'search', 'keys', 'back'].includes(does)
)

/** By layers, search, list and card. */
const COVERED = { top: 80, right: 390, bottom: 110, left: 290 }

export default function MapView() {
  const { t } = useTranslation()
  const [selectedId, select] = useSelection()
  const [layers, setLayers] = useState(ALL_LAYERS)
  const looked = useLookedFor()
  const [follow, setFollow] = useState(looked === undefined)
  const [framed, setFramed] = useState(0)
  const [help, setHelp] = useState(false)
  const [words, setWords] = useState(false)
  const box = useRef<HTMLInputElement>(null)
  const find = (hit: Hit) => {
    setFollow(false)
    look(hit)
    setWords(false)
    if (hit.kind === 'incident') select(hit.id)
  }
  const frame = () => {
    setFollow(false)
    setFramed(framed + 1)
  }
  useAlarmSound()
  const selected = useConsole(state => (selectedId ? state.incidents.get(selectedId) : undefined))
  useKeys(command => {
    if (command.name === 'keys') setHelp(true)
    else if (command.name === 'search') box.current?.focus()
    else if (command.name === 'escape' && words) setWords(false)
    else if (command.name === 'escape' && looked) look(undefined)
    else if (command.name === 'map' || (command.name === 'escape' && !selected)) return goTo('/')
    else if (command.name === 'wall') return goTo('/wall')
    else if (command.name === 'follow') setFollow(!follow)
    else if (command.name === 'frameAll') frame()
    else if (command.name === 'escape') select(undefined)
    else if (command.name === 'open' && selected) return goTo('/')
    else return false
    return true
  })
  return (
    <div className="map-view col">
      <TopBar />
      <div className="map-panel grow">
        <TownMap {...{ selectedId, follow, layers, looked, framed }} covered={COVERED} onSelect={select} zoom={15.9} />
        <LayerPanel layers={layers} onChange={setLayers} follow={follow} onFollow={setFollow} />
        <SearchBox ref={box} onHit={find} />
        <div className="map-switches row g6">
          <Button className="map-words-switch" aria-pressed={words} onClick={() => setWords(!words)}>
            {t(words ? 'map:asMap' : 'map:asList')}
          </Button>
          <Button keyCap="⇧F" onClick={frame}>
            {t('map:frame')}
          </Button>
        </div>
        {words && (
          <section className="map-words panel" aria-label={t('map:asList')}>
            <MapList onSelect={select} />
          </section>
        )}
        {looked && !words && <CoveragePanel key={looked.id} hit={looked} onClose={() => look(undefined)} />}
        {!words && <OnMap onSelect={select} selectedId={selectedId} />}
        {selected && <IncidentCard incident={selected} />}
        <Legend />
      </div>
      {help && (
        <Sheet title={t('floor:keys.title')} onClose={() => setHelp(false)}>
          <KeysList rows={MAP_KEYS} words="floor:keys" />
        </Sheet>
      )}
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
