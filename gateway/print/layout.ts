/** Lays a sheet out on A4: black on white, tables with lines, head and foot on every page with its number of all. */
import { linesOf, widest } from './breaking.ts'
import { widthsOf } from './columns.ts'
import { createFace, type Face, printable } from './face.ts'
import { loadGlyphs } from './glyphs.ts'
import { type Page, pdfOf } from './pdf.ts'
import { createPen, type Pen } from './pen.ts'
import type { Block, Column, Sheet } from './sheet.ts'

const A4 = { short: 595.28, long: 841.89 }
const MARGIN = { left: 56, right: 42, top: 62, bottom: 52 }
const SIZE = { title: 17, heading: 11, body: 9.5, small: 8 }
const LEADING = 1.45
const PAD = { x: 4, y: 3 }
/** Names in a form take so much of a pair. */
const NAME_WIDTH = 74
/** Never fewer lines of a table after its head at the end of a page, nor before the lines to be signed on. */
const KEEP_ROWS = 2
const SIGNATURES = 46
/** Longer rows are worth no page of their own. */
const MOST_KEPT = 300
const BLOCK_GAP = 4
/** Of a longer table the first rows say how wide its columns are. */
const MEASURED_ROWS = 200

/** Of page numbers, and of the sign of a character that is missing. */
const ALWAYS = '0123456789〓(U+ABCDEF)'

interface Cell {
  readonly text: string
  readonly x: number
  readonly width: number
  readonly bold?: boolean
  readonly grey?: boolean
  readonly right?: boolean
}

type TableBlock = Extract<Block, { readonly kind: 'table' }>

/** `fonts`: files of the font's slices; `atMs`: when it was made. The same sheet gives the same bytes. */
export async function drawn(sheet: Sheet, fonts: readonly string[], atMs: number): Promise<Buffer> {
  const glyphs = await loadGlyphs(fonts, ALWAYS + wordsOf(sheet))
  const faces = [createFace(glyphs, 400), createFace(glyphs, 700)] as const
  const layout = new Layout(sheet, faces, text => printable(text, glyphs))
  const pages = layout.pages()
  const title = printable(`${sheet.title} ${sheet.subject}`.trim(), glyphs)
  return pdfOf(pages, faces, { title, language: sheet.language, atMs })
}

/** Everything that will be written, to know which characters are needed. */
function wordsOf(sheet: Sheet): string {
  const { title, subject, site, foot, blocks } = sheet
  return JSON.stringify([title, subject, site, foot, sheet.page(0, 0), blocks]).normalize('NFC')
}

class Layout {
  readonly #sheet: Sheet
  readonly #faces: readonly [Face, Face]
  readonly #clean: (text: string) => string
  readonly #size: { readonly width: number; readonly height: number }
  readonly #pens: Pen[] = []
  #y = 0

  constructor(sheet: Sheet, faces: readonly [Face, Face], clean: (text: string) => string) {
    this.#sheet = sheet
    this.#faces = faces
    this.#clean = clean
    this.#size = sheet.landscape ? { width: A4.long, height: A4.short } : { width: A4.short, height: A4.long }
  }

  pages(): readonly Page[] {
    this.#newPage()
    this.#title()
    const { blocks } = this.#sheet
    for (const [n, block] of blocks.entries())
      this.#block(block, blocks[n + 1]?.kind === 'signatures' ? SIGNATURES + BLOCK_GAP : 0)
    for (const [n, pen] of this.#pens.entries()) this.#frame(pen, n + 1)
    return this.#pens.map(pen => ({ ...this.#size, content: pen.content() }))
  }

  get #width(): number {
    return this.#size.width - MARGIN.left - MARGIN.right
  }

