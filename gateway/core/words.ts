/**
 * What the gateway says of a device, in both languages: a signal carries them as `text` and `textEn`, and so does its line of 经过. What a
 * device or a person wrote is a bare string, the same in both. Rows stored before 2026-11-28 hold both languages in `text` and are shown as
 * they are.
 */
import type { Signal } from './signal.ts'

export interface Words {
  readonly zh: string
  readonly en: string
}

/** Longer ones are cut: a signal's text has at most so many characters. */
const MAX_CHARS = 500

export const wordsOf = (said: string | Words): Words => (typeof said === 'string' ? { zh: said, en: said } : said)

/** Pieces one after the other, with the same sign between them in both languages. */
export function joined(pieces: readonly (string | Words)[], between: string): Words {
  const all = pieces.map(wordsOf)
  return { zh: all.map(({ zh }) => zh).join(between), en: all.map(({ en }) => en).join(between) }
}

/** As a signal carries them. */
export function saying(said: string | Words): Pick<Signal, 'text' | 'textEn'> {
  const { zh, en } = wordsOf(said)
  const text = zh.slice(0, MAX_CHARS)
  return zh === en ? { text } : { text, textEn: en.slice(0, MAX_CHARS) }
}
