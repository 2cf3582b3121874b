/** Layouts, pages, tiles and what is watched: the wall's state as keys and drags change it. */
import { describe, expect, it } from 'vitest'
import type { WallLayout, WallTile } from '../../../../gateway/core/wall.ts'
import { dealt, fitted, neighbour } from './grids.ts'
import { addDigit, wallKeyOf } from './keys.ts'
import { readWall, screenOf } from './remember.ts'
import { FIRST, isWatched, MAX_PAGES, shownOf, type Wall, type WallAction, wallAfter } from './wall-state.ts'
import { NO_ZOOM, pan, zoomBy, zoomText } from './zoom.ts'

const cameras = Array.from({ length: 18 }, (_, n) => `c${n + 1}`)
const camera = (n: number): WallTile => ({ kind: 'camera', cameraId: `c${n}` })
const layout: WallLayout = {
  id: 'l1',
  name: '城关',
  shared: true,
  maker: { login: '1', name: '林晓' },
  version: 1,
  updatedAtMs: 0,
  grid: '4',
  pages: [
    [camera(1), null, camera(3)],
    [camera(5), camera(6), camera(7), camera(8)]
  ]
}
const stock = { layouts: [layout], cameras }
const played = (wall: Wall, ...actions: readonly WallAction[]) =>
  actions.reduce((before, action) => wallAfter(before, action, stock), wall)
const ids = (wall: Wall) =>
  shownOf(wall, stock).tiles.map(tile => (tile?.kind === 'camera' ? tile.cameraId : tile?.kind))

describe('pages', () => {
  it('show every camera in order, the last page filled from the one before', () => {
    expect(ids(FIRST)).toEqual(cameras.slice(0, 16))
    expect(ids(played(FIRST, { do: 'page', page: 1 }))).toEqual(cameras.slice(2))
    expect(played(FIRST, { do: 'page', page: 9 }).page).toBe(1)
    expect(ids(played(FIRST, { do: 'grid', grid: '36' }))).toHaveLength(36)
    expect(shownOf(FIRST, { layouts: [], cameras: [] }).tiles).toHaveLength(16)
  })

  it('keep their first picture on screen when the number of tiles changes', () => {
    const page3 = played(FIRST, { do: 'grid', grid: '4' }, { do: 'page', page: 3 })
    expect(ids(page3)[0]).toBe('c13')
    expect(ids(played(page3, { do: 'grid', grid: '9' }))).toContain('c13')
  })

  it('of a layout come with its grid, are dealt anew for another, and say so', () => {
    const shown = played(FIRST, { do: 'layout', layout })
    expect(shownOf(shown, stock)).toMatchObject({ changed: false, layout: { id: 'l1' }, page: 0 })
    expect(ids(shown)).toEqual(['c1', undefined, 'c3', undefined])
    const nine = played(shown, { do: 'grid', grid: '9' })
    expect(shownOf(nine, stock).changed).toBe(true)
    expect(ids(nine).slice(0, 8)).toEqual(['c1', undefined, 'c3', undefined, 'c5', 'c6', 'c7', 'c8'])
  })

  it('of a remembered layout are waited for, and not all cameras for a moment', () => {
    const remembered: Wall = { ...FIRST, grid: '4', layoutId: 'l1' }
    expect(shownOf(remembered, { layouts: [], cameras, pending: true }).tiles).toEqual([null, null, null, null])
    expect(shownOf(FIRST, { layouts: [], cameras, pending: true }).tiles[0]).toEqual(camera(1))
    expect(shownOf(remembered, { layouts: [], cameras }).tiles[0]).toEqual(camera(1))
  })

  it('follow another seat that changes the layout, but not over what was changed here', () => {
    const shown = played(FIRST, { do: 'layout', layout })
    const changed = { layouts: [{ ...layout, pages: [[camera(9)]] }], cameras }
    expect(shownOf(shown, changed).tiles[0]).toEqual(camera(9))
    const draft = played(shown, { do: 'put', slot: 1, tile: camera(2) })
    expect(shownOf(draft, changed).tiles.slice(0, 3)).toEqual([camera(1), camera(2), camera(3)])
  })

  it('are at most as many as the gateway keeps', () => {
    let wall = played(FIRST, { do: 'layout', layout })
    for (let n = 0; n < 30; n++) wall = played(wall, { do: 'addPage' })
    expect(shownOf(wall, stock)).toMatchObject({ page: MAX_PAGES - 1 })
    expect(dealt([Array.from({ length: 100 }, () => camera(1))], '4', 3)).toHaveLength(3)
    expect(fitted([], '6')).toEqual([Array.from({ length: 6 }, () => null)])
  })
})

