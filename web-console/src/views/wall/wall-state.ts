/** What one window of the wall shows and how keys, drags and menus change it. Pure; kept by remember.ts, drawn by index.tsx. */

import type { WallGrid, WallLayout, WallTile } from '../../../../gateway/core/wall.ts'
import { dealt, fitted, tilesOf } from './grids.ts'
import { NO_ZOOM, type Zoom } from './zoom.ts'

/** As many as the gateway keeps (core/wall.ts). */
export const MAX_PAGES = 20

export type Pages = readonly (readonly WallTile[])[]

export interface Wall {
  readonly grid: WallGrid
  /** The kept layout that is shown; absent: every camera in the registry's order. */
  readonly layoutId?: string
  /** Changed and not kept yet: shown instead of the layout. */
  readonly draft?: Pages
  readonly page: number
  /** Tile that has the keys; 'place' is the alarm place. */
  readonly selected?: number | 'place'
  readonly zooms: Readonly<Record<string, Zoom>>
  readonly paused: boolean
  /** Tours: of the alarm place (absent: all public cameras), over the free tiles, over the pages (dwell, s). */
  readonly placeTourId?: string
  readonly freeTourId?: string
  readonly pagesS?: number
}

export const FIRST: Wall = { grid: 'alarm16', page: 0, zooms: {}, paused: false }

/** What there is to show. */
export interface Stock {
  readonly layouts: readonly WallLayout[]
  /** Ids of all cameras in the order of their numbers. */
  readonly cameras: readonly string[]
  /** The layouts have not arrived yet: a remembered one is waited for, instead of showing all cameras for a moment. */
  readonly pending?: boolean
}

export interface Shown {
  readonly pages: Pages
  readonly page: number
  readonly tiles: readonly WallTile[]
  readonly layout?: WallLayout
  readonly changed: boolean
}

/** Every camera by its number; the last page is filled from the one before. */
function inOrder(cameras: readonly string[], grid: WallGrid): Pages {
  const count = tilesOf(grid)
  const pages = Math.max(1, Math.ceil(cameras.length / count))
  const last = Math.max(0, cameras.length - count)
  return fitted(
    Array.from({ length: pages }, (_, page) => {
      const start = Math.min(page * count, last)
      return cameras.slice(start, start + count).map(cameraId => ({ kind: 'camera', cameraId }) as const)
    }),
    grid
  )
}

/** Pages as drawn: the draft, else the layout, else all cameras; a page beyond the last is the last. */
export function shownOf(wall: Wall, stock: Stock): Shown {
  const layout = stock.layouts.find(each => each.id === wall.layoutId)
  const pages = wall.draft ?? pagesOf(wall, layout, stock)
  const page = Math.min(wall.page, pages.length - 1)
  const changed = wall.draft !== undefined || (layout !== undefined && layout.grid !== wall.grid)
  return { pages, page, tiles: pages[page] ?? [], ...(layout ? { layout } : {}), changed }
}

function pagesOf({ layoutId, grid }: Wall, layout: WallLayout | undefined, { cameras, pending }: Stock): Pages {
  if (layout)
    return layout.grid === grid ? fitted(layout.pages, grid) : dealt(fitted(layout.pages, layout.grid), grid, MAX_PAGES)
  return pending && layoutId !== undefined ? fitted([], grid) : inOrder(cameras, grid)
}

export type WallAction =
  | { readonly do: 'grid'; readonly grid: WallGrid }
  /** Undefined: all cameras. */
  | { readonly do: 'layout'; readonly layout: WallLayout | undefined }
  | { readonly do: 'page'; readonly page: number }
  | { readonly do: 'addPage' }
  | { readonly do: 'select'; readonly slot: number | 'place' | undefined }
  | { readonly do: 'put'; readonly slot: number; readonly tile: WallTile }
  | { readonly do: 'swap'; readonly from: number; readonly to: number }
  | { readonly do: 'zoom'; readonly key: string; readonly zoom: Zoom }
  | { readonly do: 'pause' }
  | { readonly do: 'placeTour' | 'freeTour'; readonly tourId: string | undefined }
  | { readonly do: 'pagesTour'; readonly dwellS: number | undefined }

/** Pages with one page changed; nothing else moves. */
function withPage(shown: Shown, change: (tiles: WallTile[]) => void): Pages {
  return shown.pages.map((page, index) => {
    if (index !== shown.page) return page
    const tiles = [...page]
    change(tiles)
    return tiles
  })
}

function without<K extends keyof Wall>(wall: Wall, ...keys: readonly K[]): Wall {
  const copy = { ...wall }
  for (const key of keys) delete copy[key]
  return copy
}

/** Other pictures stand there now: what was chosen or zoomed on them means nothing. */
function turned(wall: Wall, page: number): Wall {
  return { ...without(wall, 'selected'), page, zooms: {} }
}

/** The wall after one action; never changes the given one. */
export function wallAfter(wall: Wall, action: WallAction, stock: Stock): Wall {
  const shown = shownOf(wall, stock)
  switch (action.do) {
    case 'grid': {
      if (action.grid === wall.grid) return wall
      // The first picture of the page stays on the page.
      const first = shown.page * tilesOf(wall.grid)
      const next = turned({ ...wall, grid: action.grid }, Math.floor(first / tilesOf(action.grid)))
      return wall.draft ? { ...next, draft: dealt(wall.draft, action.grid, MAX_PAGES) } : next
    }
    case 'layout':
      return action.layout
        ? { ...turned(without(wall, 'draft'), 0), layoutId: action.layout.id, grid: action.layout.grid }
        : turned(without(wall, 'draft', 'layoutId'), 0)
    case 'page':
      return turned(wall, Math.min(shown.pages.length - 1, Math.max(0, action.page)))
    case 'addPage':
      return shown.pages.length >= MAX_PAGES
        ? wall
        : { ...turned(wall, shown.pages.length), draft: fitted([...shown.pages, []], wall.grid) }
    case 'select':
      return action.slot === undefined ? without(wall, 'selected') : { ...wall, selected: action.slot }
    case 'put':
      return {
        ...wall,
        draft: withPage(shown, tiles => void tiles.splice(action.slot, 1, action.tile)),
        zooms: unzoomed(wall, action.slot)
      }
    case 'swap':
      return {
        ...wall,
        draft: withPage(shown, tiles => {
          const [a = null, b = null] = [tiles[action.from], tiles[action.to]]
          tiles[action.from] = b
          tiles[action.to] = a
        }),
        selected: action.to,
        zooms: {}
      }
    case 'zoom':
      return {
        ...wall,
        zooms: action.zoom === NO_ZOOM ? unzoomed(wall, action.key) : { ...wall.zooms, [action.key]: action.zoom }
      }
    case 'pause':
      return { ...wall, paused: !wall.paused }
    case 'placeTour':
      return action.tourId === undefined ? without(wall, 'placeTourId') : { ...wall, placeTourId: action.tourId }
    case 'freeTour':
      return action.tourId === undefined ? without(wall, 'freeTourId') : { ...wall, freeTourId: action.tourId }
    case 'pagesTour':
      return action.dwellS === undefined ? without(wall, 'pagesS') : { ...wall, pagesS: action.dwellS }
  }
}

function unzoomed(wall: Wall, key: number | string): Wall['zooms'] {
  const { [String(key)]: _gone, ...rest } = wall.zooms
  return rest
}

/** A tile somebody watches is not toured away, and no alarm takes its place. */
export function isWatched(wall: Wall, slot: number | 'place'): boolean {
  return wall.selected === slot || wall.zooms[String(slot)] !== undefined
}
