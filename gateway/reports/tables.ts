/** The tables of a report as rows of cells, in the words of one language; a CSV file for spreadsheets is made of them. Pure. */
import { nameIn } from '../core/called.ts'
import { csvCell } from '../core/csv.ts'
import {
  type IncidentReport,
  MEASURED,
  type ReportBy,
  type ReportLanguage,
  type ReportLine,
  type ReportTable,
  type Times
} from '../core/report.ts'
import type { SourceKind } from '../core/signal.ts'
import type { Words } from '../core/words.ts'
import {
  BY_WORDS,
  COLUMNS,
  DISPOSITION_WORDS,
  EMERGENCY_WORDS,
  MEASURED_WORDS,
  NONE_WORDS,
  SOURCE_KINDS
} from './words.ts'

type Cell = string | number

type Say = (words: Words) => string

/** The first row has the names of the columns. */
export function tableOf(
  report: IncidentReport,
  table: ReportTable,
  language: ReportLanguage
): readonly (readonly Cell[])[] {
  const say: Say = words => (language === 'en' ? words.en : words.zh)
  switch (table) {
    case 'lines':
      return lines(report, say)
    case 'times':
      return times(report, say)
    case 'targets':
      return [
        [
          COLUMNS.priority,
          COLUMNS.measured,
          COLUMNS.within,
          COLUMNS.counted,
          COLUMNS.kept,
          COLUMNS.share,
          COLUMNS.asked
        ].map(say),
        ...report.targets.map(({ priority, measured, withinMs, n, kept, asked }) => [
          ...[`P${priority}`, say(MEASURED_WORDS[measured]), withinMs / 1_000, n, kept],
          ...[n === 0 ? '' : ((100 * kept) / n).toFixed(1), asked ?? '']
        ])
      ]
    case 'causes':
      return [
        [COLUMNS.cause, COLUMNS.source, COLUMNS.number].map(say),
        ...report.causes.map(({ disposition, sourceKind, n }) => [
          ...[say(DISPOSITION_WORDS[disposition]), say(SOURCE_KINDS[sourceKind]), n]
        ])
      ]
    case 'noisy':
      return [
        [COLUMNS.day, COLUMNS.sourceId, COLUMNS.name, COLUMNS.source, COLUMNS.number].map(say),
        ...report.noisy.map(({ day, sourceId, sourceKind, n, ...named }) => [
          ...[day, sourceId, nameIn(named, language), say(SOURCE_KINDS[sourceKind]), n]
        ])
      ]
    case 'emergencies':
      return [
        [COLUMNS.emergency, COLUMNS.incidents, COLUMNS.injured, COLUMNS.dead, COLUMNS.loss].map(say),
        ...report.emergencies.map(({ emergency, incidents, injured, dead, lossYuan }) => [
          ...[say(EMERGENCY_WORDS[emergency]), incidents, injured, dead, lossYuan]
        ])
      ]
    case 'cameras':
      return [
        [COLUMNS.grid, COLUMNS.cameras, COLUMNS.live, COLUMNS.down, COLUMNS.planned, COLUMNS.availability].map(say),
        ...report.cameras.map(({ gridName, cameras, liveS, downS, plannedS }) => [
          ...[gridName || say(NONE_WORDS.grid), cameras, hours(liveS), hours(downS), hours(plannedS)],
          liveS + downS === 0 ? '' : ((100 * liveS) / (liveS + downS)).toFixed(2)
        ])
      ]
    case 'safety':
      return safety(report, say)
  }
}

function lines({ by, lines: all, total }: IncidentReport, say: Say): readonly (readonly Cell[])[] {
  const { incidents, p1, falseAlarms, discounted, unresolved, injured, dead, loss, troubles } = COLUMNS
  const times = MEASURED.flatMap(measured =>
    ['P50', 'P90', 'P95'].map(each => `${say(MEASURED_WORDS[measured])} ${each}${say(COLUMNS.seconds)}`)
  )
  const row = (line: ReportLine, name: string): readonly Cell[] => [
    ...[name, line.incidents, line.p1, line.falseAlarms, line.discounted, line.unresolved],
    ...[line.injured, line.dead, line.lossYuan, line.troubles],
    ...MEASURED.flatMap(measured => seconds(line[measured]))
  ]
  return [
    [
      ...[BY_WORDS[by], incidents, p1, falseAlarms, discounted, unresolved, injured, dead, loss, troubles].map(say),
      ...times
    ],
    ...all.map(line => row(line, nameOf(line, by, say))),
    row(total, say(COLUMNS.total))
  ]
}

/** Of P1 alone, as on the charts. */
function times({ by, lines: all, total }: IncidentReport, say: Say): readonly (readonly Cell[])[] {
  const row = ({ urgent }: ReportLine, name: string): readonly Cell[] => [
    name,
    ...MEASURED.flatMap(each => [urgent[each].n, ...seconds(urgent[each]).slice(0, 2)])
  ]
  const heads = MEASURED.flatMap(measured =>
    [say(COLUMNS.countedOf), ...['P50', 'P90'].map(each => `${each}${say(COLUMNS.seconds)}`)].map(
      each => `${say(MEASURED_WORDS[measured])} ${each}`
    )
  )
  return [
    [say(BY_WORDS[by]), ...heads],
    ...all.map(line => row(line, nameOf(line, by, say))),
    row(total, say(COLUMNS.total))
  ]
}

function safety(report: IncidentReport, say: Say): readonly (readonly Cell[])[] {
  const { month, grid, realP1, realP2, realP3, injured, dead, lateAnswer, lateArrival, index } = COLUMNS
  const percent = (share: number) => (100 * share).toFixed(1)
  return [
    [month, grid, realP1, realP2, realP3, injured, dead, lateAnswer, lateArrival, index].map(say),
    ...report.safety.map(line => [
      ...[line.month, line.gridName, line.p1, line.p2, line.p3, line.injured, line.dead],
      ...[percent(line.lateAnswer), percent(line.lateArrival), line.index.toFixed(1)]
    ])
  ]
}

function nameOf({ key, name }: ReportLine, by: ReportBy, say: Say): string {
  if (key === '') return by === 'grid' || by === 'source' || by === 'kind' ? say(NONE_WORDS[by]) : ''
  if (name) return say(name)
  return by === 'source' ? say(SOURCE_KINDS[key as SourceKind]) : key
}

const hours = (s: number): string => (s / 3_600).toFixed(2)

const seconds = ({ p50Ms, p90Ms, p95Ms }: Times): readonly Cell[] =>
  [p50Ms, p90Ms, p95Ms].map(ms => (ms === undefined ? '' : (ms / 1_000).toFixed(1)))

/** With the mark by which Excel knows UTF-8; a name that begins like a formula stays a name. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return `\ufeff${rows.map(row => row.map(cell => csvCell(String(cell))).join(',')).join('\r\n')}\r\n`
}
