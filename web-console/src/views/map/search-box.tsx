/** The map's search: what the page knows at once, households and firms when the typing rests; a hit brings the map there. */
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FoundPlaces } from '../../../../gateway/core/map-find.ts'
import { useConsole } from '../../state/store.ts'
import { get } from '../../wire/api.ts'
import { type Hit, searchOf } from './search.ts'
import { useMapInfo } from './use-map.ts'
import './search.css'

const REST_MS = 600
/** As gateway/core/map-find.ts. */
const SHORTEST = 2
const LONGEST = 40

/** Asked for when the typing rests: each asking is on record. */
function usePlaces(text: string): readonly Hit[] {
  const [answer, setAnswer] = useState<{ readonly text: string; readonly hits: readonly Hit[] }>()
  const wanted = text.trim()
  useEffect(() => {
    if (wanted.length < SHORTEST) return
    let gone = false
    const timer = setTimeout(() => {
      get<FoundPlaces>(`/api/map/find?text=${encodeURIComponent(wanted)}`).then(
        ({ places }) => {
          const hits = places.map(({ id, kind, name, address, position }) => ({
            ...{ kind, id, name, more: address, point: position }
          }))
          if (!gone) setAnswer({ text: wanted, hits })
        },
        () => undefined
      )
    }, REST_MS)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [wanted])
  return answer?.text === wanted ? answer.hits : []
}

export function SearchBox({ onHit }: { readonly onHit: (hit: Hit) => void }) {
  const { t } = useTranslation()
  const listId = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const incidents = useConsole(state => state.incidents)
  const cameras = useConsole(state => state.cameras)
  const units = useConsole(state => state.units)
  const info = useMapInfo()
  const looked = useDeferredValue(text)
  const places = usePlaces(looked)
  const own = useMemo(
    () =>
      looked.trim() === ''
        ? []
        : searchOf(looked, {
            ...{ incidents: incidents.values(), cameras: cameras.values(), units: units.values() },
            cells: info?.gridCells ?? []
          }),
    [looked, incidents, cameras, units, info]
  )
  const hits = [...own.filter(hit => hit.kind === 'incident'), ...places, ...own.filter(hit => hit.kind !== 'incident')]
  const chosen = Math.min(at, hits.length - 1)
  const take = (hit: Hit | undefined) => {
    if (!hit?.point) return
    setText('')
    onHit(hit)
  }
  const key = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') setAt(Math.min(hits.length - 1, chosen + 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(0, chosen - 1))
    else if (event.key === 'Enter') take(hits[chosen])
    else if (event.key === 'Escape' && text !== '') setText('')
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <search className="map-search">
      <input
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
          setAt(0)
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
        {hits.length === 0 && text.trim() !== '' && <p className="m map-nothing">{t('map:nothing')}</p>}
      </div>
    </search>
  )
}
