/** 统计报表: how many incidents, how fast, how many of them false; for leaders and the administrator, on screen, on paper and as CSV. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { IncidentReport } from '../../../../gateway/core/report.ts'
import { useSession } from '../../session.tsx'
import { useAlarmSound } from '../../sound/use-sound.ts'
import { FailedLine } from '../../ui/failed.tsx'
import { clockText, durationText } from '../../ui/time.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { Area, below } from './area.tsx'
import { CamerasTable } from './camera-table.tsx'
import { Chart } from './chart.tsx'
import { Controls } from './controls.tsx'
import { EmergenciesTable, SafetyTable } from './grid-tables.tsx'
import { ShiftView } from './shift-view.tsx'
import { dayOf, REPORT_MAX_DAYS, spanOf, wrongOf } from './spans.ts'
import { CausesTable, LinesTable, NoisyTable, TargetsTable } from './tables.tsx'
import { TimesCharts, TimesTable } from './times-chart.tsx'
import { type Asked, useReport } from './use-report.ts'
import type { AskedShift } from './use-shift.ts'
import '../admin/admin.css'
import './reports.css'

const VIEWS = ['figures', 'shift'] as const
type View = (typeof VIEWS)[number]

export default function ReportsView() {
  const { t } = useTranslation()
  const { site } = useSession()
  useAlarmSound()
  const timeZone = site?.timeZone ?? 'Asia/Shanghai'
  const today = site && dayOf(site.serverTimeMs, timeZone)
  const [view, setView] = useState<View>(new URLSearchParams(location.search).has('shift') ? 'shift' : 'figures')
  const [shift, setShift] = useState<AskedShift>()
  return (
    <main className="admin reports">
      <TopBar />
      <div className="admin-body">
        <div className="row g6 report-views">
          {VIEWS.map(each => (
            <button
              key={each}
              type="button"
              className={each === view ? 'chip white' : 'chip'}
              aria-pressed={each === view}
              onClick={() => setView(each)}
            >
              {t(`reports:view.${each}`)}
            </button>
          ))}
        </div>
        {today && view === 'shift' && <ShiftView today={today} timeZone={timeZone} asked={shift} onAsk={setShift} />}
        {today && view === 'figures' && <Figures today={today} timeZone={timeZone} />}
      </div>
    </main>
  )
}

function Figures({ today, timeZone }: { readonly today: string; readonly timeZone: string }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<Asked>()
  const asked = chosen ?? { by: 'day' as const, ...spanOf('thisMonth', today) }
  const wrong = wrongOf(asked)
  const { found: report, failed, busy, again } = useReport(wrong ? undefined : asked)
  return (
    <>
      <Controls {...{ asked, today, busy, wrong }} onAsk={setChosen} onAgain={again} />
      <Area {...{ asked, report }} onAsk={setChosen} />
      {wrong ? (
        <p className="admin-failed" role="alert">
          {t(`reports:wrong.${wrong}`, { n: REPORT_MAX_DAYS })}
        </p>
      ) : (
        <FailedLine code={failed} />
      )}
      {report && (
        <div
          className={failed || wrong ? 'report-body report-figures stale' : 'report-body report-figures'}
          aria-busy={busy}
        >
          <Summary report={report} timeZone={timeZone} />
          <Chart report={report} />
          <TimesCharts report={report} />
          <LinesTable
            report={report}
            onBelow={id => setChosen(below(asked, { id, level: asked.level === 1 ? 1 : 2 }))}
          />
          <TimesTable report={report} />
          <div className="admin-columns">
            <div className="admin-column">
              <TargetsTable report={report} />
              <p className="d t12">{t('reports:definitions')}</p>
              <CamerasTable report={report} />
              {report.camerasFrom && <p className="d t12">{t('reports:camerasFrom', { day: report.camerasFrom })}</p>}
            </div>
            <div className="admin-column">
              <CausesTable report={report} />
              <NoisyTable report={report} />
              <EmergenciesTable report={report} />
              <SafetyTable report={report} />
              <p className="d t12">{t('reports:formula')}</p>
            </div>
          </div>
        </div>
      )}
    </>
  )
}

function Summary({ report, timeZone }: { readonly report: IncidentReport; readonly timeZone: string }) {
  const { t } = useTranslation()
  const { total } = report
  const decided = total.incidents - total.unresolved - total.discounted
  const p90 = (ms: number | undefined) => (ms === undefined ? '–' : durationText(ms, t))
  const figures = [
    ['incidents', total.incidents.toLocaleString('en')],
    ['falseShare', decided > 0 ? `${((100 * total.falseAlarms) / decided).toFixed(1)} %` : '–'],
    ['answerP90', p90(total.urgent.answer.p90Ms)],
    ['dispatchP90', p90(total.urgent.dispatch.p90Ms)],
    ['responseP90', p90(total.urgent.response.p90Ms)],
    ['unresolved', total.unresolved.toLocaleString('en')],
    ['troubles', total.troubles.toLocaleString('en')]
  ] as const
  return (
    <header>
      <h1 className="report-title">
        {t('reports:title')}{' '}
        <span className="n">
          {report.fromDay === report.toDay ? report.toDay : `${report.fromDay} – ${report.toDay}`}
        </span>
        <span className="d t12 n">{t('reports:asOf', { time: clockText(report.madeAtMs, timeZone) })}</span>
      </h1>
      <dl className="admin-summary">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`reports:figure.${name}`)}</dt>
            <dd className="n">{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  )
}
