/** The map's search: what the page knows at once, households and firms when the typing rests; a hit brings the map there. */
import { type KeyboardEvent, type Ref, useDeferredValue, useEffect, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FoundPlaces } from '../../../../gateway/core/map-find.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { useConsole } from '../../state/store.ts'
import { placeText } from '../../ui/place-text.ts'
import { get } from '../../wire/api.ts'
import { chosenAt, type Hit, searchOf } from './search.ts'
import { useMapInfo } from './use-map.ts'
import './search.css'

const REST_MS = 600
/** As gateway/core/map-find.ts. */
const SHORTEST = 2
const LONGEST = 40

interface Places {
  readonly text: string
  readonly hits: readonly Hit[]
  /** Why nobody knows. */
  readonly failed?: unknown
}

/** Asked for when the typing rests: each asking is on record. Undefined until it is answered. */
function usePlaces(text: string): Places | undefined {
  const [answer, setAnswer] = useState<Places>()
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
        failed => gone || setAnswer({ text: wanted, hits: [], failed })
      )
    }, REST_MS)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [wanted])
  if (wanted.length < SHORTEST) return { text: wanted, hits: [] }
  return answer?.text === wanted ? answer : undefined
}

interface SearchBoxProps {
  readonly ref: Ref<HTMLInputElement>
  readonly onHit: (hit: Hit) => void
}

export function SearchBox({ ref, onHit }: SearchBoxProps) {
  const { t } = useTranslation()
  const listId = useId()
  const [text, setText] = useState('')
  const [arrowed, setArrowed] = useState<Hit>()
  const incidents = useConsole(state => state.incidents)
  const cameras = useConsole(state => state.cameras)
  const units = useConsole(state => state.units)
  const vehicles = useConsole(state => state.vehicles)
  const info = useMapInfo()
  const looked = useDeferredValue(text)
  const places = usePlaces(looked)
  const pending = places === undefined || looked !== text
  const own = useMemo(
    () =>
      looked.trim() === ''
        ? []
        : searchOf(looked, {
            ...{ incidents: incidents.values(), cameras: cameras.values(), units: units.values() },
            cells: info?.gridCells ?? [],
            placeOf: incident => {
              const present = vehicles.get(incident.id)
              return { words: placeText(incident, t, present), point: present?.point ?? incident.position }
            }
          }),
    [looked, incidents, cameras, units, vehicles, info, t]
  )
  const hits = [
    ...own.filter(hit => hit.kind === 'incident'),
    ...(places?.hits ?? []),
    ...own.filter(hit => hit.kind !== 'incident')
  ]
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
        ) : places.failed !== undefined ? (
          <p className="t-amb map-nothing">{t('map:findFailed', { why: refusalText(places.failed, t) })}</p>
        ) : (
          hits.length === 0 && <p className="m map-nothing">{t('map:nothing')}</p>
        )}
      </div>
    </search>
  )
}
