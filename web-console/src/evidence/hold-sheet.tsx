/** 封存 and its release: on what basis and why, before anything is done. */
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Hold, HoldTarget } from '../../../gateway/core/exporting.ts'
import { forgetDraft, useDraft } from '../state/drafts.ts'
import { Button } from '../ui/parts.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { post } from '../wire/api.ts'
import { isReason } from './export-draft.ts'
import { WordField } from './export-sheet.tsx'
import { exportRefusal } from './words.ts'
import './evidence.css'

export interface HoldSheetProps {
  readonly target: HoldTarget
  /** As people call it: the incident's number, or camera and time. */
  readonly name: string
  readonly onDone: () => void
  readonly onClose: () => void
}

/** Holds an incident's evidence and the recordings around it. */
export function HoldSheet({ target, name, onDone, onClose }: HoldSheetProps) {
  const { t } = useTranslation()
  const draft = `${'incidentId' in target ? target.incidentId : name}/hold`
  const [{ basis, reason }, setTyped] = useDraft(draft, { basis: '', reason: '' })
  const wrong = basis.trim() === '' ? 'basis' : isReason(reason) ? undefined : 'reason'
  return (
    <Sheet title={t('evidence:holdOf', { name })} onClose={onClose} ownKeys>
      <p className="m">{t('evidence:holdHelp')}</p>
      <SendForm
        go={t('evidence:hold')}
        wrong={wrong && t(`evidence:wrong.${wrong}`)}
        send={() => post<Hold>('/api/holds', { target, basis: basis.trim(), reason: reason.trim() })}
        onDone={() => {
          forgetDraft(draft)
          onDone()
        }}
      >
        <WordField
          name="basis"
          label={t('evidence:basis')}
          value={basis}
          maxLength={200}
          wrong={wrong === 'basis'}
          first
          onValue={text => setTyped({ basis: text, reason })}
        />
        <WordField
          name="reason"
          label={t('evidence:holdReason')}
          value={reason}
          maxLength={200}
          wrong={wrong === 'reason'}
          onValue={text => setTyped({ basis, reason: text })}
        />
      </SendForm>
    </Sheet>
  )
}

export interface ReleaseSheetProps {
  readonly hold: Hold
  readonly name: string
  readonly onDone: () => void
  readonly onClose: () => void
}

/** Lets retention have again what a hold kept. */
export function ReleaseSheet({ hold, name, onDone, onClose }: ReleaseSheetProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const wrong = !isReason(reason)
  return (
    <Sheet title={t('evidence:releaseOf', { name })} onClose={onClose} ownKeys>
      <p className="m">{t('evidence:releaseHelp')}</p>
      <SendForm
        go={t('evidence:release')}
        wrong={wrong ? t('evidence:wrong.reason') : undefined}
        send={() => post<Hold>(`/api/holds/${encodeURIComponent(hold.id)}/release`, { reason: reason.trim() })}
        onDone={onDone}
      >
        <WordField
          name="reason"
          label={t('evidence:releaseReason')}
          value={reason}
          maxLength={200}
          wrong={wrong}
          first
          onValue={setReason}
        />
      </SendForm>
    </Sheet>
  )
}

interface SendFormProps {
  readonly go: string
  /** What is wrong with it. */
  readonly wrong: string | undefined
  readonly send: () => Promise<unknown>
  readonly onDone: () => void
  readonly children: React.ReactNode
}

function SendForm({ go, wrong, send, onDone, children }: SendFormProps) {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (busy || wrong !== undefined) return
    setBusy(true)
    setError(undefined)
    send().then(onDone, failed => {
      setBusy(false)
      setError(exportRefusal(failed, t))
    })
  }
  return (
    <form className="export-form col g12" onSubmit={submit}>
      {children}
      <div className="row g8">
        <Button type="submit" keyCap="↵" state={busy ? 'sending' : wrong === undefined ? 'best' : 'ready'}>
          {go}
        </Button>
        <span className="m t12" role="status">
          {wrong ?? t('evidence:onRecord')}
        </span>
      </div>
      {error !== undefined && (
        <p className="t-red" role="alert">
          {error}
        </p>
      )}
    </form>
  )
}
