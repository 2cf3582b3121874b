/** Outlines of characters from the console's font, which comes in slices of a few hundred characters each, at any weight. */
import { readFile } from 'node:fs/promises'
import { create, type Font } from 'fontkit'
import decompress from 'woff2-encoder/decompress'
import type { Outline } from './truetype.ts'

export type Weight = 400 | 700

export interface Glyphs {
  /** Undefined: no slice has it. */
  outline(codePoint: number, weight: Weight): Outline | undefined
}

interface Slice {
  readonly has: ReadonlySet<number>
  readonly weights: Readonly<Record<Weight, Font>>
}

/** Reads as many of the slices as this text needs: those with the most usual characters, which are numbered last, come first. */
export async function loadGlyphs(files: readonly string[], text: string): Promise<Glyphs> {
  const slices: Slice[] = []
  const missing = new Set([...text].map(each => each.codePointAt(0) ?? 0))
  for (const file of files.toSorted((a, b) => numberOf(b) - numberOf(a))) {
    if (missing.size === 0) break
    // A weight is chosen of a plain TrueType file only.
    const font = create(Buffer.from(await decompress(await readFile(file)))) as Font
    const has = new Set(font.characterSet)
    const before = missing.size
    for (const codePoint of missing) if (has.has(codePoint)) missing.delete(codePoint)
    if (missing.size === before) continue
    slices.push({ has, weights: { 400: font.getVariation({ wght: 400 }), 700: font.getVariation({ wght: 700 }) } })
  }
  return {
    outline(codePoint, weight) {
      const glyph = slices.find(({ has }) => has.has(codePoint))?.weights[weight].glyphForCodePoint(codePoint)
      return glyph && { advance: glyph.advanceWidth, commands: glyph.path.commands }
    }
  }
}

/** The slice with Latin letters first of all, then by number. */
function numberOf(file: string): number {
  if (/noto-sans-sc-latin-wght/.test(file)) return Number.MAX_SAFE_INTEGER
  return Number(/noto-sans-sc-(\d+)-/.exec(file)?.[1] ?? 0)
}
