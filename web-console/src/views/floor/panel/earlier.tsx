/** 历史: what was before here, in one line; asked once for each incident that is opened, since each look is on record. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Earlier } from '../../../../../gateway/core/earlier-wire.ts'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { useSession } from '../../../session.tsx'
import { post } from '../../../wire/api.ts'
import { earlierText } from './earlier-text.ts'

/** Of this page; one that is opened again is not looked up again. */
const known = new Map<string, Promise<Earlier | undefined>>()
const MOST = 200

function ask(incidentId: string): Promise<Earlier | undefined> {
  const before = known.get(incidentId)
  if (before) return before
  if (known.size >= MOST) known.clear()
  // Without it the incident is worked on all the same; the next time it is opened it is asked for anew.
  const asked = post<Earlier>(`/api/incidents/${encodeURIComponent(incidentId)}/earlier`, {}).catch(() => {
    known.delete(incidentId)
    return undefined
  })
  known.set(incidentId, asked)
  return asked
}

export function EarlierLine({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { user, site } = useSession()
  const [answer, setAnswer] = useState<{ readonly id: string; readonly earlier: Earlier | undefined }>()
  const mayAsk = (user?.role === 'operator' || user?.role === 'leader') && incident.subject.kind !== 'system'
  const { id } = incident
  useEffect(() => {
    if (!mayAsk) return
    let gone = false
    void ask(id).then(earlier => !gone && setAnswer({ id, earlier }))
    return () => {
      gone = true
    }
  }, [id, mayAsk])
  const earlier = answer?.id === id ? answer.earlier : undefined
  if (!earlier) return null
  return (
    <div className="fact">
      <dt>{t('floor:earlier.title')}</dt>
      <dd className="fact-numbers">{earlierText(earlier, site?.timeZone ?? 'Asia/Shanghai', t)}</dd>
    </div>
  )
}
