/** 统计报表 on paper: the tables of its files, one below the other. */
import type { PrintMark, ReportPrint } from '../core/print.ts'
import { REPORT_TABLES } from '../core/report.ts'
import type { Sheet } from '../print/sheet.ts'
import { frameOf, type SheetWords } from '../print/words.ts'
import { tableOf } from '../reports/tables.ts'

/** The first column has names, the others figures. */
const NAME_SHARE = 2.2

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
      ...REPORT_TABLES.flatMap(table => {
        const [head = [], ...rows] = tableOf(report, table, mark.language)
        return [
          { kind: 'heading' as const, text: say(`reports:table.${table}`) },
          {
            kind: 'table' as const,
            columns: head.map((title, n) => ({ title: String(title), share: n === 0 ? NAME_SHARE : 1 })),
            rows: rows.map(row => row.map(String)),
            empty: say(`reports:empty.${table}`)
          }
        ]
      }),
      { kind: 'text', text: say('reports:definitions') },
      { kind: 'text', text: say('reports:formula') }
    ]
  }
}
