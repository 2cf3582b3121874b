/** What a seat's screen showed last, kept in its browser: `/wall?screen=2` is a wall of its own. Anything odd in the store is as if nothing were there. */
import type { WallTile } from '../../../../gateway/core/wall.ts'
import { fitted, GRIDS } from './grids.ts'
import { FIRST, MAX_PAGES, type Wall } from './wall-state.ts'

/** 1 … 16 of `?screen=n`; 1 without. */
export function screenOf(search: string): number {
  const n = Number(new URLSearchParams(search).get('screen') ?? 1)
  return Number.isInteger(n) && n >= 1 && n <= 16 ? n : 1
}

const CAMERA = /^[A-Za-z0-9:._/-]{1,80}$/

/** The camera of `?camera=id`, which is shown large at once. */
export function cameraOf(search: string): string | undefined {
  const cameraId = new URLSearchParams(search).get('camera') ?? ''
  return CAMERA.test(cameraId) ? cameraId : undefined
}

/** The wall with one camera large: its live picture. */
export function wallPath(cameraId: string): string {
  return `/wall?camera=${encodeURIComponent(cameraId).replaceAll('%3A', ':')}`
}

const key = (screen: number) => `pingan.wall.${screen}`

/** Selection and zoom are of the moment and not kept. */
export function keepWall(screen: number, { selected: _s, zooms: _z, ...wall }: Wall): void {
  localStorage.setItem(key(screen), JSON.stringify(wall))
}

export function rememberedWall(screen: number): Wall {
  return readWall(localStorage.getItem(key(screen)))
}

/** Exported for its test. */
export function readWall(text: string | null): Wall {
  if (text === null || text.length > 200_000) return FIRST
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return FIRST
  }
  if (typeof raw !== 'object' || raw === null) return FIRST
  const {
    grid: wanted,
    layoutId,
    draft,
    page,
    paused,
    placeTourId,
    freeTourId,
    pagesS
  } = raw as Record<string, unknown>
  const grid = GRIDS.find(each => each === wanted)
  if (!grid) return FIRST
  const pages = Array.isArray(draft) && draft.length > 0 ? draft.slice(0, MAX_PAGES).map(pageOf) : undefined
  return {
    ...FIRST,
    grid,
    page: typeof page === 'number' && page >= 0 ? Math.floor(page) : 0,
    paused: paused === true,
    ...(pages ? { draft: fitted(pages, grid) } : {}),
    ...(typeof layoutId === 'string' ? { layoutId } : {}),
    ...(typeof placeTourId === 'string' ? { placeTourId } : {}),
    ...(typeof freeTourId === 'string' ? { freeTourId } : {}),
    ...(typeof pagesS === 'number' && pagesS >= 5 && pagesS <= 300 ? { pagesS } : {})
  }
}

function pageOf(raw: unknown): readonly WallTile[] {
  return Array.isArray(raw) ? raw.slice(0, 36).map(tileOf) : []
}

function tileOf(raw: unknown): WallTile {
  if (typeof raw !== 'object' || raw === null) return null
  const { kind, cameraId, tourId } = raw as Record<string, unknown>
  if (kind === 'camera' && typeof cameraId === 'string') return { kind, cameraId }
  if (kind === 'tour' && typeof tourId === 'string') return { kind, tourId }
  return null
}
