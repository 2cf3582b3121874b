/** 反馈: what was found and done, by whom, who was hurt and what was lost; Enter in any field sends it, only the words are asked for. */
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Disposition, Incident } from '../../../../../gateway/core/incident.ts'
import type { FeedbackForm as Filled } from '../../../../../gateway/core/work-wire.ts'
import { useSession } from '../../../session.tsx'
import { filedUnder, pathOf } from '../../../state/categories.ts'
import { lastThere } from '../../../state/target.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { Button } from '../../../ui/parts.tsx'
import { CategoryField } from './category-field.tsx'

interface FeedbackFormProps {
  readonly incident: Incident
  readonly disposition: Disposition
  /** Chosen by its keys; else what it is filed under without being asked. */
  readonly category: string | undefined
  readonly go: string
  readonly whyNot: string | undefined
  readonly needsWords: boolean
  /** Another field comes first. */
  readonly calm: boolean
  readonly send: (form: Filled) => void
}

/** A count as it is typed: empty is none. */
const countOf = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : 0)
const asText = (count: number | undefined) => (count ? String(count) : '')

export function FeedbackForm(props: FeedbackFormProps) {
  const { incident, disposition, go, needsWords, calm, send } = props
  const { t, i18n } = useTranslation()
  const { settings } = useSession()
  const rows = settings?.categories ?? []
  const known = incident.facts
  const [words, setWords] = useState(incident.feedback ?? '')
  const [typed, setTyped] = useState<string>()
  const code = typed ?? props.category ?? filedUnder(rows, disposition, incident)
  const [injured, setInjured] = useState(asText(known?.injured))
  const [dead, setDead] = useState(asText(known?.dead))
  const [loss, setLoss] = useState(asText(known?.lossYuan))
  const [by, setBy] = useState(known?.by ?? lastThere(incident) ?? incident.owner?.name ?? '')
  const name = pathOf(rows, code, i18n.language)
  const missing = needsWords && words.trim() === '' ? t('floor:menu.feedbackNeeded') : undefined
  const why = props.whyNot ?? missing ?? (name ? undefined : t('floor:feedback.noCategory'))

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (why) return
    send({
      ...{ disposition, category: code, by: by.trim() },
      ...(words.trim() ? { feedback: words.trim() } : {}),
      ...{ injured: countOf(injured), dead: countOf(dead), lossYuan: countOf(loss) }
    })
  }
  return (
    <form className="col g8 feedback-form" onSubmit={submit}>
      <div className="row g8 text-form">
        <input
          aria-label={t('floor:menu.feedback')}
          placeholder={t(needsWords ? 'floor:menu.feedbackNeeded' : 'floor:menu.feedback')}
          value={words}
          maxLength={500}
          ref={calm ? undefined : takeFocus}
          onChange={event => setWords(event.target.value)}
        />
        <Button type="submit" state="best" keyCap="↵" whyNot={why}>
          {go}
        </Button>
      </div>
      <CategoryField {...{ rows, code, name }} set={setTyped} />
      <div className="row g8 text-form feedback-facts">
        <Field label={t('floor:feedback.injured')} value={injured} set={setInjured} digits={5} />
        <Field label={t('floor:feedback.dead')} value={dead} set={setDead} digits={5} />
        <Field label={t('floor:feedback.loss')} value={loss} set={setLoss} digits={9} />
        <label className="feedback-by">
          <span className="m nw">{t('floor:feedback.by')}</span>
          <input value={by} maxLength={40} onChange={event => setBy(event.target.value)} />
        </label>
      </div>
    </form>
  )
}

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly set: (value: string) => void
  readonly digits: number
}

function Field({ label, value, set, digits }: FieldProps) {
  return (
    <label>
      <span className="m nw">{label}</span>
      <input
        inputMode="numeric"
        className="n"
        placeholder="0"
        size={digits}
        value={value}
        maxLength={digits}
        onChange={event => set(event.target.value.replace(/\D/g, ''))}
      />
    </label>
  )
}
