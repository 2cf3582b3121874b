/** /: finds incidents, households, firms, vehicles by plate, cameras, units and cells; an incident opens, what has a place is shown on the map. */
import { type KeyboardEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalText } from '../../../i18n/refusal.ts'
import { navigate } from '../../../route.ts'
import { useConsole } from '../../../state/store.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { stateText } from '../../../ui/incident-state.ts'
import { follow } from '../../../ui/page-links.tsx'
import { Key } from '../../../ui/parts.tsx'
import { PriorityShape } from '../../../ui/priority.tsx'
import { chosenAt, type Hit } from '../../map/search.ts'
import { LONGEST, useFind } from '../../map/use-find.ts'
import { useFloor } from '../floor-context.tsx'

export function SearchMenu() {
  const { t } = useTranslation()
  const { select, openMenu, show } = useFloor()
  const listId = useId()
  const [text, setText] = useState('')
  const [arrowed, setArrowed] = useState<Hit>()
  const { hits, pending, short, failed } = useFind(text)
  const chosen = chosenAt(hits, arrowed)
  const take = (hit: Hit | undefined) => {
    if (!hit || (hit.kind !== 'incident' && !hit.point)) return
    openMenu(undefined)
    if (hit.kind === 'incident') select(hit.id)
    else show(hit)
  }
  const key = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') setArrowed(hits[Math.min(hits.length - 1, chosen + 1)])
    else if (event.key === 'ArrowUp') setArrowed(hits[Math.max(0, chosen - 1)])
    else if (event.key === 'Enter' && event.shiftKey) navigate(pastOf(text))
    else if (event.key === 'Enter') take(hits[chosen])
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <search className="col g8 search">
      <div className="text-form">
        <input
          type="search"
          role="combobox"
          aria-label={t('floor:search.what')}
          aria-expanded={hits.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={hits.length > 0 ? `${listId}-${chosen}` : undefined}
          placeholder={t('floor:search.what')}
          value={text}
          maxLength={LONGEST}
          ref={takeFocus}
          onChange={event => {
            setText(event.target.value)
            setArrowed(undefined)
          }}
          onKeyDown={key}
        />
      </div>
      <div id={listId} role="listbox" aria-label={t('map:found')} className="col g6" hidden={text.trim() === ''}>
        {hits.map((hit, index) => (
          <button
            key={`${hit.kind} ${hit.id}`}
            id={`${listId}-${index}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className={index === chosen ? 'choice current' : 'choice'}
            aria-disabled={(hit.kind !== 'incident' && !hit.point) || undefined}
            onClick={() => take(hit)}
          >
            <Found hit={hit} />
          </button>
        ))}
      </div>
      {text.trim() !== '' && (
        <p className={failed === undefined ? 'm search-line' : 't-amb search-line'} role="status">
          {pending
            ? t('map:finding')
            : failed !== undefined
              ? t('map:findFailed', { why: refusalText(failed, t) })
              : short
                ? t('map:short')
                : hits.length === 0
                  ? t('common:pick.nothing')
                  : ''}
        </p>
      )}
      <a className="link search-past" href={pastOf(text)} onClick={event => follow(event, pastOf(text))}>
        {text.trim() === '' ? t('floor:search.past') : t('floor:search.pastOf', { text: text.trim() })} <Key>⇧↵</Key>
      </a>
    </search>
  )
}

/** What is here is of today: older incidents have a page of their own. */
const pastOf = (text: string): string =>
  text.trim() === '' ? '/history' : `/history?text=${encodeURIComponent(text.trim())}`

function Found({ hit }: { readonly hit: Hit }) {
  const { t } = useTranslation()
  const incident = useConsole(state => (hit.kind === 'incident' ? state.incidents.get(hit.id) : undefined))
  const unit = useConsole(state => (hit.kind === 'unit' ? state.units.get(hit.id) : undefined))
  const camera = useConsole(state => (hit.kind === 'camera' ? state.cameras.get(hit.id) : undefined))
  return (
    <>
      {incident && <PriorityShape priority={incident.priority} size={18} />}
      <span className="chip">{t(`map:kind.${hit.kind}`)}</span>
      <b className="el">{hit.name}</b>
      <span className="m el grow">{hit.more}</span>
      {incident && <span className="m nw">{stateText(incident, t)}</span>}
      {unit && <span className="m nw">{t(`words:unitState.${unit.state}`)}</span>}
      {camera && <span className="m nw">{t(`words:health.${camera.health}`)}</span>}
      {hit.kind !== 'incident' && !hit.point && <span className="t-amb nw">{t('map:noPoint')}</span>}
    </>
  )
}
