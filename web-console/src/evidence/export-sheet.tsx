/** 导出: what, how, why and for whom; then its progress. Closing it stops nothing. */
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../session.tsx'
import { serverNowMs } from '../state/clock.ts'
import { forgetDraft, useDraft } from '../state/drafts.ts'
import { takeFocus } from '../ui/focus.ts'
import { Button } from '../ui/parts.tsx'
import { Sheet } from '../ui/sheet.tsx'
import {
  draftOf,
  type ExportDraft,
  type ExportWish,
  NO_SOUND,
  problemOf,
  requestOf,
  soundChoices,
  whyNotExport
} from './export-draft.ts'
import { ExportProgress } from './export-progress.tsx'
import { useExportOrder } from './use-export.ts'
import { exportRefusal } from './words.ts'
import './evidence.css'

export interface ExportSheetProps {
  readonly wish: ExportWish
  readonly onClose: () => void
}

export function ExportSheet({ wish, onClose }: ExportSheetProps) {
  const { t } = useTranslation()
  const { user } = useSession()
  const { job, setJob, order, busy, refusal } = useExportOrder()
  const why = user ? whyNotExport(user, wish.incident) : 'leaderOnly'
  const ordered = job !== undefined
  const name = nameOf(wish)
  useEffect(() => {
    if (ordered) forgetDraft(name)
  }, [ordered, name])
  const title = wish.incident ? t('evidence:exportOf', { number: wish.incident.number }) : t('evidence:export')
  return (
    <Sheet title={title} onClose={onClose} ownKeys>
      {why && (
        <p className="t-red" role="alert">
          {t(`evidence:refused.${why}`)}
        </p>
      )}
      {!why && !job && (
        <ExportForm
          wish={wish}
          leader={user?.role === 'leader'}
          busy={busy}
          refusal={refusal && exportRefusal(refusal, t)}
          onOrder={order}
        />
      )}
      {job && (
        <>
          <ExportProgress job={job} onJob={setJob} />
          <p className="m t12">{t('evidence:goesOn')}</p>
        </>
      )}
    </Sheet>
  )
}

const nameOf = ({ incident }: ExportWish): string => `${incident?.id ?? 'recordings'}/export`

/** Filled in before and not ordered: all of it for the same recordings, else the words alone, since the recordings are as they were chosen now. */
function useExportDraft(wish: ExportWish, zone: string): readonly [ExportDraft, (part: Partial<ExportDraft>) => void] {
  const [base] = useState(() => draftOf(wish, zone))
  const [kept, set] = useDraft(nameOf(wish), { base, draft: base })
  const same = JSON.stringify(kept.base) === JSON.stringify(base)
  const { reason, receiver } = kept.draft
  const draft = same ? kept.draft : { ...base, reason, receiver }
  return [draft, part => set({ base, draft: { ...draft, ...part } })]
}

interface ExportFormProps {
  readonly wish: ExportWish
  readonly leader: boolean
  readonly busy: boolean
  readonly refusal: string | undefined
  readonly onOrder: ReturnType<typeof useExportOrder>['order']
}

function ExportForm({ wish, leader, busy, refusal, onOrder }: ExportFormProps) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const form = useRef<HTMLFormElement>(null)
  const [draft, change] = useExportDraft(wish, zone)
  const problem = problemOf(draft, wish, { zone, nowMs: serverNowMs(), anyTime: leader })
  const said = problem && t(`evidence:wrong.${problem.word}`)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    if (problem) {
      form.current?.querySelector<HTMLElement>(`[name="${problem.field}"]`)?.focus()
      return
    }
    const request = requestOf(draft, wish, zone, serverNowMs(), !leader)
    if (request) onOrder(request)
  }
  const part = { draft, change, wrong: problem?.field }
  return (
    <form ref={form} className="export-form col g12" onSubmit={submit}>
      <What {...part} wish={wish} leader={leader} />
      <How {...part} wish={wish} />
      <Whom {...part} />
      <div className="row g8">
        <Button type="submit" keyCap="↵" state={busy ? 'sending' : problem ? 'ready' : 'best'}>
          {t('evidence:export')}
        </Button>
        <span className="m t12" role="status">
          {said ?? t('evidence:onRecord')}
        </span>
      </div>
      {refusal !== undefined && (
        <p className="t-red" role="alert">
          {refusal}
        </p>
      )}
    </form>
  )
}

interface PartProps {
  readonly draft: ExportDraft
  readonly change: (part: Partial<ExportDraft>) => void
  readonly wrong: keyof ExportDraft | undefined
}

