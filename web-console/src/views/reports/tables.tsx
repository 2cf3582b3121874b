/** The tables of a report, each with its file for spreadsheets. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type {
  IncidentReport,
  Measured,
  ReportLine,
  ReportTable,
  TargetLine,
  Times
} from '../../../../gateway/core/report.ts'
import { calledText } from '../../ui/called.ts'
import { durationText, limitText } from '../../ui/time.ts'
import { type Column, Table } from '../admin/table.tsx'
import { useLineName } from './names.ts'
import { queryOf } from './use-report.ts'

export const MEASURED: readonly Measured[] = ['answer', 'dispatch', 'response']

export interface Props {
  readonly report: IncidentReport
}

function CsvLink({ report, table }: Props & { readonly table: ReportTable }) {
  const { t, i18n } = useTranslation()
  const language = i18n.language === 'en' ? 'en' : 'zh-CN'
  return (
    <a
      className="link"
      href={`/api/reports/incidents.csv?${queryOf(report)}&table=${table}&language=${language}`}
      download
    >
      CSV<span className="report-hidden"> {t(`reports:table.${table}`)}</span>
    </a>
  )
}

interface FrameProps extends Props {
  readonly table: ReportTable
  readonly count: number
  readonly columns: readonly Column[]
  readonly children: ReactNode
}

export function Frame({ report, table, count, columns, children }: FrameProps) {
  const { t } = useTranslation()
  const left = leftOff(report, table)
  return (
    <Table
      title={t(`reports:table.${table}`)}
      count={count + left}
      columns={columns}
      empty={t(`reports:empty.${table}`)}
      aside={
        <>
          {left > 0 && <span className="t-amb t12">{t('reports:leftOff', { n: left })}</span>}
          <CsvLink report={report} table={table} />
        </>
      }
    >
      {children}
    </Table>
  )
}

/** A table of a year or of a county is cut on screen: that is said beside its file, which is whole. */
function leftOff(report: IncidentReport, table: ReportTable): number {
  switch (table) {
    case 'lines':
    case 'times':
      return report.leftOff
    case 'noisy':
    case 'safety':
    case 'cameras':
      return report.cut[table] ?? 0
    default:
      return 0
  }
}

const COUNTS = [
  'incidents',
  'p1',
  'falseAlarms',
  'discounted',
  'unresolved',
  'injured',
  'dead',
  'lossYuan',
  'troubles'
] as const

export function LinesTable({ report, onBelow }: Props & { readonly onBelow: (key: string) => void }) {
  const { t } = useTranslation()
  const nameOf = useLineName(report.by)
  const columns = [
    { word: t(`reports:line.${report.by}`) },
    ...COUNTS.map(each => ({ word: t(`reports:column.${each}`), right: true })),
    ...MEASURED.flatMap(each =>
      ['P50', 'P90'].map(percent => ({ word: `${t(`reports:measured.${each}`)} ${percent}`, right: true }))
    )
  ]
  const row = (line: ReportLine, name: string) => (
    <tr key={line.key || name}>
      <th scope="row">
        {line.finer ? (
          <button type="button" className="link" title={t('reports:below')} onClick={() => onBelow(line.key)}>
            {name} ›
          </button>
        ) : (
          name
        )}
      </th>
      {COUNTS.map(each => (
        <td key={each} className={line[each] === 0 ? 'right n d' : 'right n'}>
          {line[each].toLocaleString('en')}
        </td>
      ))}
      {MEASURED.map(each => (
        <TimeCells key={each} times={line[each]} />
      ))}
    </tr>
  )
  return (
    <Frame report={report} table="lines" count={report.lines.length} columns={columns}>
      {report.lines.map(line => row(line, nameOf(line)))}
      {row(report.total, t('reports:total'))}
    </Frame>
  )
}

interface TimeCellsProps {
  readonly times: Times
  /** A P90 beyond it is marked. */
  readonly beyondMs?: number
}

