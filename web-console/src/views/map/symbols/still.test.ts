/** The still of the ground lies where the ground would be. */
import { expect, it } from 'vitest'
import { mercator } from './columns.ts'
import type { View } from './gather.ts'
import { placed } from './still.ts'

const HERE = { lat: 27.0312, lon: 119.6148 }
const NEAR = { lat: 27.0322, lon: 119.6162 }

function viewAt(zoom: number, centre: typeof HERE): View {
  const scale = 512 * 2 ** zoom
  const [x, y] = mercator(centre)
  const [width, height] = [1_920, 1_000]
  return { left: x - width / 2 / scale, top: y - height / 2 / scale, scale, width, height }
}

/** Pixels of a place in a view. */
function pixels(place: typeof HERE, view: View) {
  const [x, y] = mercator(place)
  return [(x - view.left) * view.scale, (y - view.top) * view.scale] as const
}

it.each([
  ['not moved', 15.9, HERE],
  ['dragged', 15.9, NEAR],
  ['nearer', 17.2, HERE],
  ['dragged and further away', 13.4, NEAR]
])('%s: a place of the still is where the map has it now', (_, level, centre) => {
  const [taken, now] = [viewAt(15.9, HERE), viewAt(level, centre)]
  const { x: left, y: top, zoom } = placed(taken, now)
  const [x, y] = pixels(NEAR, taken)
  const [wantedX, wantedY] = pixels(NEAR, now)
  // Dragged only, it lies on whole pixels.
  const within = zoom === 1 ? 0.5 : 0.001
  expect(Math.abs(left + x * zoom - wantedX)).toBeLessThanOrEqual(within)
  expect(Math.abs(top + y * zoom - wantedY)).toBeLessThanOrEqual(within)
})
