/** Alarms of the last 24 hours by hour, the most urgent at the bottom of each bar; every figure can be read aloud. */
import { useTranslation } from 'react-i18next'
import type { BoardFigures } from '../../../../gateway/core/leader-board.ts'
import { useSession } from '../../session.tsx'
import { PriorityShape } from '../../ui/priority.tsx'
import { minuteText } from '../../ui/time.ts'
import './charts.css'

const LABEL_EVERY = 3
const PARTS = ['others', 'p2', 'p1'] as const

export function Hours({ today }: { readonly today: BoardFigures | undefined }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const hours = today?.hours ?? []
  const sums = hours.map(({ p1, p2, others }) => p1 + p2 + others)
  const all = sums.reduce((sum, n) => sum + n, 0)
  const most = Math.max(1, ...sums)
  return (
    <section className="panel admin-panel board-hours-panel">
      <h2 className="head">
        {t('board:hours.title')}
        <span className="n chip">{today ? all : '–'}</span>
        <span className="grow" />
        <PriorityShape priority={1} size={14} />
        <PriorityShape priority={2} size={14} />
        <span className="board-hours-others" aria-hidden="true" />
        <span className="m t12">{t('board:hours.others')}</span>
      </h2>
      {!today ? (
        <p className="m admin-pad">{t('board:todayWait')}</p>
      ) : (
        <ol className="admin-pad board-hours">
          {hours.map((hour, n) => {
            const { startMs, p1, p2, others } = hour
            const time = minuteText(startMs, zone)
            const said = t('board:hours.said', { time, n: sums[n], p1, p2, others })
            return (
              <li key={startMs} title={said}>
                <span className="sr-only">{said}</span>
                <span className="board-hour" aria-hidden="true">
                  <span className="n t12 m">{sums[n] ? sums[n] : ''}</span>
                  {PARTS.map(
                    part => hour[part] > 0 && <i key={part} className={part} style={share(hour[part], most)} />
                  )}
                </span>
                <span className="n t12 m board-hour-time" aria-hidden="true">
                  {(hours.length - 1 - n) % LABEL_EVERY === 0 ? time : ''}
                </span>
              </li>
            )
          })}
        </ol>
      )}
    </section>
  )
}

const share = (n: number, most: number) => ({ height: `${(80 * n) / most}%` })