export function TimeCells({ times, beyondMs = Number.POSITIVE_INFINITY }: TimeCellsProps) {
  const { t } = useTranslation()
  return [times.p50Ms, times.p90Ms].map((ms, at) => (
    <td
      key={['p50', 'p90'][at]}
      className={at === 1 && ms !== undefined && ms > beyondMs ? 'right n t-amb' : 'right n'}
    >
      {ms === undefined ? <span className="d">–</span> : durationText(ms, t)}
      {at === 1 && ms !== undefined && ms > beyondMs && ' ▲'}
    </td>
  ))
}

export function TargetsTable({ report }: Props) {
  const { t } = useTranslation()
  const columns = [
    ...['priority', 'measured'].map(each => ({ word: t(`reports:column.${each}`) })),
    ...['within', 'counted', 'kept', 'share', 'asked'].map(each => ({
      word: t(`reports:column.${each}`),
      right: true
    })),
    { word: t('reports:column.verdict') }
  ]
  return (
    <Frame report={report} table="targets" count={report.targets.length} columns={columns}>
      <TargetRows targets={report.targets} />
    </Frame>
  )
}

export function TargetRows({ targets }: { readonly targets: readonly TargetLine[] }) {
  const { t } = useTranslation()
  return targets.map(({ priority, measured, withinMs, n, kept, asked }) => (
    <tr key={`${priority} ${measured} ${withinMs} ${asked}`}>
      <td>P{priority}</td>
      <td>{t(`reports:measured.${measured}`)}</td>
      <td className="right n">≤ {limitText(withinMs, t)}</td>
      <td className="right n">{n}</td>
      <td className="right n">{kept}</td>
      <td className="right n">{n === 0 ? '–' : `${((100 * kept) / n).toFixed(1)} %`}</td>
      <td className="right n">{asked === undefined ? '–' : `${asked} %`}</td>
      <td>
        <Verdict n={n} kept={kept} asked={asked} />
      </td>
    </tr>
  ))
}

function Verdict({
  n,
  kept,
  asked
}: {
  readonly n: number
  readonly kept: number
  readonly asked: number | undefined
}) {
  const { t } = useTranslation()
  if (n === 0 || asked === undefined) return <span className="d">–</span>
  const met = 100 * kept >= asked * n
  return (
    <span className="row g6">
      <span className={met ? 'dot' : 'dot amb'} />
      <span className={met ? '' : 't-amb'}>{t(met ? 'reports:met' : 'reports:missed')}</span>
    </span>
  )
}

export function CausesTable({ report }: Props) {
  const { t } = useTranslation()
  const columns = [
    { word: t('reports:column.cause') },
    { word: t('reports:column.source') },
    { word: t('reports:column.number'), right: true },
    { word: t('reports:column.share'), right: true }
  ]
  const all = report.causes.reduce((sum, each) => sum + each.n, 0)
  const most = Math.max(1, ...report.causes.map(({ n }) => n))
  return (
    <Frame report={report} table="causes" count={report.causes.length} columns={columns}>
      {report.causes.map(({ disposition, sourceKind, n }) => (
        <tr key={`${disposition} ${sourceKind}`}>
          <td>{t(`words:disposition.${disposition}`)}</td>
          <td>{t(`words:sourceKind.${sourceKind}`)}</td>
          <td className="right n">{n}</td>
          <td className="right n report-share">
            <i aria-hidden="true" style={{ width: `${(100 * n) / most}%` }} />
            <span>{((100 * n) / all).toFixed(1)} %</span>
          </td>
        </tr>
      ))}
    </Frame>
  )
}

export function NoisyTable({ report }: Props) {
  const { t } = useTranslation()
  const columns = [
    ...['day', 'name', 'source', 'sourceId'].map(each => ({ word: t(`reports:column.${each}`) })),
    { word: t('reports:column.number'), right: true }
  ]
  return (
    <Frame report={report} table="noisy" count={report.noisy.length} columns={columns}>
      {report.noisy.map(({ day, sourceId, sourceKind, n, ...named }) => (
        <tr key={`${day} ${sourceId}`}>
          <td className="n">{day}</td>
          <td>{calledText(named, t)}</td>
          <td>{t(`words:sourceKind.${sourceKind}`)}</td>
          <td className="admin-detail m" title={sourceId}>
            {sourceId}
          </td>
          <td className="right n t-amb">{n}</td>
        </tr>
      ))}
    </Frame>
  )
}
