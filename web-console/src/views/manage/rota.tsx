/** The weekly spans of a unit's duty: days to press, from and to; what ends earlier than it begins ends on the next day. */
import { useTranslation } from 'react-i18next'
import type { WeekSpan } from '../../../../gateway/core/schedule.ts'
import { Button } from '../../ui/parts.tsx'
import { type Faults, GroupFaults, TextField } from './fields.tsx'
import { nextKey } from './subject-draft.ts'

export interface FormSpan extends WeekSpan {
  readonly key: number
}

interface RotaProps {
  readonly spans: readonly FormSpan[]
  readonly onSpans: (spans: FormSpan[]) => void
  readonly faults: Faults
  /** What the spans are of, where not a unit's duty. */
  readonly words?: { readonly legend: string; readonly help: string }
}

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const

export function Rota({ spans, onSpans, faults, words }: RotaProps) {
  const { t } = useTranslation()
  const put = (key: number, change: Partial<WeekSpan>) =>
    onSpans(spans.map(each => (each.key === key ? { ...each, ...change } : each)))
  return (
    <fieldset className="wide mng-list">
      <legend>{words?.legend ?? t('manage:unit.rota')}</legend>
      <p className="m t12">{words?.help ?? t('manage:unit.rotaHelp')}</p>
      {spans.map((span, n) => (
        <Span key={span.key} {...{ span, n, faults }} onSpan={change => put(span.key, change)}>
          <Button
            aria-label={t('manage:takeOut', { name: t('manage:unit.span', { n: n + 1 }) })}
            onClick={() => onSpans(spans.filter(each => each.key !== span.key))}
          >
            {t('manage:out')}
          </Button>
        </Span>
      ))}
      <GroupFaults field="rota" faults={faults} />
      <Button onClick={() => onSpans([...spans, { key: nextKey(), days: [...DAYS], from: '08:00', to: '20:00' }])}>
        {t('manage:unit.addSpan')}
      </Button>
    </fieldset>
  )
}

interface SpanProps {
  readonly span: FormSpan
  readonly n: number
  readonly faults: Faults
  readonly onSpan: (change: Partial<WeekSpan>) => void
  readonly children: React.ReactNode
}

function Span({ span, n, faults, onSpan, children }: SpanProps) {
  const { t } = useTranslation()
  const { days, from, to } = span
  return (
    <div className="mng-span">
      <fieldset className="mng-field" aria-label={t('manage:unit.days')}>
        <span className="m t12">{t('manage:unit.days')}</span>
        <span className="mng-days">
          {DAYS.map(day => (
            <button
              key={day}
              type="button"
              aria-pressed={days.includes(day)}
              onClick={() =>
                onSpan({ days: days.includes(day) ? days.filter(each => each !== day) : [...days, day].sort() })
              }
            >
              {t(`manage:unit.weekday.${day}`)}
            </button>
          ))}
        </span>
        <GroupFaults field={`rota.${n}.days`} faults={faults} />
      </fieldset>
      <TextField
        {...{ word: t('manage:unit.from'), field: `rota.${n}.from`, faults, value: from, placeholder: '08:00' }}
        onValue={value => onSpan({ from: value })}
      />
      <TextField
        {...{ field: `rota.${n}.to`, faults, value: to, placeholder: '20:00' }}
        word={to !== '' && to < from ? `${t('manage:unit.to')} (${t('manage:unit.overnight')})` : t('manage:unit.to')}
        onValue={value => onSpan({ to: value })}
      />
      <span className="mng-item-end">{children}</span>
    </div>
  )
}
