/** Public emergencies by class, and 平安指数 of grid cells by month. */
import { useTranslation } from 'react-i18next'
import { Frame, type Props } from './tables.tsx'

export function EmergenciesTable({ report }: Props) {
  const { t } = useTranslation()
  const columns = [
    { word: t('reports:column.emergency') },
    ...['incidents', 'injured', 'dead', 'lossYuan'].map(each => ({ word: t(`reports:column.${each}`), right: true }))
  ]
  return (
    <Frame report={report} table="emergencies" count={report.emergencies.length} columns={columns}>
      {report.emergencies.map(({ emergency, incidents, injured, dead, lossYuan }) => (
        <tr key={emergency}>
          <td>{t(`reports:emergency.${emergency}`)}</td>
          <td className="right n">{incidents}</td>
          <td className="right n">{injured}</td>
          <td className="right n">{dead}</td>
          <td className="right n">{lossYuan.toLocaleString('en')}</td>
        </tr>
      ))}
    </Frame>
  )
}

export function SafetyTable({ report }: Props) {
  const { t } = useTranslation()
  const columns = [
    ...['month', 'grid'].map(each => ({ word: t(`reports:column.${each}`) })),
    ...['realPs', 'harmed', 'late', 'index'].map(each => ({ word: t(`reports:column.${each}`), right: true }))
  ]
  const percent = (share: number) => `${Math.round(100 * share)} %`
  return (
    <Frame report={report} table="safety" count={report.safety.length} columns={columns}>
      {report.safety.map(line => (
        <tr key={`${line.month} ${line.gridId}`}>
          <td className="n">{line.month}</td>
          <td>{line.gridName}</td>
          <td className="right n">
            {line.p1} / {line.p2} / {line.p3}
          </td>
          <td className="right n">
            {line.injured} / {line.dead}
          </td>
          <td className="right n">
            {percent(line.lateAnswer)} / {percent(line.lateArrival)}
          </td>
          <td className="right n">
            <b>{line.index.toFixed(1)}</b>
          </td>
        </tr>
      ))}
    </Frame>
  )
}
