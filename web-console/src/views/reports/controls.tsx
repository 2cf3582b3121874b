/** Which days, and what a line stands for. */
import { useTranslation } from 'react-i18next'
import type { ReportBy, ReportSpan } from '../../../../gateway/core/report.ts'
import { openSheet } from '../../print/sheets.ts'
import { useSession } from '../../session.tsx'
import { DayField } from '../../ui/day-field.tsx'
import { Button } from '../../ui/parts.tsx'
import { REPORT_MAX_DAYS, SPAN_NAMES, spanOf } from './spans.ts'
import { type Asked, askedOf } from './use-report.ts'

const GROUPS: readonly ReportBy[] = ['day', 'week', 'month', 'hour', 'grid', 'source', 'kind']

interface Props {
  readonly asked: Asked
  readonly today: string
  readonly busy: boolean
  /** The days are none that can be counted. */
  readonly wrong: 'reversed' | 'tooLong' | undefined
  readonly onAsk: (asked: Asked) => void
  readonly onAgain: () => void
}

export function Controls({ asked, today, busy, wrong, onAsk, onAgain }: Props) {
  const { t, i18n } = useTranslation()
  const { user } = useSession()
  const { language } = i18n
  const whyNot = wrong && t(`reports:wrong.${wrong}`, { n: REPORT_MAX_DAYS })
  const span = { from: asked.fromDay, to: asked.toDay }
  const set = (change: Partial<Asked>) => onAsk({ ...asked, ...change })
  const same = (span: ReportSpan) => span.fromDay === asked.fromDay && span.toDay === asked.toDay
  const day = (name: 'fromDay' | 'toDay') => (
    <DayField
      value={asked[name]}
      max={today}
      required
      label={t(`reports:${name}`)}
      onDay={picked => set({ [name]: picked })}
    />
  )
  return (
    <search className="report-controls">
      <fieldset className="row g6">
        <legend className="report-hidden">{t('reports:span')}</legend>
        {SPAN_NAMES.map(name => {
          const span = spanOf(name, today)
          return (
            <button
              key={name}
              type="button"
              className={same(span) ? 'chip white' : 'chip'}
              aria-pressed={same(span)}
              onClick={() => set(span)}
            >
              {t(`reports:spans.${name}`)}
            </button>
          )
        })}
      </fieldset>
      <span className="row g6 n">
        {day('fromDay')} – {day('toDay')}
      </span>
      <fieldset className="row g6">
        <legend className="report-hidden">{t('reports:byName')}</legend>
        {GROUPS.map(by => (
          <button
            key={by}
            type="button"
            className={asked.by === by ? 'chip white' : 'chip'}
            aria-pressed={asked.by === by}
            onClick={() => onAsk(grouped(asked, by))}
          >
            {t(`reports:by.${by}`)}
          </button>
        ))}
      </fieldset>
      <span className="grow" />
      <Button state={busy && !wrong ? 'sending' : 'ready'} whyNot={whyNot} onClick={onAgain}>
        {t('reports:again')}
      </Button>
      {(user?.role === 'leader' || user?.role === 'auditor') && (
        <Button
          title={t('print:retrievals.help')}
          whyNot={whyNot}
          onClick={() => openSheet('retrievals', language, { ...span, format: 'pdf' })}
        >
          {t('print:retrievals.button')}
        </Button>
      )}
      <Button whyNot={whyNot} onClick={() => openSheet('report', language, askedOf(asked))}>
        PDF
      </Button>
    </search>
  )
}

/** A level belongs to the grid; an area stays. */
function grouped({ level: _, ...asked }: Asked, by: ReportBy): Asked {
  return by === 'grid' ? { ...asked, by, level: 3 } : { ...asked, by }
}