  get #pen(): Pen {
    return this.#pens.at(-1) ?? this.#newPage()
  }

  #newPage(): Pen {
    const pen = createPen(this.#size.height, this.#faces)
    this.#pens.push(pen)
    this.#y = MARGIN.top
    return pen
  }

  /** True when a new page was begun. */
  #room(height: number): boolean {
    if (this.#y + height <= this.#size.height - MARGIN.bottom) return false
    this.#newPage()
    return true
  }

  #title(): void {
    const { title, subject } = this.#sheet
    const [plain, bold] = this.#faces
    const [name, beside] = [this.#clean(title), this.#clean(subject)]
    const nameWidth = bold.width(name, SIZE.title)
    const whole = nameWidth + (beside ? 14 + plain.width(beside, SIZE.heading) : 0)
    const x = MARGIN.left + Math.max(0, (this.#width - whole) / 2)
    this.#pen.text(x, this.#y + SIZE.title, name, SIZE.title, true)
    if (beside) this.#pen.text(x + nameWidth + 14, this.#y + SIZE.title, beside, SIZE.heading)
    this.#y += SIZE.title + 14
  }

  /** `after`: so much stands on the page of its last lines. */
  #block(block: Block, after: number): void {
    const draw: { readonly [K in Block['kind']]: (block: Extract<Block, { kind: K }>) => void } = {
      heading: ({ text }) => this.#heading(text),
      warning: ({ text }) => this.#warning(text),
      text: ({ text }) => this.#paragraph(text, after),
      facts: ({ across, rows }) => this.#facts(across, rows),
      table: block => this.#table(block, after),
      signatures: ({ names }) => this.#signatures(names)
    }
    draw[block.kind](block as never)
  }

  #heading(text: string): void {
    // Not alone at the end of a page: the head of a table and its first rows are kept with it.
    this.#room(SIZE.heading * 2 + (1 + KEEP_ROWS) * (SIZE.body * LEADING + 2 * PAD.y))
    this.#y += 8
    this.#pen.text(MARGIN.left, this.#y + SIZE.heading, this.#clean(text), SIZE.heading, true)
    this.#y += SIZE.heading + 6
  }

  #warning(text: string): void {
    const lines = this.#lines(text, this.#width - 16, true)
    const height = lines.length * SIZE.body * LEADING + 10
    this.#room(height)
    this.#pen.box(MARGIN.left, this.#y, this.#width, height, 1.6)
    this.#write(lines, MARGIN.left + 8, this.#y + 5, { bold: true })
    this.#y += height + 6
  }

  #paragraph(text: string, after = 0): void {
    const lines = this.#lines(text, this.#width)
    for (const [n, line] of lines.entries()) {
      this.#room(SIZE.body * LEADING + (n === lines.length - 1 ? after : 0))
      this.#write([line], MARGIN.left, this.#y, {})
      this.#y += SIZE.body * LEADING
    }
    this.#y += BLOCK_GAP
  }

  #facts(across: number, rows: readonly (readonly [string, string])[]): void {
    const pair = this.#width / across
    for (let at = 0; at < rows.length; at += across) {
      const some = rows.slice(at, at + across)
      this.#row(
        some.flatMap(([name, value], n): readonly Cell[] => {
          const x = MARGIN.left + n * pair
          // The last one of an unfilled row takes what is left.
          const end = n === some.length - 1 ? MARGIN.left + this.#width : x + pair
          return [
            { text: name, x, width: NAME_WIDTH, grey: true },
            { text: value, x: x + NAME_WIDTH, width: end - x - NAME_WIDTH }
          ]
        })
      )
    }
    this.#y += BLOCK_GAP
  }

  /** Shares say how wide, but none is narrower than its longest word. */
  #widths(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly number[] {
    const [plain, bold] = this.#faces
    const wide = (face: Face, text = '') => widest(this.#clean(text), piece => face.width(piece, SIZE.body))
    const least = columns.map(({ title }, n) =>
      Math.max(wide(bold, title), ...rows.slice(0, MEASURED_ROWS).map(row => wide(plain, row[n])))
    )
    return widthsOf(
      columns.map(({ share }) => share),
      least.map(width => width + 2 * PAD.x + 0.1),
      this.#width
    )
  }

  #table({ columns, rows, empty, total }: TableBlock, after: number): void {
    if (rows.length === 0) {
      this.#paragraph(empty, after)
      return
    }
    const widths = this.#widths(columns, rows)
    let x = MARGIN.left
    const places = columns.map((column, n) => {
      const width = widths[n] ?? 0
      x += width
      return { x: x - width, width, right: column.right ?? false }
    })
    const cells = (texts: readonly string[], isHead: boolean): readonly Cell[] =>
      places.map((place, n) => ({ ...place, text: texts[n] ?? '', bold: isHead, grey: isHead }))
    const head = () =>
      this.#row(
        cells(
          columns.map(({ title }) => title),
          true
        )
      )
    const last = Math.max(0, rows.length - KEEP_ROWS)
    const lastHigh = rows.slice(last).reduce((sum, row) => sum + this.#high(cells(row, false)), after)
    const oneLine = SIZE.body * LEADING + 2 * PAD.y
    this.#room(last === 0 ? oneLine + Math.min(lastHigh, MOST_KEPT) : (1 + KEEP_ROWS) * oneLine)
    head()
    for (const [n, row] of rows.entries()) {
      if (n === last && n > 0 && lastHigh <= MOST_KEPT && this.#room(lastHigh)) head()
      const line = cells(row, false)
      this.#row(total && n === rows.length - 1 ? line.map(cell => ({ ...cell, bold: true })) : line, head)
    }
    this.#y += BLOCK_GAP
  }

  #high(cells: readonly Cell[]): number {
    const most = Math.max(1, ...cells.map(cell => this.#lines(cell.text, cell.width - 2 * PAD.x, cell.bold).length))
    return most * SIZE.body * LEADING + 2 * PAD.y
  }

  /** One row of cells as high as its longest; one that is higher than a page goes on on the next. */
  #row(cells: readonly Cell[], onNewPage?: () => void): void {
    let left = cells.map(cell => this.#lines(cell.text, cell.width - 2 * PAD.x, cell.bold))
    for (;;) {
      const most = Math.max(1, ...left.map(lines => lines.length))
      const line = SIZE.body * LEADING
      const free = Math.floor((this.#size.height - MARGIN.bottom - this.#y - 2 * PAD.y) / line)
      if (free < Math.min(most, 6)) {
        this.#newPage()
        onNewPage?.()
        continue
      }
      const taken = Math.min(most, free)
      const height = taken * line + 2 * PAD.y
      for (const [n, cell] of cells.entries()) {
        this.#pen.box(cell.x, this.#y, cell.width, height, 0.5, cell.grey)
        this.#write((left[n] ?? []).slice(0, taken), cell.x + PAD.x, this.#y + PAD.y, {
          ...cell,
          width: cell.width - 2 * PAD.x
        })
      }
      this.#y += height
      left = left.map(lines => lines.slice(taken))
      if (left.every(lines => lines.length === 0)) return
    }
  }

  #signatures(names: readonly string[]): void {
    this.#room(SIGNATURES)
    const each = this.#width / names.length
    for (const [n, name] of names.entries()) {
      const x = MARGIN.left + n * each
      const text = this.#clean(name)
      this.#pen.text(x, this.#y + 32, text, SIZE.body)
      this.#pen.line(x + this.#faces[0].width(text, SIZE.body) + 4, this.#y + 35, x + each - 14, this.#y + 35, 0.6)
    }
    this.#y += SIGNATURES
  }

  #lines(text: string, width: number, bold = false): readonly string[] {
    const face = this.#faces[bold ? 1 : 0]
    return linesOf(this.#clean(text), width, piece => face.width(piece, SIZE.body))
  }

  #write(
    lines: readonly string[],
    x: number,
    y: number,
    { bold = false, right = false, width = 0 }: { bold?: boolean; right?: boolean; width?: number }
  ): void {
    const face = this.#faces[bold ? 1 : 0]
    for (const [n, line] of lines.entries()) {
      const at = right ? x + width - face.width(line, SIZE.body) : x
      this.#pen.text(at, y + n * SIZE.body * LEADING + SIZE.body, line, SIZE.body, bold)
    }
  }

  /** Head and foot, once it is known how many pages there are. */
  #frame(pen: Pen, n: number): void {
    const { site, title, subject, foot } = this.#sheet
    const [plain] = this.#faces
    const right = this.#size.width - MARGIN.right
    const bottom = this.#size.height - MARGIN.bottom + 12
    const toRight = (y: number, text: string) => pen.text(right - plain.width(text, SIZE.small), y, text, SIZE.small)
    pen.text(MARGIN.left, 40, this.#clean(site), SIZE.small)
    toRight(40, this.#clean(`${title} ${subject}`.trim()))
    pen.line(MARGIN.left, 45, right, 45, 0.5)
    pen.line(MARGIN.left, bottom, right, bottom, 0.5)
    pen.text(MARGIN.left, bottom + 13, this.#clean(foot), SIZE.small)
    toRight(bottom + 13, this.#clean(this.#sheet.page(n, this.#pens.length)))
  }
}
