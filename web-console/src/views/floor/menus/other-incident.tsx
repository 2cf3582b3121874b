/** Another open incident, found by number, name, address, telephone or initials: what the system did not suspect is linked, too. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { isOpen } from '../../../state/queue.ts'
import { useConsole } from '../../../state/store.ts'
import { titleOf } from '../../../state/title.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { stateText } from '../../../ui/incident-state.ts'
import { initialsOf } from '../../../ui/initials.ts'
import { meantOf } from '../../../ui/pick-match.ts'
import { placeText } from '../../../ui/place-text.ts'
import { PriorityShape } from '../../../ui/priority.tsx'

const MOST = 8

interface OtherIncidentProps {
  readonly not: Incident
  readonly choose: (incident: Incident) => void
}

export function OtherIncident({ not, choose }: OtherIncidentProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const incidents = useConsole(state => state.incidents)
  const wanted = text.trim().toLowerCase()
  const has = (field: string | undefined) =>
    field !== undefined && (field.toLowerCase().includes(wanted) || initialsOf(field).includes(wanted))
  const found = [...incidents.values()]
    .filter(each => each.id !== not.id && isOpen(each))
    .filter(({ number, subject }) => [number, subject.name, subject.address, subject.phone].some(has))
    .toSorted((a, b) => b.openedAtMs - a.openedAtMs)
    .slice(0, MOST)
  return (
    <form
      className="col g8 search"
      onSubmit={event => {
        event.preventDefault()
        const meant = meantOf(found, text)
        if (meant) choose(meant)
      }}
    >
      <div className="text-form">
        <input
          aria-label={t('floor:similar.which')}
          placeholder={t('floor:similar.which')}
          value={text}
          ref={takeFocus}
          onChange={event => setText(event.target.value)}
        />
      </div>
      {found.map(incident => (
        <button key={incident.id} type="button" className="choice" onClick={() => choose(incident)}>
          <PriorityShape priority={incident.priority} size={18} />
          <span className="el grow">{titleOf(incident, t)}</span>
          <span className="m el">{placeText(incident, t)}</span>
          <span className="m nw">{stateText(incident, t)}</span>
          <span className="d n">{incident.number}</span>
        </button>
      ))}
      {found.length === 0 && (
        <p className="m search-line" role="status">
          {t('common:pick.nothing')}
        </p>
      )}
    </form>
  )
}
