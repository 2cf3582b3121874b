/** Availability of cameras by grid cell over the days of the report. */
import { useTranslation } from 'react-i18next'
import { percentText } from '../cameras/figures.ts'
import { Frame, type Props } from './tables.tsx'

export function CamerasTable({ report }: Props) {
  const { t } = useTranslation()
  const columns = [
    { word: t('reports:column.grid') },
    ...['cameras', 'downH', 'plannedH', 'availability'].map(each => ({
      word: t(`reports:column.${each}`),
      right: true
    }))
  ]
  const hours = (seconds: number) => (seconds / 3_600).toFixed(1)
  return (
    <Frame report={report} table="cameras" count={report.cameras.length} columns={columns}>
      {report.cameras.map(({ gridId, gridName, cameras, liveS, downS, plannedS }) => (
        <tr key={gridId}>
          <td>{gridName || t('reports:none.grid')}</td>
          <td className="right n">{cameras}</td>
          <td className="right n">{hours(downS)}</td>
          <td className="right n">{hours(plannedS)}</td>
          <td className="right n">{liveS + downS === 0 ? '–' : `${percentText((100 * liveS) / (liveS + downS))} %`}</td>
        </tr>
      ))}
    </Frame>
  )
}
