/** Which part of the grid the report is about: the level of its lines, and the way down to one area and back. */
import { useTranslation } from 'react-i18next'
import type { IncidentReport } from '../../../../gateway/core/report.ts'
import type { Asked } from './use-report.ts'

const LEVELS = [1, 2, 3] as const

interface Props {
  readonly asked: Asked
  /** What was found last: it knows what the area and those above it are called. */
  readonly report: IncidentReport | undefined
  readonly onAsk: (asked: Asked) => void
}

export function Area({ asked, report, onAsk }: Props) {
  const { t } = useTranslation()
  const { level, under, ...whole } = asked
  const path = report?.under === under ? (report?.path ?? []) : []
  if (asked.by !== 'grid' && under === undefined) return null
  return (
    <nav className="report-area row g6" aria-label={t('reports:area')}>
      {asked.by === 'grid' &&
        LEVELS.map(each => (
          <button
            key={each}
            type="button"
            className={(level ?? 3) === each ? 'chip white' : 'chip'}
            aria-pressed={(level ?? 3) === each}
            onClick={() => onAsk({ ...asked, level: each })}
          >
            {t(`reports:gridLevel.${each}`)}
          </button>
        ))}
      {under !== undefined && (
        <>
          <button type="button" className="chip" onClick={() => onAsk({ ...whole, ...(level ? { level: 1 } : {}) })}>
            {t('reports:everywhere')}
          </button>
          {path.map((step, n) => (
            <span key={step.id} className="row g6">
              <span className="d" aria-hidden="true">
                ›
              </span>
              {n === path.length - 1 ? (
                <b aria-current="location">{step.name}</b>
              ) : (
                <button type="button" className="chip" onClick={() => onAsk(below(asked, step))}>
                  {step.name}
                </button>
              )}
            </span>
          ))}
        </>
      )}
    </nav>
  )
}

/** That cell alone, by the cells of the level below it. */
export function below(asked: Asked, { id, level }: { readonly id: string; readonly level: 1 | 2 | 3 }): Asked {
  return { ...asked, under: id, ...(asked.by === 'grid' ? { level: level === 1 ? 2 : 3 } : {}) }
}
