/** Contrast of the tokens by WCAG 2.2, computed from tokens.css itself. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
const tokens = new Map(
  [...css.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value])
)

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const channels = [1, 3, 5].map(at => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * (channels[0] ?? 0) + 0.7152 * (channels[1] ?? 0) + 0.0722 * (channels[2] ?? 0)
}

function contrast(a: string, b: string): number {
  const value = (name: string) => {
    const hex = name.startsWith('#') ? name : tokens.get(name)
    if (!hex) throw new Error(`no token --${name}`)
    return luminance(hex)
  }
  const [dark = 0, light = 0] = [value(a), value(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

describe('text on its grounds is at least 4.5:1', () => {
  for (const text of ['tx1', 'tx2', 'tx3', 'p1-text', 'p2', 'p3', 'p4', 'ok'])
    for (const ground of ['bg0', 'bg1', 'bg2', 'bg3', 'selected'])
      it(`${text} on ${ground}`, () => {
        expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5)
      })
  it('white on P1, ink on the white button', () => {
    expect(contrast('#ffffff', 'p1')).toBeGreaterThanOrEqual(4.5)
    expect(contrast('ink', 'white')).toBeGreaterThanOrEqual(4.5)
  })
})

describe('shapes and focus are at least 3:1 on the panel', () => {
  for (const shape of ['p1', 'p2', 'p3', 'p4', 'focus'])
    it(shape, () => {
      expect(contrast(shape, 'bg1')).toBeGreaterThanOrEqual(3)
    })
})

describe('the table of the design', () => {
  it('is what the tokens give', () => {
    const table: readonly (readonly [string, number, number])[] = [
      ['tx1', 15.6, 12.9],
      ['tx2', 9.0, 7.5],
      ['tx3', 5.6, 4.6],
      ['p1-text', 7.2, 5.9],
      ['p2', 9.0, 7.4],
      ['p3', 7.7, 6.4],
      ['p4', 6.8, 5.6],
      ['ok', 7.6, 6.3],
      ['focus', 11.0, 9.2]
    ]
    for (const [name, onPanel, onControl] of table) {
      expect(contrast(name, 'bg1'), name).toBeCloseTo(onPanel, 0)
      expect(contrast(name, 'bg3'), name).toBeCloseTo(onControl, 0)
    }
  })
})
