/** CSV (RFC 4180) ↔ rows of cells with the line each begins at; a quote that is never closed is a fault, not an exception. Pure. */
import { plainText } from './plain-text.ts'

export interface CsvRow {
  /** From 1. */
  readonly line: number
  readonly cells: readonly string[]
}

export type CsvRead =
  | {
      readonly ok: true
      readonly rows: readonly CsvRow[]
      /** Rows of nothing but separators: left out, and to be said. */
      readonly blank?: { readonly line: number; readonly count: number }
    }
  | { readonly ok: false; readonly line: number; readonly why: 'quote' | 'tooMany' | 'cells' | 'tooLong' }

/** Of any list that people write: what is beyond is no list, and would be worked on for as long as the alarms wait. */
export const CSV_LIMITS = { cells: 100, cellChars: 10_000 } as const

/** Empty lines are no rows. The separator is a comma, or what the first line has instead: a tab or a semicolon, as spreadsheets write. */
export function readCsv(text: string, maxRows: number): CsvRead {
  const from = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const first = text.slice(from, text.indexOf('\n', from) >>> 0)
  const separator = [',', '\t', ';'].find(each => first.includes(each)) ?? ','
  const rows: CsvRow[] = []
  let cells: string[] = []
  let line = 1
  let rowLine = 1
  let blank: { readonly line: number; readonly count: number } | undefined
  let at = from
  const endRow = (): void => {
    if (cells.some(cell => cell !== '')) rows.push({ line: rowLine, cells })
    else if (cells.length > 1) blank = { line: blank?.line ?? rowLine, count: (blank?.count ?? 0) + 1 }
    cells = []
    rowLine = line
  }
  while (at < text.length) {
    if (rows.length > maxRows) return { ok: false, line, why: 'tooMany' }
    let cell = ''
    if (text[at] === '"') {
      const end = closing(text, at + 1)
      if (end < 0) return { ok: false, line, why: 'quote' }
      cell = text.slice(at + 1, end).replaceAll('""', '"')
      line += newlines(cell)
      at = end + 1
    }
    const stop = endOfCell(text, at, separator)
    cell += text.slice(at, stop).replace(/\r$/, '')
    if (cell.length > CSV_LIMITS.cellChars) return { ok: false, line, why: 'tooLong' }
    if (cells.length >= CSV_LIMITS.cells) return { ok: false, line, why: 'cells' }
    cells.push(plainText(cell).trim())
    at = stop + 1
    if (text[stop] !== separator) {
      line += 1
      endRow()
    } else if (at >= text.length) cells.push('')
  }
  endRow()
  return { ok: true, rows, ...(blank ? { blank } : {}) }
}

/** Spreadsheets run what begins so, also with the wide signs of Chinese keyboards; a negative number is none, what only begins as one is. */
const RUN = /^[=+@\t\r＝＋－＠]|^-(?!(?:\d+\.?\d*|\.\d+)$)/

/** One cell: quoted when it must be, and never one that a spreadsheet would run as a formula. */
export function csvCell(value: string): string {
  const safe = RUN.test(value) ? `'${value}` : value
  return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** What `csvCell` has written against formulas, as it was. */
export function unguarded(text: string): string {
  return text.startsWith("'") && RUN.test(text.slice(1)) ? text.slice(1) : text
}

function closing(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at
  return -1
}

function endOfCell(text: string, from: number, separator: string): number {
  let at = from
  while (at < text.length && text[at] !== separator && text[at] !== '\n') at += 1
  return at
}

function newlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
