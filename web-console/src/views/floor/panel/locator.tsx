/** 随身定位: where the person is now, asked for on purpose; the gateway writes down every look. */
import type { TFunction } from 'i18next'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Position } from '../../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import type { LocatorLook } from '../../../../../gateway/core/locator-wire.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { useNow } from '../../../state/clock.ts'
import { setLocated } from '../../../state/located.ts'
import { isOpen } from '../../../state/queue.ts'
import { Button } from '../../../ui/parts.tsx'
import { agoText } from '../../../ui/time.ts'
import { post } from '../../../wire/api.ts'
import { useFloor } from '../floor-context.tsx'

/** A house is as wide. */
const AT_M = 15

export function Locator({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { connected } = useFloor()
  const [state, setState] = useState<'sending' | 'ready'>('ready')
  const [look, setLook] = useState<LocatorLook>()
  const [refused, setRefused] = useState<unknown>()
  useEffect(() => () => setLocated(undefined), [])
  const personal = incident.sourceKind === 'oneKeyCall' || incident.alarmClass === 'fence'
  if (!personal || !isOpen(incident)) return null

  const ask = async () => {
    setState('sending')
    setRefused(undefined)
    try {
      const answer = await post<LocatorLook>(`/api/incidents/${incident.id}/locate`)
      setLook(answer)
      setLocated({ incidentId: incident.id, look: answer })
    } catch (error) {
      setRefused(error)
    }
    setState('ready')
  }
  return (
    <div className="group-line device">
      <h3 className="head">{t('floor:locator.title')}</h3>
      <div className="row g8">
        <Button state={state} whyNot={connected ? undefined : t('words:error.OFFLINE')} onClick={() => void ask()}>
          {t('floor:locator.look')}
        </Button>
        <span className="d">{t('floor:locator.recorded')}</span>
      </div>
      {look && <Found look={look} />}
      {refused !== undefined && (
        <p className="t-red" role="alert">
          {refusalText(refused, t)}
        </p>
      )}
    </div>
  )
}

/** The nearest address, with how far it is where that matters; the cell; only without both the bare numbers. */
function nearText(near: LocatorLook['near'], { point }: Position, t: TFunction): string {
  const { address, distanceM = 0, cell } = near ?? {}
  const at = address && (distanceM < AT_M ? address : t('floor:locator.near', { address, m: distanceM }))
  const words = [at, cell].filter(Boolean).join(' · ')
  return words === '' ? `${point.lat.toFixed(5)}, ${point.lon.toFixed(5)}` : words
}

function Found({ look: { consent, consentBy, position, near, fence, outsideM } }: { readonly look: LocatorLook }) {
  const { t } = useTranslation()
  const now = useNow()
  if (!consent) return <p className="t-amb">{t('floor:locator.noConsent')}</p>
  return (
    <div role="status">
      {position ? (
        <p>
          <b title={`${position.point.lat.toFixed(5)}, ${position.point.lon.toFixed(5)}`}>
            {nearText(near, position, t)}
          </b>{' '}
          <span className="m">
            {position.accuracyM !== undefined && `±${Math.round(position.accuracyM)} m · `}
            {agoText(Math.max(0, now - position.atMs), t)}
          </span>
        </p>
      ) : (
        <p className="m">{t('floor:locator.none')}</p>
      )}
      {fence !== undefined && outsideM !== undefined && (
        <p className={outsideM > 0 ? 't-red' : 't-ok'}>
          {outsideM > 0 ? t('floor:locator.outside', { fence, m: outsideM }) : t('floor:locator.inside', { fence })}
        </p>
      )}
      <p className="d">{t('floor:locator.consent', { by: consentBy })}</p>
    </div>
  )
}
