/** Text into lines of a width: Chinese breaks anywhere but before its closing signs, Latin words and numbers stay whole where they fit. Pure. */

/** Signs that begin no line, and signs that end none. */
const NOT_FIRST = /^[，。、；：？）】》」』”’％%…·,.;:?)\]]/u
const NOT_LAST = /[（【《「『“‘([]$/u
/** What stays together: a run of Latin letters, digits and the signs within them. */
const PIECES = /[A-Za-z0-9_\-./:+*#@]+|\s+|./gsu

export function linesOf(text: string, width: number, measure: (text: string) => number): readonly string[] {
  return text.split('\n').flatMap(paragraph => paragraphLines(paragraph, width, measure))
}

function paragraphLines(paragraph: string, width: number, measure: (text: string) => number): readonly string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  const end = () => {
    lines.push(line.trimEnd())
    line = ''
    used = 0
  }
  for (const piece of paragraph.match(PIECES)?.flatMap(each => fitting(each, width, measure)) ?? []) {
    const wide = measure(piece)
    if (used + wide > width && line !== '') {
      if (/^\s/.test(piece)) {
        end()
        continue
      }
      const carried = carriedOver(line, piece)
      line = line.slice(0, line.length - carried.length)
      end()
      line = carried
      used = measure(carried)
    }
    line += piece
    used += wide
  }
  if (line !== '' || lines.length === 0) end()
  return lines
}

/** The end of the line that goes down with the piece; empty for most. */
function carriedOver(line: string, piece: string): string {
  const characters = [...line]
  if (characters.length < 2) return ''
  if (NOT_FIRST.test(piece) || NOT_LAST.test(line)) return characters.at(-1) ?? ''
  return ''
}

/** A piece that is wider than a whole line is cut. */
function fitting(piece: string, width: number, measure: (text: string) => number): readonly string[] {
  return measure(piece) <= width ? [piece] : [...piece]
}
