/** The nearest road within a bound is the one that a search without it finds, and far from every road little is looked at. */
import { expect, it } from 'vitest'
import { createSnap, type Flat, type Piece } from './road-snap.ts'

const piece = (edge: number, from: Flat, to: Flat): Piece => ({ edge, from, to, startM: 0, vertex: 0 })
const roads = [
  piece(0, [0, 0], [900, 40]),
  piece(1, [0, 300], [900, 310]),
  piece(2, [-700, -420], [-690, 500]),
  piece(3, [-149, -900], [-151, -600])
]

it('within the bound it is the same piece; farther away there is none', () => {
  const [far, near] = [createSnap(roads), createSnap(roads, 150)]
  let both = 0
  for (let x = -1_000; x <= 1_100; x += 37)
    for (let y = -1_000; y <= 900; y += 41) {
      const found = far([x, y])
      if (found && found.awayM > 450) expect(near([x, y])).toBeUndefined()
      if (!found || found.awayM > 150) continue
      both += 1
      expect(near([x, y])).toEqual(found)
    }
  expect(both).toBeGreaterThan(100)
  expect(far([0, 2_500])?.piece.edge).toBe(2)
})