describe('tiles', () => {
  it('are filled, swapped and cleared without moving any other', () => {
    const wall = played(
      FIRST,
      { do: 'grid', grid: '4' },
      { do: 'swap', from: 0, to: 3 },
      { do: 'put', slot: 1, tile: null }
    )
    expect(ids(wall)).toEqual(['c4', undefined, 'c3', 'c1'])
    expect(wall.selected).toBe(3)
    expect(shownOf(wall, stock).changed).toBe(true)
  })

  it('are watched while chosen or zoomed, and not after the page was turned', () => {
    const zoom = zoomBy(NO_ZOOM, 2)
    const wall = played(
      FIRST,
      { do: 'select', slot: 4 },
      { do: 'zoom', key: '7', zoom },
      { do: 'zoom', key: 'place', zoom }
    )
    expect([4, 7, 5].map(slot => isWatched(wall, slot))).toEqual([true, true, false])
    expect(isWatched(wall, 'place')).toBe(true)
    const off = played(wall, { do: 'zoom', key: '7', zoom: NO_ZOOM })
    expect(isWatched(off, 7)).toBe(false)
    const turned = played(wall, { do: 'page', page: 1 })
    expect([isWatched(turned, 4), isWatched(turned, 7)]).toEqual([false, false])
  })

  it('are found by arrows as the eye sees them, around the alarm place', () => {
    // 0 0 1 / 0 0 2 / 3 4 5: one large and five small.
    const box = (x: number, y: number, size = 1) => ({
      left: x * 100,
      top: y * 100,
      width: size * 100,
      height: size * 100
    })
    const six = [box(0, 0, 2), box(2, 0), box(2, 1), box(0, 2), box(1, 2), box(2, 2)]
    expect(neighbour(six, 0, 'right')).toBeOneOf([1, 2])
    expect(neighbour(six, 5, 'up')).toBe(2)
    expect(neighbour(six, 4, 'left')).toBe(3)
    expect(neighbour(six, 3, 'up')).toBe(0)
    expect(neighbour(six, 1, 'up')).toBeUndefined()
  })
})

describe('zoom', () => {
  it('keeps the point under the pointer and never shows beside the picture', () => {
    const zoom = zoomBy(NO_ZOOM, 2, 0.25, 0.5)
    // The point at 0.25 of the picture is still at 0.25 of the box.
    expect(zoom.x + 0.25 * zoom.scale).toBeCloseTo(0.25)
    expect(pan(zoom, 9, 9)).toEqual({ scale: 2, x: -1, y: -1 })
    expect(pan(zoom, -9, -9)).toEqual({ scale: 2, x: 0, y: 0 })
    expect(zoomBy(zoom, 0.1)).toEqual(NO_ZOOM)
    expect(zoomBy(zoom, 100).scale).toBe(8)
    expect([zoomText(NO_ZOOM), zoomText(zoomBy(NO_ZOOM, 2.4))]).toEqual([undefined, '×2.4'])
  })
})

describe('keys and memory', () => {
  it('numbers have three digits, signs work with and without shift', () => {
    expect(['1', '2', '3', '4'].reduce(addDigit, '')).toBe('234')
    expect(wallKeyOf('Equal', true)).toEqual(wallKeyOf('NumpadAdd', false))
    expect([wallKeyOf('Slash', true), wallKeyOf('Slash', false), wallKeyOf('KeyS', true)]).toEqual([
      { key: 'help' },
      { key: 'find' },
      undefined
    ])
  })

  it('a screen remembers its own wall, and anything odd is as if nothing were there', () => {
    expect([screenOf('?screen=2'), screenOf(''), screenOf('?screen=99'), screenOf('?screen=x')]).toEqual([2, 1, 1, 1])
    const wall = played(
      FIRST,
      { do: 'layout', layout },
      { do: 'put', slot: 1, tile: camera(2) },
      { do: 'pagesTour', dwellS: 20 }
    )
    const { selected: _s, zooms: _z, ...kept } = wall
    expect(readWall(JSON.stringify(kept))).toEqual(wall)
    for (const text of [null, '', '{', '[]', '{"grid":"49"}', '7']) expect(readWall(text)).toEqual(FIRST)
    expect(readWall('{"grid":"4","draft":[[{"kind":"camera"},{"kind":"tour","tourId":"t"},7]],"page":-3}')).toEqual({
      ...FIRST,
      grid: '4',
      draft: [[null, { kind: 'tour', tourId: 't' }, null, null]]
    })
  })
})
