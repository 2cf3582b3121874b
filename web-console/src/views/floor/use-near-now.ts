/** Cameras near where the vehicle is now: asked for by a key, never by itself, since each asking is on record. */
import { useCallback, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { NearNow } from '../../../../gateway/core/near-now.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { nearOffer } from '../../state/near-now.ts'
import { isOpen } from '../../state/queue.ts'
import { store } from '../../state/store.ts'
import { post } from '../../wire/api.ts'

/** Over a reload of this window: of the last incident only, and no longer than it is open. */
const KEY = 'pingan.near'

export function keptNear(incident: Incident | undefined): NearNow | undefined {
  if (!incident) return undefined
  const kept = parsed(sessionStorage.getItem(KEY))
  if (kept?.incidentId !== incident.id) return undefined
  if (isOpen(incident)) return kept.near
  sessionStorage.removeItem(KEY)
  return undefined
}

function parsed(text: string | null): { readonly incidentId: string; readonly near: NearNow } | undefined {
  try {
    return JSON.parse(text ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

interface Wanted {
  readonly incident: Incident | undefined
  readonly near: NearNow | undefined
  readonly setNear: (near: NearNow | undefined) => void
  readonly tell: (words: string) => void
}

/** True when the key meant something. */
export function useNearNow({ incident, near, setNear, tell }: Wanted): () => boolean {
  const { t } = useTranslation()
  const asking = useRef(false)
  const show = useCallback(
    (found: NearNow | undefined) => {
      setNear(found)
      if (found && incident) sessionStorage.setItem(KEY, JSON.stringify({ incidentId: incident.id, near: found }))
      else sessionStorage.removeItem(KEY)
    },
    [incident, setNear]
  )
  return useCallback(() => {
    if (!incident) return false
    const offer = nearOffer(incident, store.get().vehicles.get(incident.id), near)
    if (!offer) tell(t('floor:near.none'))
    else if (offer.kind === 'back') show(undefined)
    else if (!asking.current) {
      asking.current = true
      post<NearNow>(`/api/incidents/${incident.id}/near-now`)
        .then(
          found => (found.cameras.length > 0 ? show(found) : tell(t('floor:video.noCamera'))),
          error => tell(t('floor:near.failed', { why: refusalText(error, t) }))
        )
        .finally(() => {
          asking.current = false
        })
    }
    return true
  }, [incident, near, show, tell, t])
}
