/** Incidents by line as bars, false alarms in them hatched: told apart without colour, and every figure stands in the table below. */
import { useTranslation } from 'react-i18next'
import type { IncidentReport, ReportLine } from '../../../../gateway/core/report.ts'
import { useLineName } from './names.ts'
import { labelsOf } from './times-scale.ts'
import { useWidth } from './use-width.ts'

/** Before it is measured. */
const WIDTH = 1_800
const HEIGHT = 190
const LEFT = 44
const BOTTOM = 24
const TOP = 12
/** More would be hair lines. */
const MAX_BARS = 120

/** The next of 2, 4, 10, 20, 40 … that is not below: its half is a whole number. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)))
  return ([1, 2, 4, 10].find(step => step * power >= value) ?? 10) * power
}

export function Chart({ report }: { readonly report: IncidentReport }) {
  const { t } = useTranslation()
  const nameOf = useLineName(report.by)
  const lines = report.lines.slice(0, MAX_BARS)
  const top = roundUp(Math.max(4, ...lines.map(line => line.incidents)))
  const { box, width: whole } = useWidth(WIDTH)
  const width = (whole - LEFT) / Math.max(1, lines.length)
  const scale = (n: number) => ((HEIGHT - BOTTOM - TOP) * n) / top
  const base = HEIGHT - BOTTOM
  const bar = (line: ReportLine, index: number) => {
    const x = LEFT + index * width
    const inner = Math.min(64, width * 0.7)
    const at = x + (width - inner) / 2
    return (
      <g key={line.key}>
        <title>{`${nameOf(line)} · ${t('reports:column.incidents')} ${line.incidents} · ${t('reports:column.falseAlarms')} ${line.falseAlarms}`}</title>
        <rect x={at} y={base - scale(line.incidents)} width={inner} height={scale(line.incidents)} className="bar" />
        <rect
          x={at}
          y={base - scale(line.falseAlarms)}
          width={inner}
          height={scale(line.falseAlarms)}
          className="bar-false"
        />
      </g>
    )
  }
  return (
    <section className="panel report-chart">
      <h2 className="head">
        {t('reports:chart')}
        <span className="grow" />
        <span className="report-mark" /> <span className="m t12">{t('reports:column.incidents')}</span>
        <span className="report-mark false" /> <span className="m t12">{t('reports:column.falseAlarms')}</span>
      </h2>
      <div ref={box} className="report-drawn">
        <svg width={whole} height={HEIGHT} role="img" aria-label={t('reports:chart')}>
          <defs>
            <pattern id="report-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="5" height="5" className="hatch-ground" />
              <rect width="2" height="5" className="hatch" />
            </pattern>
          </defs>
          {[0, 0.5, 1].map(part => (
            <g key={part}>
              <line x1={LEFT} x2={whole} y1={base - scale(top * part)} y2={base - scale(top * part)} className="rule" />
              <text x={LEFT - 8} y={base - scale(top * part) + 4} textAnchor="end">
                {top * part}
              </text>
            </g>
          ))}
          {lines.map(bar)}
          {labelsOf(lines.map(nameOf), report.by, { left: LEFT, pitch: width }).map(({ index, text, x }) => (
            <text key={index} x={x} y={HEIGHT - 7} textAnchor="middle">
              {text}
            </text>
          ))}
        </svg>
      </div>
    </section>
  )
}
