/** The button that asks a unit on its way, or on scene, for the live picture of its phone. */
import { useTranslation } from 'react-i18next'
import type { Assignment, Incident } from '../../../gateway/core/incident.ts'
import { useSession } from '../session.tsx'
import { isOpen } from '../state/queue.ts'
import { useConsole } from '../state/store.ts'
import { Button } from '../ui/parts.tsx'
import { useVideoOrder } from './tiles.tsx'

const SENT: ReadonlySet<string> = new Set(['enRoute', 'arrived'])

interface AskVideoProps {
  readonly incident: Incident
  readonly assignment: Assignment
}

/** Nothing for whoever may not ask, and while its picture is asked for or there. */
export function AskVideo({ incident, assignment }: AskVideoProps) {
  const { t } = useTranslation()
  const { user } = useSession()
  const { run, refused, sending } = useVideoOrder()
  const { unitId, unitName, state } = assignment
  const asked = useConsole(({ phoneVideos }) => phoneVideos.some(video => video.unitId === unitId))
  const may = user?.role === 'leader' || incident.owner?.userId === user?.userId
  if (asked || !may || !SENT.has(state) || !isOpen(incident)) return null
  return (
    <>
      {refused && <span className="t-red">{refused}</span>}
      <Button
        className="small"
        state={sending ? 'sending' : 'ready'}
        aria-label={t('group:video.askUnit', { name: unitName })}
        onClick={() => void run(`/api/units/${encodeURIComponent(unitId)}/video`, { incidentId: incident.id })}
      >
        {t('group:video.ask')}
      </Button>
    </>
  )
}
