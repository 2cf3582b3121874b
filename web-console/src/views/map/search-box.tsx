/** The map's search: what the page knows at once, households, firms and vehicles when the typing rests; a hit brings the map there. */
import { type KeyboardEvent, type Ref, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalText } from '../../i18n/refusal.ts'
import { chosenAt, type Hit } from './search.ts'
import { LONGEST, useFind } from './use-find.ts'
import './search.css'

interface SearchBoxProps {
  readonly ref: Ref<HTMLInputElement>
  readonly onHit: (hit: Hit) => void
}

export function SearchBox({ ref, onHit }: SearchBoxProps) {
  const { t } = useTranslation()
  const listId = useId()
  const [text, setText] = useState('')
  const [arrowed, setArrowed] = useState<Hit>()
  const { hits, pending, short, failed } = useFind(text)
  const chosen = chosenAt(hits, arrowed)
  const take = (hit: Hit | undefined) => {
    if (!hit?.point) return
    setText('')
    onHit(hit)
  }
  const key = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') setArrowed(hits[Math.min(hits.length - 1, chosen + 1)])
    else if (event.key === 'ArrowUp') setArrowed(hits[Math.max(0, chosen - 1)])
    else if (event.key === 'Enter') take(hits[chosen])
    else if (event.key === 'Escape' && text !== '') setText('')
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <search className="map-search">
      <input
        ref={ref}
        type="search"
        role="combobox"
        aria-label={t('map:find')}
        aria-expanded={hits.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={hits.length > 0 ? `${listId}-${chosen}` : undefined}
        placeholder={t('map:find')}
        value={text}
        maxLength={LONGEST}
        onChange={event => {
          setText(event.target.value)
          setArrowed(undefined)
        }}
        onKeyDown={key}
      />
      <div
        id={listId}
        role="listbox"
        aria-label={t('map:found')}
        className="map-hits panel"
        hidden={text.trim() === ''}
      >
        {hits.map((hit, index) => (
          <button
            key={`${hit.kind} ${hit.id}`}
            id={`${listId}-${index}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className="map-row row g8"
            onClick={() => take(hit)}
          >
            <span className="chip">{t(`map:kind.${hit.kind}`)}</span>
            <span className="el">{hit.name}</span>
            <span className="m el grow">{hit.more}</span>
            {!hit.point && <span className="t-amb nw">{t('map:noPoint')}</span>}
          </button>
        ))}
        {pending ? (
          <p className="m map-nothing">{t('map:finding')}</p>
        ) : failed !== undefined ? (
          <p className="t-amb map-nothing">{t('map:findFailed', { why: refusalText(failed, t) })}</p>
        ) : (
          (short || hits.length === 0) && <p className="m map-nothing">{t(short ? 'map:short' : 'map:nothing')}</p>
        )}
      </div>
    </search>
  )
}
