/**
 * Text of others as a line of ours may hold it. Signs that turn the direction of what follows make "16 号" read "号 61", also in the words of
 * ours that stand behind them; other control characters end lines and sheets; piles of marks over one letter are drawn across the rows above and below.
 * Nobody types any of them on purpose.
 */

/** Embeddings, overrides and isolates; marks of direction stay, they move nothing but themselves. */
const TURNS = '\\u202a-\\u202e\\u2066-\\u2069'
const CONTROLS = new RegExp(`[\\u0000-\\u001f\\u007f-\\u009f${TURNS}]`, 'g')
/** Of texts with lines of their own. */
const TRICKS = new RegExp(`[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f${TURNS}]`, 'g')

/** More marks than any script puts on one letter. */
const PILES = /(\p{M}{6})\p{M}+/gu

/** One line: without control characters, or with something in place of each. */
export function oneLine(text: string, instead = ''): string {
  return text.replace(CONTROLS, instead).replace(PILES, '$1')
}

/** Lines and tabs stay. */
export function plainText(text: string): string {
  return text.replace(TRICKS, '').replace(PILES, '$1')
}

/** How deep a body of ours ever is, with room. */
const DEEPEST = 32

/** Every text in a JSON value, keys excepted; the value itself where nothing is to be changed. Throws RangeError for a value that is deeper than any of ours. */
export function plainValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return plainText(value)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (depth >= DEEPEST) throw new RangeError('too deep')
  if (Array.isArray(value)) {
    const made = value.map(each => plainValue(each, depth + 1))
    return made.some((each, n) => each !== value[n]) ? made : value
  }
  const entries = Object.entries(value)
  const made = entries.map(([key, each]) => [key, plainValue(each, depth + 1)] as const)
  return made.some(([, each], n) => each !== entries[n]?.[1]) ? Object.fromEntries(made) : value
}
