/** The same as the map, in words: open incidents with their place, units with state and age of position, cameras that do not answer. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { Unit } from '../../../../gateway/core/unit.ts'
import { useNow } from '../../state/clock.ts'
import { queueOf } from '../../state/queue.ts'
import { useConsole } from '../../state/store.ts'
import { titleOf } from '../../state/title.ts'
import { stateText } from '../../ui/incident-state.ts'
import { Age } from '../../ui/parts.tsx'
import { usePlaceText } from '../../ui/place-line.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { agoText } from '../../ui/time.ts'
import { isLost } from './map-data.ts'
import { UnitArrow } from './pins.tsx'

/** A list of a city is for nobody to read to its end. */
const MOST_ROWS = 200

function Place({ incident }: { readonly incident: Incident }) {
  return <span className="m el grow">{usePlaceText(incident)}</span>
}

export function MapList({ onSelect }: { readonly onSelect: (id: string) => void }) {
  const { t } = useTranslation()
  const incidents = useConsole(state => state.incidents)
  const cameras = useConsole(state => state.cameras)
  const down = useMemo(() => [...cameras.values()].filter(isLost), [cameras])
  const rows = [...queueOf(incidents.values(), undefined).order].sort((a, b) => a.priority - b.priority)
  return (
    <div className="map-list">
      <h3 className="head">{t('map:incidents')}</h3>
      {rows.slice(0, MOST_ROWS).map(incident => (
        <button key={incident.id} type="button" className="map-row row g8" onClick={() => onSelect(incident.id)}>
          <PriorityShape priority={incident.priority} size={20} />
          <span className="el">{titleOf(incident, t)}</span>
          <Place incident={incident} />
          <span className="m t12 nw">{stateText(incident, t)}</span>
          <Age sinceMs={incident.openedAtMs} />
        </button>
      ))}
      <Rest of={rows.length} />
      <h3 className="head">{t('map:units')}</h3>
      <UnitRows />
      <h3 className="head">{t('map:camerasDown', { n: down.length, m: cameras.size })}</h3>
      {down.slice(0, MOST_ROWS).map(camera => (
        <p key={camera.id} className="map-row row g8">
          <span className="grow el">{camera.name}</span>
          <span className="t-amb">{t(`words:health.${camera.health}`)}</span>
        </p>
      ))}
      <Rest of={down.length} />
    </div>
  )
}

function Rest({ of }: { readonly of: number }) {
  const { t } = useTranslation()
  return of > MOST_ROWS ? <p className="d">{t('map:more', { n: of - MOST_ROWS })}</p> : null
}

function UnitRows() {
  const { t } = useTranslation()
  const now = useNow()
  const all = useConsole(state => state.units)
  // Who is on the way or there comes first: those are looked for.
  const units = useMemo(() => {
    const busy = (unit: Unit) => Number(unit.state !== 'available')
    return [...all.values()].filter(unit => unit.state !== 'offDuty').sort((a, b) => busy(b) - busy(a))
  }, [all])
  return (
    <>
      {units.slice(0, MOST_ROWS).map(unit => (
        <p key={unit.id} className="map-row row g8">
          <UnitArrow state={unit.state} size={16} />
          <span className="grow el">{unit.name}</span>
          <span className="m">{t(`words:unitState.${unit.state}`)}</span>
          {unit.position && <span className="d n">{agoText(now - unit.position.atMs, t)}</span>}
        </p>
      ))}
      <Rest of={units.length} />
    </>
  )
}
