/** Exports: running ones first with their progress, then what can be fetched and until when, then what came to nothing. */
import { useTranslation } from 'react-i18next'
import type { ExportJob, SessionUser } from '../../../../gateway/core/wire.ts'
import { ExportProgress } from '../../evidence/export-progress.tsx'
import { isOver } from '../../evidence/use-export.ts'
import { useSession } from '../../session.tsx'
import { useConsole } from '../../state/store.ts'
import { madeBy } from '../../ui/called.ts'
import { usePolled } from '../../wire/use-polled.ts'
import { siteTimeText } from '../playback/site-time.ts'

const EVERY_MS = 1_500
const ORDER: Readonly<Record<ExportJob['state'], number>> = {
  running: 0,
  queued: 1,
  ready: 2,
  failed: 3,
  cancelled: 4,
  deleted: 4
}

export function Exports({ user }: { readonly user: SessionUser }) {
  const { t } = useTranslation()
  const [jobs, again] = usePolled<readonly ExportJob[]>('/api/exports', EVERY_MS)
  const sorted = jobs?.toSorted((a, b) => ORDER[a.state] - ORDER[b.state] || rank(a, b)) ?? []
  return (
    <section className="ev-list" aria-label={t('evidence:tab.exports')}>
      {jobs?.length === 0 && <p className="m">{t('evidence:noExports')}</p>}
      {sorted.map(job => (
        <Job key={job.id} job={job} user={user} onChanged={again} />
      ))}
    </section>
  )
}

/** Of those that wait the first to be made; else the newest. */
function rank(a: ExportJob, b: ExportJob): number {
  return isOver(a) ? b.orderedAtMs - a.orderedAtMs : a.orderedAtMs - b.orderedAtMs
}

interface JobProps {
  readonly job: ExportJob
  readonly user: SessionUser
  readonly onChanged: () => void
}

function Job({ job, user, onChanged }: JobProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const owner = useConsole(state => (job.incidentId ? state.incidents.get(job.incidentId)?.owner?.userId : undefined))
  const known = useConsole(state => job.incidentId !== undefined && state.incidents.has(job.incidentId))
  // Of an incident that this window does not know the gateway decides.
  const cameras = job.cameraNames.map(name => madeBy({ cameraName: name }, t)).join(t('common:comma'))
  const whyNot = user.role === 'leader' || owner === user.userId || (job.incidentId && !known) ? undefined : 'notOwner'
  return (
    <article className="ev-job panel">
      <div className="col g4">
        <h2 className="el">
          {job.incidentNumber ? t('evidence:incidentN', { number: job.incidentNumber }) : t('evidence:fromRecordings')}
        </h2>
        <span className="m t12 el" title={cameras}>
          {cameras}
        </span>
      </div>
      <div className="col g4">
        <span className="el">{t('evidence:to', { receiver: job.receiver })}</span>
        <span className="m t12 el" title={job.reason}>
          {job.reason}
        </span>
      </div>
      <div className="col g4 t12">
        <span className="n">{siteTimeText(job.orderedAtMs, zone).slice(5, 16)}</span>
        <span className="m el">{job.orderedBy}</span>
      </div>
      <ExportProgress job={job} onJob={onChanged} whyNot={whyNot && t(`evidence:refused.${whyNot}`)} />
    </article>
  )
}
