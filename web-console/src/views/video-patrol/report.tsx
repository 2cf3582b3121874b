/** The duty report: rounds by plan, shift and person, cameras nobody looked at, and all of it as a CSV file. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { VideoPatrolReport } from '../../../../gateway/core/wall.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { serverNowMs } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'
import { listText } from '../../ui/called.ts'
import { Button } from '../../ui/parts.tsx'
import { get } from '../../wire/api.ts'
import { csvOf } from './report-csv.ts'
import { shiftText } from './walk-state.ts'

const DAYS = [1, 7, 30] as const
const COLUMNS = ['plan', 'shift', 'person', 'done', 'late', 'missed', 'findings'] as const

export function Report() {
  const { t } = useTranslation()
  const [days, setDays] = useState<(typeof DAYS)[number]>(1)
  const [report, setReport] = useState<VideoPatrolReport>()
  const [error, setError] = useState<string>()
  const cameras = useConsole(state => state.cameras)
  const nameOf = (cameraId: string) => cameras.get(cameraId)?.name ?? cameraId
  useEffect(() => {
    let gone = false
    const toMs = Math.round(serverNowMs())
    get<VideoPatrolReport>(`/api/video-patrol/report?fromMs=${toMs - days * 86_400_000}&toMs=${toMs}`).then(
      answer => {
        if (gone) return
        setReport(answer)
        setError(undefined)
      },
      failed => gone || setError(refusalText(failed, t))
    )
    return () => {
      gone = true
    }
  }, [days, t])
  const save = () => {
    if (!report) return
    const columns = COLUMNS.map(column => t(`rounds:column.${column}`))
    const text = csvOf(report, {
      columns,
      neverSeen: t('rounds:neverSeen'),
      cameraName: nameOf,
      persons: names => listText(names, t)
    })
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
    link.download = `${t('rounds:title')}_${new Date(report.toMs).toISOString().slice(0, 10)}.csv`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  }
  return (
    <section className="rounds-report col g12">
      <div className="row g6">
        {DAYS.map(each => (
          <Button
            key={each}
            state={each === days ? 'best' : 'ready'}
            aria-pressed={each === days}
            onClick={() => setDays(each)}
          >
            {t('rounds:days', { count: each })}
          </Button>
        ))}
        <span className="grow" />
        <Button onClick={save} whyNot={report ? undefined : t('rounds:loading')}>
          {t('rounds:csv')}
        </Button>
      </div>
      {error !== undefined && (
        <p className="t-red" role="alert">
          {error}
        </p>
      )}
      {report && <ReportTable report={report} nameOf={nameOf} />}
    </section>
  )
}

function ReportTable({
  report,
  nameOf
}: {
  readonly report: VideoPatrolReport
  readonly nameOf: (cameraId: string) => string
}) {
  const { t } = useTranslation()
  return (
    <>
      {report.rows.length === 0 && <p className="m">{t('rounds:noRounds')}</p>}
      {report.rows.length > 0 && (
        <table className="rounds-table">
          <thead>
            <tr>
              {COLUMNS.map(column => (
                <th key={column} scope="col">
                  {t(`rounds:column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.rows.map(row => (
              <tr key={`${row.planName}/${row.fromMin}/${row.toMin}/${row.person}`}>
                <td>{row.planName}</td>
                <td className="n">{shiftText(row)}</td>
                <td>{listText(row.person, t)}</td>
                <td className="n">{row.done}</td>
                <td className={`n ${row.late > 0 ? 't-amb' : ''}`}>{row.late}</td>
                <td className={`n ${row.missed > 0 ? 't-red' : ''}`}>{row.missed}</td>
                <td className="n">{row.findings}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2 className="head">{t('rounds:neverSeen')}</h2>
      {report.neverSeen.length === 0 ? (
        <p className="m">{t('rounds:allSeen')}</p>
      ) : (
        <ul className="rounds-never">
          {report.neverSeen.map(each => (
            <li key={`${each.planName}/${each.cameraId}`}>
              {nameOf(each.cameraId)} <span className="m">{each.planName}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
