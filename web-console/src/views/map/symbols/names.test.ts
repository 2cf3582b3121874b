/** Names on the map: none over another, over a symbol or a pin, wherever things crowd. */
import { describe, expect, it } from 'vitest'
import { type Box, boxAround, createTaken, placeName, type Wanted } from './names.ts'

const HEIGHT = 18
const REACH = 10
const wanted = (x: number, y: number, width = 90): Wanted => ({ x, y, reach: REACH, width, height: HEIGHT })
const meets = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

/** Two hundred symbols thrown on a square of 600 pixels, at the same places each time. */
function crowd(): Wanted[] {
  let state = 7
  const next = () => {
    state = (state * 48_271) % 0x7fff_ffff
    return (state / 0x7fff_ffff) * 600
  }
  return Array.from({ length: 200 }, (_, n) => wanted(next() - 40, next() - 40, 60 + (n % 5) * 17))
}

/** As the painter does: all symbols first, then the names in their order. */
function written(all: readonly Wanted[]): (readonly [number, number] | undefined)[] {
  const taken = createTaken()
  for (const { x, y, reach } of all) taken.take(boxAround(x, y, 2 * reach, 2 * reach))
  return all.map(each => placeName(each, taken))
}

describe('the names on the map', () => {
  it('stand at the right, else at the left, below, above, else nowhere', () => {
    const taken = createTaken()
    const here = wanted(100, 100)
    expect(placeName(here, taken)).toEqual([157, 100])
    expect(placeName(here, taken)).toEqual([43, 100])
    expect(placeName({ ...here, width: 10 }, taken)).toEqual([100, 119])
    expect(placeName({ ...here, width: 10 }, taken)).toEqual([100, 81])
    expect(placeName(here, taken)).toBeUndefined()
  })

  it('never overlap one another or a symbol in a crowd, at the edge and left of it too', () => {
    const all = crowd()
    const symbols = all.map(({ x, y, reach }) => boxAround(x, y, 2 * reach, 2 * reach))
    const names = written(all).flatMap((at, n) => (at ? [boxAround(...at, all[n]?.width ?? 0, HEIGHT)] : []))
    expect(names.length).toBeGreaterThan(30)
    for (const [n, name] of names.entries()) {
      expect(symbols.some(symbol => meets(symbol, name))).toBe(false)
      expect(names.slice(n + 1).some(other => meets(other, name))).toBe(false)
    }
  })

  it('stay on their side while the map is moved', () => {
    const all = crowd()
    const before = written(all)
    for (const [dx, dy] of [
      [1, 0],
      [37, -64],
      [-500, 313]
    ] as const) {
      const after = written(all.map(each => ({ ...each, x: each.x + dx, y: each.y + dy })))
      expect(after.map(at => at !== undefined)).toEqual(before.map(at => at !== undefined))
      for (const [n, at] of after.entries())
        if (at) expect([at[0] - dx, at[1] - dy].map(Math.round)).toEqual(before[n]?.map(Math.round))
    }
  })
})
