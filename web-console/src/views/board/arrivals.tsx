/** Arrival by grid cell: nine of ten were there within this, slowest first; beyond five minutes it is said by a sign, too. */
import { useTranslation } from 'react-i18next'
import type { BoardFigures } from '../../../../gateway/core/leader-board.ts'
import { countText } from '../../ui/time.ts'
import './charts.css'

/** As gateway/core/report.ts: arrival in the city, in the suburbs. */
const CITY_MS = 5 * 60_000
const SUBURB_MS = 10 * 60_000

export function Arrivals({ today }: { readonly today: BoardFigures | undefined }) {
  const { t } = useTranslation()
  const cells = today?.cells ?? []
  const left = (today?.cellsAll ?? 0) - cells.length
  return (
    <section className="panel admin-panel">
      <h2 className="head">
        {t('board:arrivals.title')}
        <span className="grow" />
        <span className="m t12">{t('board:arrivals.legend')}</span>
      </h2>
      {cells.length === 0 ? (
        <p className="m admin-pad">{t(today ? 'board:arrivals.none' : 'board:todayWait')}</p>
      ) : (
        <ul className="admin-pad board-cells">
          {cells.map(({ id, name, n, p90Ms }) => (
            <li key={id} className={p90Ms > SUBURB_MS ? 'far' : p90Ms > CITY_MS ? 'late' : ''}>
              <span className="el t12" title={name}>
                {name || t('board:arrivals.outside')}
              </span>
              <span className="row g6">
                <b className="n">
                  {countText(p90Ms)}
                  {p90Ms > SUBURB_MS ? ' ▲▲' : p90Ms > CITY_MS ? ' ▲' : ''}
                </b>
                <span className="m n t12">{t('board:arrivals.of', { count: n })}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {left > 0 && <p className="d t12 admin-pad">{t('board:arrivals.more', { n: left })}</p>}
    </section>
  )
}
