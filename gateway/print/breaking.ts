/** Text into lines of a width: Chinese breaks anywhere but before its closing signs, Latin words and numbers stay whole where they fit. Pure. */

/** Signs that begin no line, and signs that end none. */
const NOT_FIRST = /^[，。、；：？）】》」』”’％%…·,.;:?)\]]/u
const NOT_LAST = /[（【《「『“‘([]$/u
/** A line of signs alone is not carried down. */
const MOST_CARRIED = 4
/** What stays together: a run of Latin letters, digits and the signs within them. */
const PIECES = /[A-Za-z0-9_\-./:+*#@]+|\s+|./gsu

/** As wide as a column must be so that no word of the text is cut. */
export function widest(text: string, measure: (text: string) => number): number {
  return Math.max(0, ...(text.match(PIECES) ?? []).map(piece => (/^\s/.test(piece) ? 0 : measure(piece))))
}

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
  let carried = ''
  // What went down may not begin the next line, nor what is left end this one: `(s` before `)`.
  while (characters.length > 1 && (NOT_FIRST.test(carried || piece) || NOT_LAST.test(characters.at(-1) ?? '')))
    carried = `${characters.pop()}${carried}`
  return characters.length > 1 || carried.length < MOST_CARRIED ? carried : ''
}

/** A piece that is wider than a whole line is cut. */
function fitting(piece: string, width: number, measure: (text: string) => number): readonly string[] {
  return measure(piece) <= width ? [piece] : [...piece]
}
