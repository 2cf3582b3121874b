/** 反馈: what was found and done, by whom, who was hurt and what was lost; Enter in any field sends it, only the words are asked for; a bounce of the Enter that opened it does not. */
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Disposition, Incident } from '../../../../../gateway/core/incident.ts'
import type { FeedbackForm as Filled } from '../../../../../gateway/core/work-wire.ts'
import { useSession } from '../../../session.tsx'
import { filedUnder, pathOf } from '../../../state/categories.ts'
import { useDraft } from '../../../state/drafts.ts'
import { createOpening } from '../../../state/second-press.ts'
import { authorOf, type UnitReport } from '../../../state/unit-report.ts'
import { takeFocus } from '../../../ui/focus.ts'
import { Button } from '../../../ui/parts.tsx'
import { useFloor } from '../floor-context.tsx'
import { CategoryField } from './category-field.tsx'

interface FeedbackFormProps {
  readonly incident: Incident
  readonly disposition: Disposition
  /** Chosen by its keys; else what it is filed under without being asked. */
  readonly category: string | undefined
  /** On whose word it is written. */
  readonly report: UnitReport | undefined
  readonly go: string
  readonly whyNot: string | undefined
  /** Undefined: it may be sent without words. */
  readonly needsWords: 'nobodyThere' | 'real' | undefined
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
  const author = useAuthor(props.report)
  const [typed, change] = useTyped(incident, author)
  const { words, injured, dead, loss, by } = typed
  const given = props.category ?? filedUnder(rows, disposition, incident)
  // Another disposition, or another category chosen by its digits, is filed under something else.
  const [{ code }, setCode] = useDraft(`${incident.id}/resolve/${disposition}/${given}`, { code: given })
  const name = pathOf(rows, code, i18n.language)
  const missing = needsWords && words.trim() === '' ? t(`floor:menu.feedbackNeeded.${needsWords}`) : undefined
  const [asked, setAsked] = useState(false)
  const { onKeyDown, onInput } = useNoBounce()
  const why = props.whyNot ?? missing ?? (name ? undefined : t('floor:feedback.noCategory'))

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (missing) {
      setAsked(true)
      event.currentTarget.querySelector('input')?.focus()
    }
    if (why) return
    send({
      ...{ disposition, category: code, by: by.trim() || author },
      ...(words.trim() ? { feedback: words.trim() } : {}),
      ...{ injured: countOf(injured), dead: countOf(dead), lossYuan: countOf(loss) }
    })
  }
  return (
    <form className="col g8 feedback-form" onSubmit={submit} onKeyDown={onKeyDown} onInput={onInput}>
      <div className="row g8 text-form">
        <input
          aria-label={t('floor:menu.feedback')}
          placeholder={t(needsWords ? `floor:menu.feedbackNeeded.${needsWords}` : 'floor:menu.feedback')}
          aria-invalid={(asked && missing !== undefined) || undefined}
          value={words}
          maxLength={500}
          ref={calm ? undefined : takeFocus}
          onChange={event => change({ words: event.target.value })}
        />
        <Button type="submit" state="best" keyCap="↵" whyNot={why}>
          {go}
        </Button>
      </div>
      {asked && missing && (
        <p className="t-amb" role="alert">
          {missing}
        </p>
      )}
      <CategoryField {...{ rows, code, name }} set={typedCode => setCode({ code: typedCode })} />
      <div className="row g8 text-form feedback-facts">
        <Field label={t('floor:feedback.injured')} value={injured} set={text => change({ injured: text })} digits={5} />
        <Field label={t('floor:feedback.dead')} value={dead} set={text => change({ dead: text })} digits={5} />
        <Field label={t('floor:feedback.loss')} value={loss} set={text => change({ loss: text })} digits={9} />
        <label className="feedback-by">
          <span className="m nw">{t('floor:feedback.by')}</span>
          <input value={by} maxLength={BY_MAX} onChange={event => change({ by: event.target.value })} />
        </label>
      </div>
    </form>
  )
}

/** Until the form can be read, or was typed into, Enter is a bounce of what opened it; held down it is no word either. */
function useNoBounce() {
  const opening = useRef<ReturnType<typeof createOpening>>(undefined)
  const typed = useRef(false)
  useEffect(() => {
    opening.current = createOpening()
  }, [])
  return {
    onKeyDown(event: KeyboardEvent) {
      if (event.key !== 'Enter') return
      const meant = typed.current || opening.current?.read()
      if (event.repeat || !meant) event.preventDefault()
    },
    onInput() {
      typed.current = true
    }
  }
}

interface Typed {
  readonly words: string
  readonly injured: string
  readonly dead: string
  readonly loss: string
  readonly by: string
}

const BY_MAX = 40

/** Who types it: his are the words, though on the unit's. */
function useAuthor(report: UnitReport | undefined): string {
  const { t } = useTranslation()
  const { name } = useFloor().user
  return authorOf(name, report, t).slice(0, BY_MAX)
}

/** What is filled in, kept until it is sent. */
function useTyped(incident: Incident, author: string): readonly [Typed, (part: Partial<Typed>) => void] {
  const known = incident.facts
  const [typed, set] = useDraft<Typed>(`${incident.id}/resolve`, {
    ...{ words: incident.feedback ?? '', injured: asText(known?.injured), dead: asText(known?.dead) },
    loss: asText(known?.lossYuan),
    by: known?.by ?? author
  })
  return [typed, part => set({ ...typed, ...part })]
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
