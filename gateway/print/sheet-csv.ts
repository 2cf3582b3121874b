/** The words of a sheet for spreadsheets: every form and table below its heading, an empty line between them. Pure. */
import { csvCell } from '../core/csv.ts'
import type { Block, Sheet } from './sheet.ts'

/** With the mark by which Excel knows UTF-8. */
export function sheetCsv(sheet: Sheet): string {
  const rows = [[`${sheet.title} ${sheet.subject}`.trim()], ...sheet.blocks.flatMap(rowsOf), [], [sheet.foot]]
  return `\ufeff${rows.map(row => row.map(csvCell).join(',')).join('\r\n')}\r\n`
}

function rowsOf(block: Block): readonly (readonly string[])[] {
  switch (block.kind) {
    case 'heading':
      return [[], [block.text]]
    case 'warning':
    case 'text':
      return [[block.text]]
    case 'facts':
      return block.rows
    case 'table':
      return block.rows.length === 0 ? [[block.empty]] : [block.columns.map(({ title }) => title), ...block.rows]
    case 'signatures':
      return []
  }
}