function What({
  draft,
  change,
  wrong,
  wish,
  leader
}: PartProps & { readonly wish: ExportWish; readonly leader: boolean }) {
  const { t } = useTranslation()
  const ready = wish.incident?.evidence.filter(item => item.state === 'ready') ?? []
  const count = (kind: string) => ready.filter(item => item.kind === kind).length
  const counts = { clips: count('clip'), previews: count('preview'), stills: count('still') }
  const voices = count('voice')
  const photos = count('photo')
  const items = [
    t('evidence:items', counts),
    voices > 0 ? t('evidence:itemsVoices', { voices }) : '',
    photos > 0 ? t('evidence:itemsPhotos', { photos }) : ''
  ].join('')
  const toggle = (cameraId: string) =>
    change({
      cameras: draft.cameras.includes(cameraId)
        ? draft.cameras.filter(each => each !== cameraId)
        : [...draft.cameras, cameraId]
    })
  return (
    <fieldset className="export-part">
      <legend className="head">{t('evidence:what')}</legend>
      {wish.incident &&
        (leader ? (
          <Check checked={draft.items} name="items" onChange={on => change({ items: on })}>
            {items}
          </Check>
        ) : (
          <p>{items}</p>
        ))}
      <div className="row g8 export-range">
        <span className="m nw">{t('evidence:recordings')}</span>
        <TimeField name="from" value={draft.from} wrong={wrong} onValue={from => change({ from })} />
        <span aria-hidden="true">–</span>
        <TimeField name="to" value={draft.to} wrong={wrong} onValue={to => change({ to })} />
      </div>
      <div className="export-cameras">
        {wish.cameras.map(camera => (
          <Check
            key={camera.id}
            name="cameras"
            checked={draft.cameras.includes(camera.id)}
            onChange={() => toggle(camera.id)}
          >
            {camera.name}
          </Check>
        ))}
      </div>
    </fieldset>
  )
}

function How({ draft, change, wish }: PartProps & { readonly wish: ExportWish }) {
  const { t } = useTranslation()
  return (
    <fieldset className="export-part">
      <legend className="head">{t('evidence:how')}</legend>
      <div className="row g16">
        <Check name="time" checked={draft.time} onChange={time => change({ time })}>
          {t('evidence:burnTime')}
        </Check>
        <Check name="address" checked={draft.address} onChange={address => change({ address })}>
          {t('evidence:burnAddress')}
        </Check>
        <label className="row g8">
          <span className="m nw">{t('evidence:oneFile')}</span>
          <select
            name="oneFile"
            value={draft.oneFile}
            onChange={event => {
              const { value } = event.target
              change({ oneFile: value === 'grid' || value === 'sequence' ? value : '' })
            }}
          >
            <option value="">{t('evidence:oneFileNo')}</option>
            <option value="grid">{t('evidence:oneFileGrid')}</option>
            <option value="sequence">{t('evidence:oneFileSequence')}</option>
          </select>
        </label>
        {draft.oneFile !== '' && <Sound draft={draft} change={change} wish={wish} />}
      </div>
      <p className="m t12">{t('evidence:original')}</p>
    </fieldset>
  )
}

function Whom({ draft, change, wrong }: PartProps) {
  const { t } = useTranslation()
  return (
    <fieldset className="export-part">
      <legend className="head">{t('evidence:whom')}</legend>
      <WordField
        name="reason"
        label={t('evidence:reason')}
        value={draft.reason}
        maxLength={200}
        wrong={wrong === 'reason'}
        first
        onValue={reason => change({ reason })}
      />
      <WordField
        name="receiver"
        label={t('evidence:receiver')}
        value={draft.receiver}
        maxLength={100}
        wrong={wrong === 'receiver'}
        onValue={receiver => change({ receiver })}
      />
    </fieldset>
  )
}

/** Side by side only one camera can be heard. */
function Sound({ draft, change, wish }: Omit<PartProps, 'wrong'> & { readonly wish: ExportWish }) {
  const { t } = useTranslation()
  return (
    <label className="row g8">
      <span className="m nw">{t('evidence:sound')}</span>
      <select name="sound" value={draft.sound} onChange={event => change({ sound: event.target.value })}>
        <option value="">{t(draft.oneFile === 'grid' ? 'evidence:soundFirst' : 'evidence:soundEach')}</option>
        {draft.oneFile === 'grid' &&
          soundChoices(draft, wish).map(camera => (
            <option key={camera.id} value={camera.id}>
              {camera.name}
            </option>
          ))}
        <option value={NO_SOUND}>{t('evidence:soundNone')}</option>
      </select>
    </label>
  )
}

interface CheckProps {
  readonly name: string
  readonly checked: boolean
  readonly onChange: (on: boolean) => void
  readonly children: React.ReactNode
}

function Check({ name, checked, onChange, children }: CheckProps) {
  return (
    <label className="row g8 export-check">
      <input type="checkbox" name={name} checked={checked} onChange={event => onChange(event.target.checked)} />
      <span className="el">{children}</span>
    </label>
  )
}

interface TimeFieldProps {
  readonly name: 'from' | 'to'
  readonly value: string
  readonly wrong: string | undefined
  readonly onValue: (text: string) => void
}

function TimeField({ name, value, wrong, onValue }: TimeFieldProps) {
  const { t } = useTranslation()
  return (
    <input
      className="n"
      name={name}
      value={value}
      maxLength={19}
      aria-label={t(`evidence:${name}Time`)}
      aria-invalid={wrong === name || undefined}
      onChange={event => onValue(event.target.value)}
    />
  )
}

export interface WordFieldProps {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly maxLength: number
  readonly wrong: boolean
  /** Takes the focus when it appears. */
  readonly first?: boolean
  readonly onValue: (text: string) => void
}

/** One line of words with its label before it. */
export function WordField({ name, label, value, maxLength, wrong, first, onValue }: WordFieldProps) {
  const id = useId()
  return (
    <div className="row g8 export-words">
      <label className="m" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="grow"
        name={name}
        value={value}
        maxLength={maxLength}
        aria-required="true"
        aria-invalid={wrong || undefined}
        ref={first ? takeFocus : undefined}
        onChange={event => onValue(event.target.value)}
      />
    </div>
  )
}
