/** The line of a registry file that each fault is about: the text is read once more, and only when something is wrong. */
import { isNode, LineCounter, parseDocument } from 'yaml'

/** `path`: keys and places in lists from the top; empty: of no line. */
export interface RowFault {
  readonly path: readonly (string | number)[]
  readonly text: string
}

/** `line 12: sources: the id sip:1 is used twice`. What is missing is told with the line of the row that wants it. */
export function withLines(text: string, faults: readonly RowFault[]): readonly string[] {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter })
  const lineOf = (path: RowFault['path']): number | undefined => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return counter.linePos(node.range[0]).line
    }
    return undefined
  }
  return faults.map(fault => {
    const line = lineOf(fault.path)
    return line === undefined ? fault.text : `line ${line}: ${fault.text}`
  })
}

/** `/subjects/3/name` of a schema's check (RFC 6901). */
export const pathOf = (pointer: string): RowFault['path'] =>
  pointer
    .split('/')
    .slice(1)
    .map(key => key.replace(/~1/g, '/').replace(/~0/g, '~'))
    .map(key => (/^\d+$/.test(key) ? Number(key) : key))
