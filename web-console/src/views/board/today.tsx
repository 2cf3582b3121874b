/** The targets of the domain and how they were kept since midnight. */
import { useTranslation } from 'react-i18next'
import type { LeaderBoard } from '../../../../gateway/core/leader-board.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { clockText, limitText } from '../../ui/time.ts'
import { Table } from '../admin/table.tsx'
import { isOld, verdictOf } from './kept.ts'

export function TodayTable({ today }: { readonly today: LeaderBoard['today'] }) {
  const { t } = useTranslation()
  const { site } = useSession()
  const old = isOld(today, useNow())
  const columns = [
    ...['priority', 'measured'].map(each => ({ word: t(`reports:column.${each}`) })),
    ...['within', 'counted', 'kept', 'share', 'asked'].map(each => ({
      word: t(`reports:column.${each}`),
      right: true
    })),
    { word: t('reports:column.verdict') }
  ]
  const said = today && (
    <span className={old ? 't12 n t-amb' : 't12 n'}>
      {old
        ? t('board:todayOld', { time: clockText(today.atMs, site?.timeZone ?? 'Asia/Shanghai') })
        : t('board:todayOf', { day: today.day, n: today.incidents })}
    </span>
  )
  const counted = today?.targets.filter(({ n }) => n > 0) ?? []
  const none = (today?.targets.length ?? 0) - counted.length
  return (
    <Table
      title={t('board:today')}
      count={counted.length}
      columns={columns}
      empty={t(today ? 'board:todayNone' : 'board:todayWait')}
      aside={said}
    >
      {counted.map(line => {
        const { priority, measured, withinMs, n, kept, asked } = line
        const verdict = old ? undefined : verdictOf(line)
        return (
          <tr key={`${priority} ${measured} ${withinMs} ${asked}`} className={old ? 'd' : ''}>
            <td>P{priority}</td>
            <td>{t(`reports:measured.${measured}`)}</td>
            <td className="right n">≤ {limitText(withinMs, t)}</td>
            <td className="right n">{n}</td>
            <td className="right n">{kept}</td>
            <td className="right n">{`${((100 * kept) / n).toFixed(1)} %`}</td>
            <td className="right n">{asked === undefined ? '–' : `${asked} %`}</td>
            <td>{verdict ? <Verdict verdict={verdict} /> : <span className="d">–</span>}</td>
          </tr>
        )
      })}
      {none > 0 && (
        <tr>
          <td colSpan={columns.length} className="d t12">
            {t('board:todayOthers', { count: none })}
          </td>
        </tr>
      )}
    </Table>
  )
}

function Verdict({ verdict }: { readonly verdict: 'met' | 'missed' }) {
  const { t } = useTranslation()
  const met = verdict === 'met'
  return (
    <span className="row g6">
      <span className={met ? 'dot' : 'dot amb'} />
      <span className={met ? '' : 't-amb'}>{t(`reports:${verdict}`)}</span>
    </span>
  )
}
