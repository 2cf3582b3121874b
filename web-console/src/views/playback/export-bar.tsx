/** The marked range: from, to, how long; exported with a reason and a receiver, its progress shown until it can be saved. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CameraId, IncidentId } from '../../../../gateway/core/brand.ts'
import type { ExportJob } from '../../../../gateway/core/wire.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { takeFocus } from '../../ui/focus.ts'
import { Button } from '../../ui/parts.tsx'
import { spanText } from '../../ui/time.ts'
import { siteTimeText } from './site-time.ts'
import { useExport } from './use-export.ts'

export interface ExportBarProps {
  readonly cameraIds: readonly string[]
  readonly incidentId: string | undefined
  readonly inMs: number
  readonly outMs: number | undefined
  readonly zone: string
  readonly open: boolean
  readonly onOpen: (open: boolean) => void
  readonly onClear: () => void
}

const MIN_REASON = 4

export function ExportBar(props: ExportBarProps) {
  const { cameraIds, inMs, outMs, zone, open, onOpen, onClear } = props
  const { t } = useTranslation()
  const range =
    outMs === undefined
      ? t('playback:export.from', { from: siteTimeText(inMs, zone) })
      : t('playback:export.range', {
          from: siteTimeText(inMs, zone),
          to: siteTimeText(outMs, zone).slice(11),
          span: spanText(outMs - inMs, t)
        })
  return (
    <section className="pb-export" aria-label={t('playback:export.title')}>
      <span className="n el">{range}</span>
      {outMs === undefined ? (
        <span className="m t12 el">{t('playback:export.setOut')}</span>
      ) : (
        !open && (
          <Button keyCap="X" onClick={() => onOpen(true)}>
            {t('playback:export.open', { n: cameraIds.length })}
          </Button>
        )
      )}
      {open && outMs !== undefined && <ExportForm {...props} outMs={outMs} />}
      <span className="grow" />
      <Button keyCap="C" onClick={onClear}>
        {t('playback:export.clear')}
      </Button>
    </section>
  )
}

function ExportForm({ cameraIds, incidentId, inMs, outMs }: ExportBarProps & { readonly outMs: number }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [receiver, setReceiver] = useState('')
  const { job, refusal, sending, order, save } = useExport()
  const short = reason.trim().length < MIN_REASON || receiver.trim() === ''
  const submit = () =>
    order({
      ...(incidentId === undefined ? {} : { incidentId: incidentId as IncidentId }),
      ranges: cameraIds.map(cameraId => ({
        cameraId: cameraId as CameraId,
        fromMs: Math.floor(inMs),
        toMs: Math.ceil(outMs)
      })),
      reason: reason.trim(),
      receiver: receiver.trim()
    })
  if (job) return <Progress job={job} sending={sending} onSave={save} refusal={refusal && refusalText(refusal, t)} />
  return (
    <form
      className="pb-export-form"
      onSubmit={event => {
        event.preventDefault()
        if (!short && !sending) submit()
      }}
    >
      <input
        ref={takeFocus}
        value={reason}
        maxLength={200}
        placeholder={t('playback:export.reason')}
        aria-label={t('playback:export.reason')}
        onChange={event => setReason(event.target.value)}
      />
      <input
        value={receiver}
        maxLength={100}
        placeholder={t('playback:export.receiver')}
        aria-label={t('playback:export.receiver')}
        onChange={event => setReceiver(event.target.value)}
      />
      <Button
        type="submit"
        state={sending ? 'sending' : short ? 'ready' : 'best'}
        whyNot={short ? t('playback:export.short', { n: MIN_REASON }) : undefined}
      >
        {t('playback:export.go', { n: cameraIds.length })}
      </Button>
      {refusal && (
        <span className="t-red t12" role="alert">
          {refusalText(refusal, t)}
        </span>
      )}
    </form>
  )
}

interface ProgressProps {
  readonly job: ExportJob
  readonly sending: boolean
  readonly onSave: () => void
  readonly refusal: string | undefined
}

function Progress({ job, sending, onSave, refusal }: ProgressProps) {
  const { t } = useTranslation()
  return (
    <span className="row g8 pb-progress" role="status">
      <span>{t(`playback:export.state.${job.state}`, { n: job.queuedBehind ?? 0 })}</span>
      {job.state === 'running' && (
        <>
          <progress max={100} value={job.percent ?? 0} aria-label={t('playback:export.progress')} />
          <span className="n">{Math.round(job.percent ?? 0)} %</span>
        </>
      )}
      {job.state === 'ready' && (
        <Button state={sending ? 'sending' : 'best'} onClick={onSave}>
          {t('playback:export.save')}
        </Button>
      )}
      {(job.missing?.length ?? 0) > 0 && (
        <span className="t-amb t12">{t('playback:export.missing', { n: job.missing?.length ?? 0 })}</span>
      )}
      {refusal !== undefined && <span className="t-red t12">{refusal}</span>}
    </span>
  )
}
