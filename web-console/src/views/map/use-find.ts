/** Finding by words: what the page knows at once; households, firms and vehicles when the typing rests, since each asking is on record. */
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FoundPlaces } from '../../../../gateway/core/map-find.ts'
import { useConsole } from '../../state/store.ts'
import { placeText } from '../../ui/place-text.ts'
import { get } from '../../wire/api.ts'
import { type Hit, searchOf } from './search.ts'
import { useMapInfo } from './use-map.ts'

const REST_MS = 600
/** As gateway/core/map-find.ts. */
const SHORTEST = 2
export const LONGEST = 40

interface Places {
  readonly text: string
  readonly hits: readonly Hit[]
  /** Why nobody knows. */
  readonly failed?: unknown
}

/** Undefined until it is answered. `incidents`: how many the page has found by the same words, for the record. */
function usePlaces(text: string, incidents: number): Places | undefined {
  const found = useRef(incidents)
  found.current = incidents
  const [answer, setAnswer] = useState<Places>()
  const wanted = text.trim()
  useEffect(() => {
    if (wanted.length < SHORTEST) return
    let gone = false
    const timer = setTimeout(() => {
      get<FoundPlaces>(`/api/map/find?text=${encodeURIComponent(wanted)}&incidents=${found.current}`).then(
        ({ places }) => {
          const hits = places.map(({ id, kind, name, address, position }) => ({
            ...{ kind, id, name, more: address, ...(position ? { point: position } : {}) }
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

export interface Finding {
  /** Incidents first, then households, firms and vehicles, then the rest. */
  readonly hits: readonly Hit[]
  readonly pending: boolean
  /** Too little to look households, firms and vehicles up. */
  readonly short: boolean
  /** Why households, firms and vehicles could not be looked up. */
  readonly failed?: unknown
}

export function useFind(text: string): Finding {
  const incidents = useConsole(state => state.incidents)
  const cameras = useConsole(state => state.cameras)
  const units = useConsole(state => state.units)
  const vehicles = useConsole(state => state.vehicles)
  const info = useMapInfo()
  const { t } = useTranslation()
  const looked = useDeferredValue(text)
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
  const places = usePlaces(looked, own.filter(hit => hit.kind === 'incident').length)
  return {
    hits: [
      ...own.filter(hit => hit.kind === 'incident'),
      ...(places?.hits ?? []),
      ...own.filter(hit => hit.kind !== 'incident')
    ],
    short: text.trim().length > 0 && text.trim().length < SHORTEST,
    pending: places === undefined || looked !== text,
    ...(places?.failed === undefined ? {} : { failed: places.failed })
  }
}
