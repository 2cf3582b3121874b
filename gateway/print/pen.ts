/** Writes and draws on one page, measured from its upper left corner in points. */
import type { Face } from './face.ts'

export interface Pen {
  /** `y` is the base line. */
  text(x: number, y: number, text: string, size: number, bold?: boolean): void
  line(x0: number, y0: number, x1: number, y1: number, width: number): void
  /** `grey`: filled lightly, for names and heads. */
  box(x: number, y: number, width: number, height: number, line: number, grey?: boolean): void
  content(): string
}

const LIGHT = 0.93

export function createPen(height: number, faces: readonly [Face, Face]): Pen {
  const operators: string[] = []
  const at = (...values: readonly number[]) => values.map(value => value.toFixed(2)).join(' ')
  return {
    text(x, y, text, size, bold = false) {
      if (text === '') return
      const code = faces[bold ? 1 : 0].encoded(text)
      operators.push(`BT /F${bold ? 1 : 0} ${size} Tf ${at(x, height - y)} Td <${code}> Tj ET`)
    },
    line(x0, y0, x1, y1, width) {
      operators.push(`${width} w ${at(x0, height - y0)} m ${at(x1, height - y1)} l S`)
    },
    box(x, y, width, tall, line, grey = false) {
      const rectangle = `${at(x, height - y - tall, width, tall)} re`
      operators.push(`${line} w ${grey ? `${LIGHT} g ${rectangle} B 0 g` : `${rectangle} S`}`)
    },
    content: () => operators.join('\n')
  }
}
