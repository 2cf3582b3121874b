/** 搁置: shelves a source that chatters, with a reason and an end; which are shelved, what they sent meanwhile, ended early. */
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ShelfView, SourceShelves } from '../../../../gateway/core/source-shelf.ts'
import type { SourceLine } from '../../../../gateway/core/sources.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { Button, type ButtonState } from '../../ui/parts.tsx'
import { ageText, minuteText } from '../../ui/time.ts'
import { useRecords } from '../../wire/use-records.ts'
import { Minutes, proposedMinutes } from './minutes.tsx'
import { useSend } from './use-send.ts'

const LENGTHS_MIN = [15, 30, 60, 120, 240, 480] as const
const MIN_REASON = 2
const LIST = '/api/sources/shelves'
const NONE: SourceShelves = { nowMs: 0, maxMs: 0, active: [] }

function useShelves() {
  const [shelves = NONE, again] = useRecords<SourceShelves>(LIST, 'sourceShelves')
  const { user } = useSession()
  const now = useNow()
  const may = user?.role === 'operator' || user?.role === 'leader'
  return { ...shelves, active: shelves.active.filter(shelf => now < shelf.endMs), again, now, may }
}

/** What is shelved of it, and why: 入侵 防区 2, or everything; by whom. */
function useWords() {
  const { t } = useTranslation()
  return ({ alarm, reason, by }: ShelfView) => {
    const zone = alarm?.zone ? ` ${t('sources:test.zone', { zone: t([`words:cause.${alarm.zone}`, alarm.zone]) })}` : ''
    const what = alarm ? `${t(`words:alarmClass.${alarm.alarmClass}`)}${zone}` : t('sources:shelf.all')
    const why = by === 'system' ? t('sources:shelf.chatter') : `${reason} · ${by}`
    return { what, why }
  }
}

export function ShelfPart({ line }: { readonly line: SourceLine }) {
  const { t } = useTranslation()
  const { active, maxMs, again, now, may } = useShelves()
  const { state, said, send } = useSend(again)
  const words = useWords()
  const mine = active.filter(shelf => shelf.sourceId === line.id)
  return (
    <section className="src-test" aria-label={t('sources:shelf.title')}>
      <h3>{t('sources:shelf.title')}</h3>
      {mine.map(shelf => (
        <div key={shelf.id}>
          <p className="src-test-on amber">
            <b>{t('sources:shelf.on', { what: words(shelf).what, age: ageText(shelf.endMs - now, t) })}</b>
            <span className="m">{words(shelf).why}</span>
            <Held shelf={shelf} />
          </p>
          {may && (
            <Button state={state} onClick={() => void send(`${LIST}/${shelf.id}/end`)}>
              {t('sources:shelf.end')}
            </Button>
          )}
        </div>
      ))}
      {!line.shelvable && <p className="d">{t('sources:shelf.never')}</p>}
      {line.shelvable && may && maxMs > 0 && !mine.some(shelf => !shelf.alarm) && (
        <ShelfForm maxMs={maxMs} state={state} onDraft={draft => void send(LIST, { ...draft, sourceId: line.id })} />
      )}
      <p className="t-amb" role="status">
        {said}
      </p>
    </section>
  )
}

function Held({ shelf: { held, standing } }: { readonly shelf: ShelfView }) {
  const { t } = useTranslation()
  if (held === 0) return null
  return (
    <span className="n">
      {t('sources:shelf.held', { n: held })}
      {standing && ` · ${t('sources:shelf.standing')}`}
    </span>
  )
}

interface FormProps {
  readonly maxMs: number
  readonly state: ButtonState
  readonly onDraft: (draft: { readonly minutes: number; readonly reason: string }) => void
}

function ShelfForm({ maxMs, state, onDraft }: FormProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState(proposedMinutes(maxMs))
  const whyNot = reason.trim().length < MIN_REASON ? t('sources:shelf.reasonShort') : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (whyNot === undefined && state !== 'sending') onDraft({ minutes, reason: reason.trim() })
  }
  return (
    <form onSubmit={submit}>
      <Minutes name={t('sources:shelf.length')} of={LENGTHS_MIN} maxMs={maxMs} value={minutes} onChange={setMinutes} />
      <input
        value={reason}
        maxLength={200}
        placeholder={t('sources:shelf.reason')}
        aria-label={t('sources:shelf.reason')}
        onChange={event => setReason(event.target.value)}
      />
      <Button type="submit" state={state} whyNot={whyNot}>
        {t('sources:shelf.begin')}
      </Button>
      <p className="d">{t('sources:shelf.help')}</p>
    </form>
  )
}

/** All that are shelved, above the table; one of them ends with a press. */
export function ShelfList({ onChoose }: { readonly onChoose: (sourceId: string) => void }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const { active, again, may } = useShelves()
  const { state, said, send } = useSend(again)
  const words = useWords()
  if (active.length === 0) return null
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  return (
    <section className="src-tests shelves" aria-label={t('sources:shelf.list')}>
      <h2>{t('sources:shelf.list')}</h2>
      <ul>
        {active.map(shelf => (
          <li key={shelf.id} className="row g8">
            <i aria-hidden="true" />
            <button type="button" className="link" onClick={() => onChoose(shelf.sourceId)}>
              {shelf.name} <span className="n">{shelf.sourceId}</span>
            </button>
            <span className="nw">{words(shelf).what}</span>
            <span className="m el">{words(shelf).why}</span>
            <Held shelf={shelf} />
            <span className="n">{t('sources:test.until', { time: minuteText(shelf.endMs, zone) })}</span>
            {may && (
              <Button state={state} onClick={() => void send(`${LIST}/${shelf.id}/end`)}>
                {t('sources:shelf.end')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <p className="t-amb" role="status">
        {said}
      </p>
    </section>
  )
}
