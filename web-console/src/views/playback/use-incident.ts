/** The incident that a link names: from the feed, else asked for, as a closed one is not in it. */
import { useEffect, useState } from 'react'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { IncidentDetail } from '../../../../gateway/core/wire.ts'
import { useConsole } from '../../state/store.ts'
import { get } from '../../wire/api.ts'

/** `asked` until the gateway has answered; undefined when there is none. */
export function useIncident(incidentId: string | undefined): Incident | 'asked' | undefined {
  const known = useConsole(state => (incidentId === undefined ? undefined : state.incidents.get(incidentId)))
  const [answer, setAnswer] = useState<Incident | 'none'>()
  const unknown = incidentId !== undefined && !known
  useEffect(() => {
    if (!unknown) return
    let gone = false
    get<IncidentDetail>(`/api/incidents/${encodeURIComponent(incidentId)}`).then(
      ({ incident }) => gone || setAnswer(incident),
      () => gone || setAnswer('none')
    )
    return () => {
      gone = true
    }
  }, [unknown, incidentId])
  if (incidentId === undefined || known) return known
  return answer === 'none' ? undefined : (answer ?? 'asked')
}
