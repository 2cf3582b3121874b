/** The number of an incident on the board; for a leader it opens the incident on the floor, also in the floor's own window. */
import { useTranslation } from 'react-i18next'
import { useSession } from '../../session.tsx'
import { selectFor } from '../../state/selection.ts'
import { goTo } from '../../windows/use-windows.ts'

export function openIncident(id: string): void {
  selectFor(id)
  goTo('/')
}

export function IncidentNumber({ id, number }: { readonly id: string; readonly number: string }) {
  const { t } = useTranslation()
  const { user } = useSession()
  // Administrators and auditors have no floor.
  if (user?.role !== 'leader') return <span className="n">{number}</span>
  return (
    <button
      type="button"
      className="board-link n"
      aria-label={t('board:openIncident', { number })}
      onClick={() => openIncident(id)}
    >
      {number}
    </button>
  )
}
