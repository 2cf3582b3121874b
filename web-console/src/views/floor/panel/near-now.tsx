/** The car has left the cameras of its press: those near where it is now are offered, with their key. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { nearOffer } from '../../../state/near-now.ts'
import { Key } from '../../../ui/parts.tsx'
import { usePresent } from '../../../ui/place-line.tsx'
import { distanceText } from '../../../ui/time.ts'
import { useFloor } from '../floor-context.tsx'

export function NearNowLine({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { near, lookNear } = useFloor()
  const offer = nearOffer(incident, usePresent(incident.id), near)
  if (!offer) return null
  return (
    <button type="button" className="near-now" aria-keyshortcuts="Shift+V" onClick={() => lookNear()}>
      {t(`floor:near.${offer.kind}`, { distance: distanceText(Math.round(offer.movedM)) })} <Key>⇧V</Key>
    </button>
  )
}
