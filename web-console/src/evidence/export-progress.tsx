/** How far an export is, what can be done with it, and what went wrong. */
import { useTranslation } from 'react-i18next'
import type { ExportJob } from '../../../gateway/core/wire.ts'
import { useSession } from '../session.tsx'
import { Button } from '../ui/parts.tsx'
import { bytesText, etaText } from '../ui/time.ts'
import { siteTimeText } from '../views/playback/site-time.ts'
import { isOver, useExportActions } from './use-export.ts'
import { exportRefusal } from './words.ts'

export interface ExportProgressProps {
  readonly job: ExportJob
  readonly onJob: (job: ExportJob) => void
  /** Why this person may neither fetch nor stop it. */
  readonly whyNot?: string | undefined
}

export function ExportProgress({ job, onJob, whyNot }: ExportProgressProps) {
  const { t } = useTranslation()
  const { busy, saving, refusal, cancel, save, again } = useExportActions(job, onJob)
  const percent = Math.round(job.percent ?? 0)
  return (
    <div className="export-progress col g6" data-state={job.state}>
      <div className="row g8">
        <span className={job.state === 'failed' ? 't-red' : job.state === 'ready' ? 't-ok' : ''} role="status">
          {t(`evidence:state.${job.state}`)}
        </span>
        <Details job={job} />
        <span className="grow" />
        {!isOver(job) && (
          <Button state={busy ? 'sending' : 'ready'} whyNot={whyNot} onClick={cancel}>
            {t('evidence:cancel')}
          </Button>
        )}
        {job.state === 'failed' && (
          <Button state={busy ? 'sending' : 'ready'} whyNot={whyNot} onClick={again}>
            {t('evidence:again')}
          </Button>
        )}
        {job.state === 'ready' && (
          <Button state={busy ? 'sending' : 'best'} whyNot={whyNot} onClick={save}>
            {t('evidence:save')}
          </Button>
        )}
      </div>
      {job.state === 'running' && (
        <progress max={100} value={percent} aria-label={t('evidence:progress')}>
          {percent} %
        </progress>
      )}
      {job.state === 'failed' && (
        <p className="m t12">
          {t(job.failure === 'interrupted' ? 'evidence:failure.interrupted' : 'evidence:failure.other')}
          {job.failure && job.failure !== 'interrupted' && <span className="t-amb"> {job.failure}</span>}
        </p>
      )}
      <Missing job={job} />
      {saving && (
        <p className="m t12" role="status">
          {t('evidence:saving')}
        </p>
      )}
      {refusal && (
        <p className="t-red t12" role="alert">
          {exportRefusal(refusal, t)}
        </p>
      )}
    </div>
  )
}

function Details({ job }: { readonly job: ExportJob }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  if (job.state === 'queued')
    return <span className="m t12">{t('evidence:queuedBehind', { n: job.queuedBehind ?? 0 })}</span>
  if (job.state === 'running')
    return (
      <>
        <span className="n">{Math.round(job.percent ?? 0)} %</span>
        {job.stage && <span className="m t12">{t(`evidence:stage.${job.stage}`)}</span>}
        {job.etaS !== undefined && <span className="m t12 n">{t('evidence:eta', { span: etaText(job.etaS, t) })}</span>}
      </>
    )
  if (job.state !== 'ready') return null
  return (
    <span className="m t12 el">
      {job.bytes !== undefined && <span className="n">{bytesText(job.bytes)} </span>}
      {job.keptUntilMs !== undefined &&
        t('evidence:keptUntil', { time: siteTimeText(job.keptUntilMs, zone).slice(0, 16) })}
    </span>
  )
}

function Missing({ job }: { readonly job: ExportJob }) {
  const { t } = useTranslation()
  const missing = job.missing ?? []
  if (missing.length === 0) return null
  return (
    <details className="t12">
      <summary className="t-amb">{t('evidence:missing', { n: missing.length })}</summary>
      <ul>
        {missing.map(({ what, why }) => (
          <li key={`${what}/${why}`} className="row g8">
            <span className="el">{what}</span>
            <span className="m nw">{t(`evidence:missingWhy.${why}`)}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
