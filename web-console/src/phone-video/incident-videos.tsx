/** Of one incident: the live pictures of its patrols' phones, and a button for each unit sent that shows none. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../gateway/core/incident.ts'
import { useSession } from '../session.tsx'
import { isOpen } from '../state/queue.ts'
import { useConsole } from '../state/store.ts'
import { Button } from '../ui/parts.tsx'
import { PhoneVideoTiles, useVideoOrder } from './tiles.tsx'

const SENT: ReadonlySet<string> = new Set(['enRoute', 'arrived'])

export function IncidentVideos({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const { run, refused, sending } = useVideoOrder()
  const videos = useConsole(state => state.phoneVideos)
  const own = videos.filter(video => video.incident?.id === incident.id)
  const asked = new Set<string>(videos.map(({ unitId }) => unitId))
  const may = user?.role === 'leader' || incident.owner?.userId === user?.userId
  const free = incident.assignments.filter(each => SENT.has(each.state) && !asked.has(each.unitId))
  if (own.length === 0 && (free.length === 0 || !may || !isOpen(incident))) return null
  return (
    <section className="incident-videos" aria-label={t('group:video.title')}>
      {own.length > 0 && <PhoneVideoTiles videos={own} may={may} />}
      {may && isOpen(incident) && (
        <p className="row g8">
          {free.map(({ unitId, unitName }) => (
            <Button
              key={unitId}
              className="small"
              state={sending ? 'sending' : 'ready'}
              onClick={() => void run(`/api/units/${encodeURIComponent(unitId)}/video`, { incidentId: incident.id })}
            >
              {t('group:video.askUnit', { name: unitName })}
            </Button>
          ))}
          {refused && <span className="t-red">{refused}</span>}
        </p>
      )}
    </section>
  )
}
