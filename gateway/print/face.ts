/** One weight of the font within one file: characters become glyph numbers as they are used, and widths are known. */
import type { Glyphs, Weight } from './glyphs.ts'
import { type Outline, UNITS_PER_EM } from './truetype.ts'

/** What stands for a character that no slice has, as printers do it; with its number beside it nothing is hidden. */
const MISSING = '〓'

export interface Face {
  readonly weight: Weight
  /** By glyph number. */
  readonly outlines: readonly Outline[]
  /** What each glyph stands for, by glyph number; 0 stands for none. */
  readonly characters: readonly string[]
  /** In points. */
  width(text: string, size: number): number
  /** Glyph numbers, four hex digits each. */
  encoded(text: string): string
}

export function createFace(glyphs: Glyphs, weight: Weight): Face {
  const outlines: Outline[] = [{ advance: UNITS_PER_EM, commands: [] }]
  const characters: string[] = ['']
  const numbers = new Map<string, number>()
  const numberOf = (character: string): number => {
    const known = numbers.get(character)
    if (known !== undefined) return known
    const outline = glyphs.outline(character.codePointAt(0) ?? 0, weight)
    if (!outline) return 0
    const number = outlines.push(outline) - 1
    characters.push(character)
    numbers.set(character, number)
    return number
  }
  return {
    ...{ weight, outlines, characters },
    width: (text, size) =>
      ([...text].reduce((sum, each) => sum + (outlines[numberOf(each)]?.advance ?? 0), 0) * size) / UNITS_PER_EM,
    encoded: text => [...text].map(each => numberOf(each).toString(16).padStart(4, '0')).join('')
  }
}

/** Control characters are spaces; a character that the font lacks is named by its number: 〓(U+20BB7). */
export function printable(text: string, glyphs: Glyphs): string {
  return [...text.normalize('NFC')]
    .map(each => {
      const codePoint = each.codePointAt(0) ?? 0
      if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint <= 0xa0)) return each === '\n' ? each : ' '
      // Marks without a shape: joiners, direction, byte order.
      if (/\p{Cf}/u.test(each)) return ''
      return glyphs.outline(codePoint, 400) ? each : `${MISSING}(U+${codePoint.toString(16).toUpperCase()})`
    })
    .join('')
}
