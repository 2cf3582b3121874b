/** 统计报表 on paper: the tables of its files, one below the other. */
import type { PrintMark, ReportPrint } from '../core/print.ts'
import { type IncidentReport, REPORT_TABLES, type ReportLanguage, type ReportTable } from '../core/report.ts'
import type { Block, Sheet } from '../print/sheet.ts'
import { frameOf, type Say, type SheetWords } from '../print/words.ts'
import { tableOf } from '../reports/tables.ts'

/** The first column has names, the others figures. */
const NAME_SHARE = 1.8
/** Of the table of lines: the name and the counts, then the times, which stand in a table of their own. */
const COUNTED_COLUMNS = 10

type Row = readonly (string | number)[]

/** Figures stand under one another by their last digit. */
function tableBlock(rows: readonly Row[], empty: string, total: boolean): Block {
  const [head = [], ...lines] = rows
  const columns = head.map((title, n) => ({
    ...{ title: String(title), share: n === 0 ? NAME_SHARE : 1 },
    right: n > 0 && lines.every(row => row[n] === '' || !Number.isNaN(Number(row[n])))
  }))
  return { kind: 'table', columns, rows: lines.map(row => row.map(String)), empty, ...(total ? { total: true } : {}) }
}

function blocksOf(report: IncidentReport, table: ReportTable, language: ReportLanguage, say: Say): readonly Block[] {
  const rows = tableOf(report, table, language)
  const left = table === 'lines' || table === 'times' ? report.leftOff : cutBy(report, table)
  const part = (name: string, some: readonly Row[]): readonly Block[] => [
    { kind: 'heading', text: say(`reports:table.${name}`) },
    tableBlock(some, say(`reports:empty.${table}`), table === 'lines' || table === 'times')
  ]
  return [
    ...(table === 'lines'
      ? [
          ...part(
            'lines',
            rows.map(row => row.slice(0, COUNTED_COLUMNS))
          ),
          ...part(
            'allTimes',
            rows.map(row => [row[0] ?? '', ...row.slice(COUNTED_COLUMNS)])
          )
        ]
      : part(table, rows)),
    ...(left > 0 ? [{ kind: 'text' as const, text: say('reports:leftOff', { n: left }) }] : []),
    ...(table === 'cameras' && report.camerasFrom
      ? [{ kind: 'text' as const, text: say('reports:camerasFrom', { day: report.camerasFrom }) }]
      : [])
  ]
}

function cutBy({ cut }: IncidentReport, table: ReportTable): number {
  return (table in cut ? cut[table as keyof typeof cut] : undefined) ?? 0
}

export function reportSheet({ report }: ReportPrint, mark: PrintMark, words: SheetWords): Sheet {
  const { say } = words
  const { by, fromDay, toDay, level, path = [] } = report
  const area = [
    ...path.slice(-1).map(({ name }) => name),
    ...(level !== undefined && by === 'grid' ? [say(`reports:gridLevel.${level}`)] : [])
  ]
  const span = fromDay === toDay ? toDay : `${fromDay} – ${toDay}`
  return {
    ...frameOf(mark, words),
    title: say('reports:title'),
    subject: [span, say(`reports:by.${by}`), ...area].join(' · '),
    landscape: true,
    blocks: [
      ...REPORT_TABLES.flatMap(table => blocksOf(report, table, mark.language, say)),
      { kind: 'text', text: say('reports:definitions') },
      { kind: 'text', text: say('reports:formula') }
    ]
  }
}
