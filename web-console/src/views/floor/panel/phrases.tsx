/** 暗语、口令: what to hear at the call-back, masked until the owner asks for it (which is on record), and masked again after a minute. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import type { Phrases } from '../../../../../gateway/core/unit.ts'
import { refusalText } from '../../../i18n/refusal.ts'
import { useNow } from '../../../state/clock.ts'
import { isOpen } from '../../../state/queue.ts'
import { Button } from '../../../ui/parts.tsx'
import { post } from '../../../wire/api.ts'
import { useFloor } from '../floor-context.tsx'

const SHOWN_MS = 60_000

interface Told {
  readonly phrases: Phrases
  readonly untilMs: number
}

/** Nothing where none was agreed. */
export function AgreedPhrases({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { user } = useFloor()
  const now = useNow()
  const [told, setTold] = useState<Told>()
  const [refused, setRefused] = useState<unknown>()
  if (!incident.subject.phrases || !isOpen(incident)) return null
  const mine = incident.owner?.userId === user.userId || user.role === 'leader'
  const shown = told && now < told.untilMs ? told.phrases : undefined
  const kind = incident.subject.kind === 'vehicle' ? 'vehicle' : 'household'
  const ask = async () => {
    setRefused(undefined)
    try {
      const phrases = await post<Phrases>(`/api/incidents/${incident.id}/phrases`, {})
      setTold({ phrases, untilMs: Date.now() + SHOWN_MS })
    } catch (error) {
      setRefused(error)
    }
  }
  return (
    <div className="group-line phrases" data-shown={shown !== undefined}>
      <div className="row g8">
        <h3 className="head grow">{t(`floor:phrases.${kind}`)}</h3>
        <Button
          className="small"
          whyNot={mine ? undefined : t('floor:phrases.ownersOnly')}
          onClick={() => (shown ? setTold(undefined) : void ask())}
        >
          {t(shown ? 'floor:phrases.hide' : 'floor:phrases.show')}
        </Button>
      </div>
      <dl>
        <div className="fact">
          <dt>{t('floor:phrases.safe')}</dt>
          <dd>
            <b>{shown?.safe ?? '••••'}</b>
          </dd>
        </div>
        {(!shown || shown.duress) && (
          <div className="fact">
            <dt className="t-red">{t('floor:phrases.duress')}</dt>
            <dd>
              <b className="t-red">{shown?.duress ?? '••••'}</b>
            </dd>
          </div>
        )}
      </dl>
      {shown && <p className="m">{t('floor:phrases.rule')}</p>}
      {refused !== undefined && (
        <p className="t-red" role="alert">
          {refusalText(refused, t)}
        </p>
      )}
    </div>
  )
}
