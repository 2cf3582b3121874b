/** Where everything stands: from waiting to the file, oldest of the most urgent first in each stage; no name, no place. */
import { useTranslation } from 'react-i18next'
import type { BoardIncident, LeaderBoard } from '../../../../gateway/core/leader-board.ts'
import { useNow } from '../../state/clock.ts'
import { capital } from '../../ui/capital.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { ageText } from '../../ui/time.ts'
import { lateText } from './late.ts'
import { IncidentNumber } from './open-incident.tsx'

export function Stages({ stages }: { readonly stages: LeaderBoard['stages'] }) {
  const { t } = useTranslation()
  return (
    <section className="board-stages" aria-label={t('board:stages')}>
      {stages.map(({ stage, n, rows }) => (
        <div key={stage} className="board-stage">
          <h2>
            {t(`board:stage.${stage}`)} <span className="n">{n}</span>
          </h2>
          <ul>
            {rows.map(row => (
              <StageRow key={row.id} row={row} />
            ))}
          </ul>
          {n > rows.length && <p className="d t12">{t('board:more', { n: n - rows.length })}</p>}
        </div>
      ))}
    </section>
  )
}

function StageRow({ row }: { readonly row: BoardIncident }) {
  const { t } = useTranslation()
  const now = useNow()
  const { id, priority, number, alarmClass, nobodyThere, openedAtMs, dueAtMs } = row
  const late = dueAtMs !== undefined && now > dueAtMs
  return (
    <li className={late && priority <= 2 ? `row g8 board-late p${priority}` : 'row g8'}>
      <PriorityShape priority={priority} size={18} />
      <span className="el grow">
        {capital(t(`words:alarmClass.${alarmClass}`))}{' '}
        <span className="m">
          <IncidentNumber {...{ id, number }} />
        </span>
      </span>
      {nobodyThere && <span className="t-amb nw board-how">{t('words:leftScene')}</span>}
      {late && row.dueFor !== 'acknowledge' && <span className="n t-red nw board-how">{lateText(row, now, t)}</span>}
      <span className={late ? 'n t-red' : 'n m'}>{ageText(now - openedAtMs, t)}</span>
    </li>
  )
}
