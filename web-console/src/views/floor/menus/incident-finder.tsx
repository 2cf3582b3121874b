/** Incidents found by number, name, address, telephone or initials: `↑` `↓` choose among them, Enter takes the chosen one. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { useConsole } from '../../../state/store.ts'
import { titleOf } from '../../../state/title.ts'
import { calledText } from '../../../ui/called.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { stateText } from '../../../ui/incident-state.ts'
import { initialsOf } from '../../../ui/initials.ts'
import { Key } from '../../../ui/parts.tsx'
import { placeText } from '../../../ui/place-text.ts'
import { PriorityShape } from '../../../ui/priority.tsx'

const MOST = 8

/** Whether one of the fields, or its initials, has the text that was typed. */
type Has = (...fields: readonly (string | undefined)[]) => boolean

const hasOf =
  (wanted: string): Has =>
  (...fields) =>
    fields.some(
      field => field !== undefined && (field.toLowerCase().includes(wanted) || initialsOf(field).includes(wanted))
    )

interface IncidentFinderProps {
  readonly label: string
  /** Which of all are searched. */
  readonly among: (incident: Incident) => boolean
  /** All of them are listed before anything is typed; Enter takes none of those that nobody pointed at. */
  readonly listsAll?: boolean
  readonly choose: (incident: Incident) => void
}

export function IncidentFinder({ label, among, listsAll = false, choose }: IncidentFinderProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [arrowed, setArrowed] = useState<string>()
  const incidents = useConsole(state => state.incidents)
  const wanted = text.trim().toLowerCase()
  const has = hasOf(wanted)
  const found =
    wanted === '' && !listsAll
      ? []
      : [...incidents.values()]
          .filter(
            each =>
              among(each) &&
              has(each.number, calledText(each.subject, t), each.subject.name, each.subject.address, each.subject.phone)
          )
          .toSorted((a, b) => b.openedAtMs - a.openedAtMs)
          .slice(0, MOST)
  const at = found.findIndex(each => each.id === arrowed)
  const chosen = at >= 0 ? found[at] : wanted === '' ? undefined : found[0]
  const onArrow = (event: React.KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by === 0 || found.length === 0) return
    event.preventDefault()
    const from = chosen ? found.indexOf(chosen) : -1
    setArrowed(found[Math.min(found.length - 1, Math.max(0, from + by))]?.id)
  }
  return (
    <form
      className="col g8 search"
      onSubmit={event => {
        event.preventDefault()
        if (chosen) choose(chosen)
      }}
    >
      <div className="text-form">
        <input
          aria-label={label}
          placeholder={label}
          value={text}
          ref={takeFocus}
          onKeyDown={onArrow}
          onChange={event => {
            setText(event.target.value)
            setArrowed(undefined)
          }}
        />
      </div>
      {found.map(incident => (
        <button
          key={incident.id}
          type="button"
          className={`choice${incident === chosen ? ' current' : ''}`}
          aria-current={incident === chosen || undefined}
          onClick={() => choose(incident)}
        >
          <PriorityShape priority={incident.priority} size={18} />
          <span className="el grow">{titleOf(incident, t)}</span>
          <span className="m el">{placeText(incident, t)}</span>
          <span className="m nw">{stateText(incident, t)}</span>
          <span className="d n">{incident.number}</span>
          {incident === chosen && <Key>↵</Key>}
        </button>
      ))}
      {(wanted !== '' || listsAll) && found.length === 0 && (
        <p className="m search-line" role="status">
          {t('common:pick.nothing')}
        </p>
      )}
    </form>
  )
}
