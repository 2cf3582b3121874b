/** /: finds incidents by person, address or number, and cameras and units by name, or by their initials, in what this window knows. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../../../state/store.ts'
import { titleOf } from '../../../state/title.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { stateText } from '../../../ui/incident-state.ts'
import { initialsOf } from '../../../ui/initials.ts'
import { placeText } from '../../../ui/place-text.ts'
import { PriorityShape } from '../../../ui/priority.tsx'
import { useFloor } from '../floor-context.tsx'

const MOST = 8

export function SearchMenu() {
  const { t } = useTranslation()
  const { select, openMenu } = useFloor()
  const [text, setText] = useState('')
  const incidents = useConsole(state => state.incidents)
  const units = useConsole(state => state.units)
  const cameras = useConsole(state => state.cameras)
  const wanted = text.trim().toLowerCase()
  const has = (...fields: readonly (string | undefined)[]) =>
    wanted !== '' &&
    fields.some(field => field && (field.toLowerCase().includes(wanted) || initialsOf(field).includes(wanted)))
  const found = [...incidents.values()]
    .filter(each => has(each.number, each.subject.name, each.subject.address, each.subject.phone))
    .sort((a, b) => b.openedAtMs - a.openedAtMs)
    .slice(0, MOST)
  const foundUnits = [...units.values()].filter(unit => has(unit.name)).slice(0, MOST)
  const foundCameras = [...cameras.values()].filter(camera => has(camera.name)).slice(0, MOST)
  const isNothing = wanted !== '' && found.length + foundUnits.length + foundCameras.length === 0
  const open = (id: string) => {
    select(id)
    openMenu(undefined)
  }
  return (
    <form
      className="col g8 search"
      onSubmit={event => {
        event.preventDefault()
        if (found[0]) open(found[0].id)
      }}
    >
      <div className="text-form">
        <input
          aria-label={t('floor:search.what')}
          placeholder={t('floor:search.what')}
          value={text}
          ref={takeFocus}
          onChange={event => setText(event.target.value)}
        />
      </div>
      {found.map(incident => (
        <button key={incident.id} type="button" className="choice" onClick={() => open(incident.id)}>
          <PriorityShape priority={incident.priority} size={18} />
          <span className="el grow">{titleOf(incident, t)}</span>
          <span className="m el">{placeText(incident, t)}</span>
          <span className="m nw">{stateText(incident, t)}</span>
          <span className="d n">{incident.number}</span>
        </button>
      ))}
      {foundUnits.map(unit => (
        <p key={unit.id} className="row g8 search-line">
          <span className="grow el">{unit.name}</span>
          <span className="m">{t(`words:unitState.${unit.state}`)}</span>
        </p>
      ))}
      {foundCameras.map(camera => (
        <p key={camera.id} className="row g8 search-line">
          <span className="grow el">{camera.name}</span>
          <span className="m">{t(`words:health.${camera.health}`)}</span>
        </p>
      ))}
      {isNothing && (
        <p className="m search-line" role="status">
          {t('common:pick.nothing')}
        </p>
      )}
    </form>
  )
}
