/** Which of many choices a typed text means: by name, code or first letters of pinyin, the likeliest first. Pure. */
import { initialsOf } from './initials.ts'

export interface PickItem {
  readonly id: string
  readonly name: string
  /** Said beside the name; not searched. */
  readonly more?: string
}

export interface Matches {
  readonly shown: readonly PickItem[]
  /** Found beside them; a longer text brings them. */
  readonly hidden: number
}

/** A list longer than a screen is searched, not scrolled. */
const SHOWN = 50

/** Lower case and without what people leave out, as the gateway searches. */
const plain = (text: string) => text.toLowerCase().replace(/[\s·.\-—_]/g, '')

export function matchesOf(items: readonly PickItem[], text: string, most = SHOWN): Matches {
  const wanted = plain(text)
  if (wanted === '') return { shown: items.slice(0, most), hidden: Math.max(0, items.length - most) }
  const ranks: PickItem[][] = [[], [], [], []]
  for (const item of items) ranks[rankOf(item, wanted)]?.push(item)
  const found = ranks.flat()
  return { shown: found.slice(0, most), hidden: Math.max(0, found.length - most) }
}

/** What Enter takes: the likeliest of what was found; nothing while nothing was typed, when a list shows only what there is. */
export const meantOf = <T>(found: readonly T[], text: string): T | undefined =>
  plain(text) === '' ? undefined : found[0]

/** Of a short list that is all here: whether one of a row's words has the text, or its first letters. */
export function hasText(words: readonly string[], text: string): boolean {
  const wanted = plain(text)
  return wanted === '' || words.some(each => plain(each).includes(wanted) || initialsOf(each).includes(wanted))
}

/** 0 is the very one, 3 has the text somewhere; −1 is none. */
function rankOf({ id, name }: PickItem, wanted: string): number {
  const code = plain(id)
  const word = plain(name)
  if (code === wanted || word === wanted) return 0
  if (word.startsWith(wanted)) return 1
  const initials = initialsOf(name)
  if (initials.startsWith(wanted) || code.startsWith(wanted)) return 2
  return word.includes(wanted) || initials.includes(wanted) || code.includes(wanted) ? 3 : -1
}
