/** Rows of a list found by what people type: part of a name, its pinyin initials, a number with or without its dashes; a page at a time. */
import { initialsOf, plain } from './initials.ts'

export interface PageQuery {
  readonly text: string
  readonly offset: number
  readonly limit: number
}

export interface Found<R> {
  readonly all: number
  readonly found: number
  readonly offset: number
  readonly rows: readonly R[]
}

/** `wordsOf` is asked once for as long as a row is the same object. */
export function createFinder<R extends object>(wordsOf: (row: R) => readonly (string | undefined)[]) {
  const known = new WeakMap<R, string>()
  const textOf = (row: R): string => {
    const before = known.get(row)
    if (before !== undefined) return before
    const words = wordsOf(row).filter(word => word !== undefined)
    // A space keeps the end of one word and the beginning of the next from making a third.
    const text = [...words.map(plain), ...words.map(initialsOf)].join(' ')
    known.set(row, text)
    return text
  }
  return (rows: readonly R[], { text, offset, limit }: PageQuery): Found<R> => {
    const wanted = plain(text)
    const found = wanted === '' ? rows : rows.filter(row => textOf(row).includes(wanted))
    return { all: rows.length, found: found.length, offset, rows: found.slice(offset, offset + limit) }
  }
}
