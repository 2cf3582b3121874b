/** GCJ-02 tiles draw true: known pairs of places, and every place of a tile where it is on the ground. */
import { describe, expect, it } from 'vitest'
import { piecesOf, pixelOf, TILE_PX, wgsToGcj } from './gcj.ts'

/** Published pairs (test data of eviltransform, the example of coordtransform), [lon, lat]. */
const PAIRS = [
  ['Shanghai', [121.5272106, 31.1774276], [121.531541859215, 31.17530398364597]],
  ['Shenzhen', [113.912316, 22.543847], [113.9171764808363, 22.540796131694766]],
  ['Beijing', [116.377817, 39.911954], [116.38404722455657, 39.91334545536069]],
  ['Beijing, Tiananmen', [116.404, 39.915], [116.41024449916938, 39.91640428150164]]
] as const

/** Where a place of the ground is drawn in a tile of ours, by their pixel of it. */
function drawnAt(zoom: number, x: number, y: number, place: readonly [number, number]) {
  const [px, py] = pixelOf(wgsToGcj(place), zoom)
  const piece = piecesOf(zoom, x, y).find(
    each => Math.floor(px / TILE_PX) === each.x && Math.floor(py / TILE_PX) === each.y
  )
  if (!piece) throw new Error(`no piece holds ${place.join(', ')}`)
  return [
    piece.left + ((px - piece.x * TILE_PX) * piece.width) / TILE_PX,
    piece.top + ((py - piece.y * TILE_PX) * piece.height) / TILE_PX
  ] as const
}

describe('known pairs', () => {
  it.each(PAIRS)('%s: within 1 m', (_, wgs, gcj) => {
    const [lon, lat] = wgsToGcj(wgs)
    expect(Math.abs(lon - gcj[0])).toBeLessThan(1e-5)
    expect(Math.abs(lat - gcj[1])).toBeLessThan(1e-5)
  })

  it.each(PAIRS)('%s: their pixel of it lies in our tile where the place is, in every zoom', (_, wgs, gcj) => {
    for (let zoom = 3; zoom <= 18; zoom++) {
      const [wantX, wantY] = pixelOf(wgs, zoom)
      const [x, y] = [Math.floor(wantX / TILE_PX), Math.floor(wantY / TILE_PX)]
      const [theirX, theirY] = pixelOf(gcj, zoom)
      const piece = piecesOf(zoom, x, y).find(
        each => Math.floor(theirX / TILE_PX) === each.x && Math.floor(theirY / TILE_PX) === each.y
      )
      if (!piece) throw new Error(`zoom ${zoom}: no piece`)
      const left = piece.left + ((theirX - piece.x * TILE_PX) * piece.width) / TILE_PX
      const top = piece.top + ((theirY - piece.y * TILE_PX) * piece.height) / TILE_PX
      expect(Math.abs(left - (wantX - x * TILE_PX)), `zoom ${zoom}`).toBeLessThan(1)
      expect(Math.abs(top - (wantY - y * TILE_PX)), `zoom ${zoom}`).toBeLessThan(1)
    }
  })
})

describe('a tile', () => {
  it('has every place within half a pixel of the ground, corners, edges and middle', () => {
    for (const zoom of [10, 14, 17, 18]) {
      const [px, py] = pixelOf([119.6148, 27.0312], zoom)
      const [x, y] = [Math.floor(px / TILE_PX), Math.floor(py / TILE_PX)]
      for (let step = 1; step < 16; step++) {
        const [inX, inY] = [step * 16, (step * 48) % TILE_PX]
        const world = TILE_PX * 2 ** zoom
        const lon = ((x * TILE_PX + inX) / world) * 360 - 180
        const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * (y * TILE_PX + inY)) / world))) * 180) / Math.PI
        const [left, top] = drawnAt(zoom, x, y, [lon, lat])
        expect(Math.hypot(left - inX, top - inY), `zoom ${zoom}, ${inX}/${inY}`).toBeLessThan(0.5)
      }
    }
  })

  it('is covered whole, by four of theirs at most where they are shifted and one where they are not', () => {
    const [px, py] = pixelOf([119.6148, 27.0312], 16)
    const pieces = piecesOf(16, Math.floor(px / TILE_PX), Math.floor(py / TILE_PX))
    expect(pieces.length).toBeLessThanOrEqual(4)
    expect(Math.min(...pieces.map(each => each.left))).toBeLessThanOrEqual(0)
    expect(Math.max(...pieces.map(each => each.left + each.width))).toBeGreaterThanOrEqual(TILE_PX - 1e-6)
    expect(Math.max(...pieces.map(each => each.top + each.height))).toBeGreaterThanOrEqual(TILE_PX - 1e-6)
    // Outside China the two grids are one.
    expect(piecesOf(10, 523, 340)).toEqual([{ x: 523, y: 340, left: 0, top: 0, width: 256, height: 256 }])
  })
})
