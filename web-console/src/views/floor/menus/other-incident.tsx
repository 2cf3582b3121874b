/** Another open incident: what the system did not suspect is linked, too. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { isOpen } from '../../../state/queue.ts'
import { IncidentFinder } from './incident-finder.tsx'

interface OtherIncidentProps {
  readonly not: Incident
  readonly choose: (incident: Incident) => void
}

export function OtherIncident({ not, choose }: OtherIncidentProps) {
  const { t } = useTranslation()
  return (
    <IncidentFinder
      label={t('floor:similar.which')}
      among={each => each.id !== not.id && isOpen(each)}
      listsAll
      choose={choose}
    />
  )
}
