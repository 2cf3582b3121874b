/** How long it took today beside what is wanted, as bars: half within the white mark, nine of ten within the coloured one. */
import { useTranslation } from 'react-i18next'
import type { BoardFigures, BoardRange } from '../../../../gateway/core/leader-board.ts'
import { useNow } from '../../state/clock.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { durationText, limitText } from '../../ui/time.ts'
import { isOld } from './kept.ts'
import { marksOf } from './scale.ts'
import './charts.css'

export function Ranges({ today }: { readonly today: BoardFigures | undefined }) {
  const { t } = useTranslation()
  const old = isOld(today, useNow())
  return (
    <section className="panel admin-panel">
      <h2 className="head">
        {t('board:ranges.title')}
        <span className="grow" />
        <span className="m t12">{t('board:ranges.legend')}</span>
      </h2>
      {!today ? (
        <p className="m admin-pad">{t('board:todayWait')}</p>
      ) : (
        <ul className={old ? 'admin-pad board-ranges old' : 'admin-pad board-ranges'}>
          {today.ranges.map(range => (
            <Range key={`${range.priority} ${range.measured}`} range={range} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Range({ range }: { readonly range: BoardRange }) {
  const { t } = useTranslation()
  const { priority, measured, withinMs, n, p90Ms } = range
  const marks = marksOf(range)
  return (
    <li className="row g8">
      <PriorityShape priority={priority} size={18} />
      <span className="board-range-word">{t(`reports:measured.${measured}`)}</span>
      <span className={marks?.late ? 'board-range grow late' : 'board-range grow'} aria-hidden="true">
        {marks && (
          <>
            <i className="span" style={{ left: `${marks.p50}%`, width: `${marks.p95 - marks.p50}%` }} />
            <i className="p50" style={{ left: `${marks.p50}%` }} />
            <i className="p90" style={{ left: `${marks.p90}%` }} />
          </>
        )}
        <i className="target" style={{ left: `${marks?.target ?? 66}%` }} />
      </span>
      <span className="n board-range-said">
        {n === 0 || p90Ms === undefined ? (
          <span className="d">{t('board:ranges.none', { within: limitText(withinMs, t) })}</span>
        ) : (
          <span className={marks?.late ? 't-amb' : ''}>
            {t('board:ranges.p90', { time: durationText(p90Ms, t), within: limitText(withinMs, t) })}
          </span>
        )}
      </span>
    </li>
  )
}
