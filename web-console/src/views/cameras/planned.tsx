/** 计划检修: announces work on one camera or on all that the filter shows, says what is announced, and ends it. */
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PlannedDraft } from '../../../../gateway/core/camera-health.ts'
import type { CameraHealthRow } from '../../../../gateway/core/camera-health-wire.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { useSession } from '../../session.tsx'
import { serverNowMs } from '../../state/clock.ts'
import { Button, type ButtonState } from '../../ui/parts.tsx'
import { dateText, minuteText } from '../../ui/time.ts'
import { post } from '../../wire/api.ts'

const HOUR_MS = 3_600_000
const STARTS_H = [0, 1, 4, 12, 24] as const
const LENGTHS_H = [1, 4, 8, 24, 168, 720] as const
/** As many as one request takes, and words that can be checked later. */
const MAX_CAMERAS = 1_000
const MIN_REASON = 2

interface PlannedProps {
  readonly row: CameraHealthRow
  /** What the filter shows. */
  readonly shown: readonly CameraHealthRow[]
}

export function Planned({ row, shown }: PlannedProps) {
  const { t, i18n } = useTranslation()
  const { site, user } = useSession()
  const [state, setState] = useState<ButtonState>('ready')
  const [said, setSaid] = useState('')
  const mayPlan = user?.role === 'leader' || user?.role === 'administrator'
  const work = row.planned
  if (!work && !mayPlan) return null
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const time = (ms: number) => `${dateText(ms, zone, i18n.language)} ${minuteText(ms, zone)}`
  const send = async (path: string, body: object, done: string) => {
    setState('sending')
    try {
      await post(path, body)
      setState('done')
      setSaid(done)
    } catch (error) {
      setState('refused')
      setSaid(refusalText(error, t))
    }
  }
  return (
    <section className="cam-planned" aria-label={t('cameras:planned.title')}>
      <h3>{t('cameras:planned.title')}</h3>
      {work && (
        <p>
          {work.reason} <span className="d n">{t('cameras:planned.by', { who: work.by, n: work.cameras })}</span>
          <span className="n cam-planned-time">
            {time(work.startMs)} – {time(work.endMs)}
          </span>
        </p>
      )}
      {mayPlan && work && (
        <Button
          state={state}
          onClick={() =>
            void send(`/api/camera-health/planned/${encodeURIComponent(work.id)}/end`, {}, t('cameras:planned.ended'))
          }
        >
          {t('cameras:planned.end')}
        </Button>
      )}
      {mayPlan && !work && (
        <PlannedForm
          row={row}
          shown={shown}
          state={state}
          onDraft={draft => void send('/api/camera-health/planned', draft, t('cameras:planned.done'))}
        />
      )}
      <p className={state === 'refused' ? 't-amb' : 'm'} role="status">
        {said}
      </p>
    </section>
  )
}

interface FormProps extends PlannedProps {
  readonly state: ButtonState
  readonly onDraft: (draft: PlannedDraft) => void
}

function PlannedForm({ row, shown, state, onDraft }: FormProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [startH, setStartH] = useState(0)
  const [lengthH, setLengthH] = useState(4)
  const [all, setAll] = useState(false)
  const short = reason.trim().length < MIN_REASON
  const tooMany = all && shown.length > MAX_CAMERAS
  const whyNot = short ? t('cameras:planned.reasonShort') : tooMany ? t('cameras:planned.tooMany') : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (whyNot !== undefined || state === 'sending') return
    const startMs = serverNowMs() + startH * HOUR_MS
    const cameras = all ? shown.map(each => each.id) : [row.id]
    onDraft({ cameras, ...(startH > 0 ? { startMs } : {}), endMs: startMs + lengthH * HOUR_MS, reason: reason.trim() })
  }
  return (
    <form onSubmit={submit}>
      <Hours name={t('cameras:planned.start')} of={STARTS_H} value={startH} word="in" onChange={setStartH} />
      <Hours name={t('cameras:planned.length')} of={LENGTHS_H} value={lengthH} word="for" onChange={setLengthH} />
      <select
        value={all ? 'all' : 'one'}
        aria-label={t('cameras:planned.which')}
        onChange={event => setAll(event.target.value === 'all')}
      >
        <option value="one">{t('cameras:planned.this')}</option>
        <option value="all">{t('cameras:planned.shown', { n: shown.length })}</option>
      </select>
      <input
        value={reason}
        maxLength={200}
        placeholder={t('cameras:planned.reason')}
        aria-label={t('cameras:planned.reason')}
        onChange={event => setReason(event.target.value)}
      />
      <Button type="submit" state={state} whyNot={whyNot}>
        {t('cameras:planned.announce')}
      </Button>
    </form>
  )
}

interface HoursProps {
  readonly name: string
  readonly of: readonly number[]
  readonly value: number
  readonly word: 'in' | 'for'
  readonly onChange: (hours: number) => void
}

function Hours({ name, of, value, word, onChange }: HoursProps) {
  const { t } = useTranslation()
  return (
    <select value={value} aria-label={name} onChange={event => onChange(Number(event.target.value))}>
      {of.map(hours => (
        <option key={hours} value={hours}>
          {hours === 0
            ? t('cameras:planned.now')
            : t(`cameras:planned.${word}${hours < 24 ? 'Hours' : 'Days'}`, { n: hours < 24 ? hours : hours / 24 })}
        </option>
      ))}
    </select>
  )
}
