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

type Words = readonly (string | undefined)[]

/** What a row is found by; asked once for as long as it is the same object. */
export function createSearchText<R extends object>(wordsOf: (row: R) => Words): (row: R) => string {
  const known = new WeakMap<R, string>()
  return row => {
    const before = known.get(row)
    if (before !== undefined) return before
    const text = searchText(wordsOf(row))
    known.set(row, text)
    return text
  }
}

/** A space keeps the end of one word and the beginning of the next from making a third. */
export function searchText(all: Words): string {
  const words = all.filter(word => word !== undefined)
  return [...words.map(plain), ...words.map(initialsOf)].join(' ')
}

/** `alsoOf` begins each search: texts that change without the row, as the name of the unit it names. */
export function createFinder<R extends object>(wordsOf: (row: R) => Words, alsoOf: () => (row: R) => string = none) {
  const textOf = createSearchText(wordsOf)
  return (rows: readonly R[], { text, offset, limit }: PageQuery): Found<R> => {
    const wanted = plain(text)
    const also = alsoOf()
    const isFound = (row: R) => textOf(row).includes(wanted) || also(row).includes(wanted)
    const found = wanted === '' ? rows : rows.filter(isFound)
    return { all: rows.length, found: found.length, offset, rows: found.slice(offset, offset + limit) }
  }
}

const none = () => () => ''
