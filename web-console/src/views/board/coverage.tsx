/** Grid cells that nobody free and trained reaches in time, slowest first, and how many each class of units reaches. */
import { useTranslation } from 'react-i18next'
import type { BoardCoverage } from '../../../../gateway/core/leader-board.ts'
import { countText } from '../../ui/time.ts'
import './charts.css'

export function Coverage({ coverage }: { readonly coverage: BoardCoverage | undefined }) {
  const { t } = useTranslation()
  if (!coverage) return null
  const { cells, near, classes, gaps, gapsAll } = coverage
  const left = gapsAll - gaps.length
  return (
    <section className="panel admin-panel">
      <h2 className="head">
        {t('board:coverage.title')}
        <span className={gapsAll > 0 ? 'chip amber n' : 'chip n'}>{t('board:coverage.of', { n: near, m: cells })}</span>
        <span className="grow" />
        <span className="m t12">{t('board:coverage.legend')}</span>
      </h2>
      {gapsAll > 0 && (
        <ul className="admin-pad board-cells" aria-label={t('board:coverage.gaps', { count: gapsAll })}>
          {gaps.map(({ id, name, etaS }) => (
            <li key={id} className={etaS === undefined ? 'far' : 'late'}>
              <span className="el t12" title={name}>
                {name}
              </span>
              <b className="n">{etaS === undefined ? t('board:coverage.nobody') : `${countText(etaS * 1_000)} ▲`}</b>
            </li>
          ))}
        </ul>
      )}
      {left > 0 && <p className="d t12 admin-pad">{t('board:coverage.more', { n: left })}</p>}
      <table className="board-classes">
        <thead>
          <tr>
            {['class', 'free', 'near', 'far'].map((each, at) => (
              <th key={each} className={at > 0 ? 'right' : ''}>
                {t(`board:coverage.column.${each}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classes.map(({ unitClass, free, near: soon, far }) => (
            <tr key={unitClass} className={free === 0 ? 'd' : ''}>
              <th scope="row">{t(`words:unitClass.${unitClass}`)}</th>
              {[free, soon, far].map((n, at) => (
                <td key={['free', 'near', 'far'][at]} className="right n">
                  {n}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
