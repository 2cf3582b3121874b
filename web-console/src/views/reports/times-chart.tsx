/** How long answering, sending and arriving took at P1, line by line, against the target; the same figures stand in the table below. */
import { useTranslation } from 'react-i18next'
import type { IncidentReport, Measured, ReportLine } from '../../../../gateway/core/report.ts'
import { durationText, limitText } from '../../ui/time.ts'
import { useLineName } from './names.ts'
import { Frame, MEASURED, type Props, TimeCells } from './tables.tsx'
import { ceilingOf, labelsOf, targetOf } from './times-scale.ts'
import { useWidth } from './use-width.ts'

/** Before it is measured. */
const WIDTH = 590
const HEIGHT = 190
/** As wide as `2 min 30 s`. */
const LEFT = 76
/** Half of the last name. */
const RIGHT = 14
const BOTTOM = 24
const TOP = 18
/** More would be hair lines. */
const MAX_BARS = 62

export function TimesCharts({ report }: { readonly report: IncidentReport }) {
  const { t } = useTranslation()
  return (
    <section className="panel report-chart">
      <h2 className="head">
        {t('reports:timesChart')}
        <span className="grow" />
        <span className="report-mark" /> <span className="m t12">P90</span>
        <span className="report-mark p50" /> <span className="m t12">P50</span>
        <span className="report-mark target" /> <span className="m t12">{t('reports:column.within')}</span>
        <span className="m t12">{t('reports:beyond')}</span>
      </h2>
      <div className="report-three">
        {MEASURED.map(measured => (
          <One key={measured} report={report} measured={measured} />
        ))}
      </div>
    </section>
  )
}

function One({ report, measured }: { readonly report: IncidentReport; readonly measured: Measured }) {
  const { t } = useTranslation()
  const nameOf = useLineName(report.by)
  const lines = report.lines.slice(0, MAX_BARS)
  const withinMs = targetOf(report, measured)
  const topMs = ceilingOf([withinMs, ...lines.map(line => line.urgent[measured].p90Ms ?? 0)])
  const base = HEIGHT - BOTTOM
  const high = (ms: number) => ((base - TOP) * ms) / topMs
  const { box, width: whole } = useWidth(WIDTH)
  const width = (whole - LEFT - RIGHT) / Math.max(1, lines.length)
  const title = t('reports:timesOf', { what: t(`reports:measured.${measured}`), within: limitText(withinMs, t) })
  const bar = (line: ReportLine, index: number) => {
    const { n, p50Ms, p90Ms } = line.urgent[measured]
    const x = LEFT + index * width
    const inner = Math.min(40, width * 0.7)
    const at = x + (width - inner) / 2
    const late = p90Ms !== undefined && p90Ms > withinMs
    return (
      <g key={line.key}>
        {p50Ms !== undefined && p90Ms !== undefined && (
          <>
            <title>{`${nameOf(line)} · ${n} · P50 ${durationText(p50Ms, t)} · P90 ${durationText(p90Ms, t)}`}</title>
            <rect
              x={at}
              y={base - high(p90Ms)}
              width={inner}
              height={high(p90Ms)}
              className={late ? 'bar late' : 'bar'}
            />
            <rect x={at} y={base - high(p50Ms) - 1} width={inner} height={3} className="p50" />
            {late && (
              <text x={x + width / 2} y={base - high(p90Ms) - 4} textAnchor="middle" className="late-mark">
                ▲
              </text>
            )}
          </>
        )}
      </g>
    )
  }
  return (
    <figure>
      <figcaption className="m t12">{title}</figcaption>
      <div ref={box} className="report-drawn">
        <svg width={whole} height={HEIGHT} role="img" aria-label={t('reports:timesSaid', { title })}>
          {[0, 0.5, 1].map(part => (
            <g key={part}>
              <line
                x1={LEFT}
                x2={whole}
                y1={base - high(topMs * part)}
                y2={base - high(topMs * part)}
                className="rule"
              />
              <text x={LEFT - 6} y={base - high(topMs * part) + 4} textAnchor="end">
                {limitText(topMs * part, t)}
              </text>
            </g>
          ))}
          {lines.map(bar)}
          {labelsOf(lines.map(nameOf), report.by, { left: LEFT, pitch: width }).map(({ index, text, x }) => (
            <text key={index} x={x} y={HEIGHT - 7} textAnchor="middle">
              {text}
            </text>
          ))}
          <line x1={LEFT} x2={whole} y1={base - high(withinMs)} y2={base - high(withinMs)} className="target" />
        </svg>
      </div>
    </figure>
  )
}

export function TimesTable({ report }: Props) {
  const { t } = useTranslation()
  const nameOf = useLineName(report.by)
  const columns = [
    { word: t(`reports:line.${report.by}`) },
    ...MEASURED.flatMap(each =>
      [t('reports:column.countedOf'), 'P50', 'P90'].map(word => ({
        word: `${t(`reports:measured.${each}`)} ${word}`,
        right: true
      }))
    )
  ]
  const row = (line: ReportLine, name: string) => (
    <tr key={line.key || name}>
      <th scope="row">{name}</th>
      {MEASURED.flatMap(each => {
        const times = line.urgent[each]
        return [
          <td key={`${each} n`} className={times.n === 0 ? 'right n d' : 'right n'}>
            {times.n}
          </td>,
          <TimeCells key={each} times={times} beyondMs={targetOf(report, each)} />
        ]
      })}
    </tr>
  )
  return (
    <Frame report={report} table="times" count={report.lines.length} columns={columns}>
      {report.lines.map(line => row(line, nameOf(line)))}
      {row(report.total, t('reports:total'))}
    </Frame>
  )
}
