/** 反复误报来源: more than five false alarms in 24 hours; no name and no number, since visitors may see the board. */
import { useTranslation } from 'react-i18next'
import type { BoardFigures } from '../../../../gateway/core/leader-board.ts'
import { useSession } from '../../session.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Button } from '../../ui/parts.tsx'
import { goTo } from '../../windows/use-windows.ts'
import './charts.css'

export function Noisy({ today }: { readonly today: BoardFigures | undefined }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const noisy = today?.noisy ?? []
  const most = Math.max(1, ...noisy.map(({ n }) => n))
  return (
    <section className="panel admin-panel">
      <h2 className="head">
        {t('board:noisy.title')}
        <span className="n chip">{today ? noisy.length : '–'}</span>
        <span className="grow" />
        <span className="m t12">{t('board:noisy.span')}</span>
      </h2>
      {noisy.length === 0 ? (
        <p className="m admin-pad">{t(today ? 'board:noisy.none' : 'board:todayWait')}</p>
      ) : (
        <ul className="board-noisy">
          {noisy.map(({ sourceId, sourceKind, gridName, n }) => {
            const what = [t(`words:sourceKind.${sourceKind}`), gridName].filter(Boolean).join(' · ')
            return (
              <li key={sourceId} className="row g8">
                <Icon name={sourceKind} size={18} />
                <span className="el board-noisy-what">{what}</span>
                <span className="grow board-noisy-bar" aria-hidden="true">
                  <i style={{ width: `${(100 * n) / most}%` }} />
                </span>
                <span className="n nw">{t('board:noisy.times', { count: n })}</span>
                {user?.role !== 'auditor' && (
                  <Button
                    className="small"
                    aria-label={t('board:noisy.open', { what })}
                    onClick={() => goTo(`/sources?${new URLSearchParams({ source: sourceId })}`)}
                  >
                    {t('board:todo.look')}
                  </Button>
                )}
              </li>
            )
          })}
        </ul>
      )}
    </section>
  )
}
