/** What every tile and the alarm place show now, with the tours that run: one place where tiles, tours and cameras come together. */
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { WallTour } from '../../../../gateway/core/wall.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import type { Place } from './placement.ts'
import type { TileContent } from './tile.tsx'
import { TourWord } from './tour-word.tsx'
import { AHEAD_S, camerasOf, onFreeTiles, openCameras, type Runner, type TourRun } from './tours.ts'
import { useTours } from './use-tours.ts'
import { isWatched, type Shown, type Wall, type WallAction } from './wall-state.ts'

export interface ContentsWish {
  readonly wall: Wall
  readonly shown: Shown
  readonly place: Place
  readonly cameras: ReadonlyMap<string, CameraView>
  readonly tours: readonly WallTour[]
  /** A large picture or a dialog is open: nothing moves behind it. */
  readonly busy: boolean
  readonly act: (action: WallAction) => void
}

export interface PlaceTour {
  readonly cameraId: string | undefined
  readonly aheadId: string | undefined
  readonly word: ReactNode
  readonly name: string | undefined
  readonly step: number
}

export interface Contents {
  readonly tiles: readonly (TileContent | undefined)[]
  readonly place: PlaceTour
}

/** Without a tour of its own the alarm place shows each public camera for this long, s. */
const PLACE_DWELL_S = 12
const slotKey = (page: number, slot: number) => `tile ${page}/${slot}`

export function useContents(wish: ContentsWish): Contents {
  const { wall, shown, place, cameras, tours, busy, act } = wish
  const { t } = useTranslation()
  const tourOf = (tourId: string | undefined) => tours.find(tour => tour.id === tourId)
  const placeTour = tourOf(wall.placeTourId)
  const placeList = placeTour ? camerasOf(placeTour, cameras) : openCameras([...cameras.values()])
  const freeTour = tourOf(wall.freeTourId)
  const free = onFreeTiles(shown.tiles, camerasOf(freeTour, cameras))
  const still = wall.paused || busy
  const runs: Record<string, TourRun> = {
    place: {
      steps: placeList.length,
      dwellS: placeTour?.dwellS ?? PLACE_DWELL_S,
      held: still || place.kind !== 'tour' || isWatched(wall, 'place')
    }
  }
  const watchedFree = shown.tiles.some((tile, slot) => tile === null && isWatched(wall, slot))
  if (freeTour) runs.free = { steps: free.steps, dwellS: freeTour.dwellS, held: still || watchedFree }
  const anyWatched = wall.selected !== undefined || Object.keys(wall.zooms).length > 0
  if (wall.pagesS !== undefined)
    runs.pages = { steps: shown.pages.length, dwellS: wall.pagesS, held: still || anyWatched }
  for (const [slot, tile] of shown.tiles.entries()) {
    const tour = tile?.kind === 'tour' ? tourOf(tile.tourId) : undefined
    if (tour)
      runs[slotKey(shown.page, slot)] = {
        steps: camerasOf(tour, cameras).length,
        dwellS: tour.dwellS,
        held: still || isWatched(wall, slot)
      }
  }
  const runner = useTours(runs)
  useTurning(wall, shown, runner('pages'), act)

  const numbers = new Map([...cameras.keys()].map((cameraId, index) => [cameraId, index + 1]))
  const soon = (key: string) => runs[key]?.held === false && runner(key).leftS <= AHEAD_S
  const word = (key: string, name: string | undefined) => (
    <TourWord
      name={name}
      runner={runner(key)}
      steps={runs[key]?.steps ?? 0}
      dwellS={runs[key]?.dwellS ?? 1}
      held={runs[key]?.held ?? false}
    />
  )
  const content = (
    cameraId: string | undefined,
    more: Omit<TileContent, 'camera' | 'number'> = {}
  ): TileContent | undefined => {
    const camera = cameraId === undefined ? undefined : cameras.get(cameraId)
    return camera && { camera, number: numbers.get(camera.id) ?? 0, ...more }
  }
  const at = (list: readonly string[], key: string, by = 0) => list[(runner(key).step + by) % Math.max(1, list.length)]
  /** The camera that stands on this tile when the pages turn next. */
  const nextPage = shown.pages[(shown.page + 1) % shown.pages.length]
  const ahead = (slot: number): string | undefined => {
    const tile = nextPage?.[slot]
    return soon('pages') && tile?.kind === 'camera' ? tile.cameraId : undefined
  }
  const tiles = shown.tiles.map((tile, slot): TileContent | undefined => {
    if (tile?.kind === 'camera') return content(tile.cameraId, { aheadId: ahead(slot) })
    if (tile?.kind === 'tour') {
      const [key, tour] = [slotKey(shown.page, slot), tourOf(tile.tourId)]
      const list = camerasOf(tour, cameras)
      return content(at(list, key), { aheadId: soon(key) ? at(list, key, 1) : undefined, tour: word(key, tour?.name) })
    }
    if (!freeTour) return undefined
    return content(free.at(runner('free').step).get(slot), {
      aheadId: soon('free') ? free.at(runner('free').step + 1).get(slot) : undefined,
      tour: word('free', freeTour.name)
    })
  })
  const name = placeTour?.name ?? t('wall:allPublic')
  return {
    tiles,
    place: {
      cameraId: at(placeList, 'place'),
      aheadId: soon('place') && placeList.length > 1 ? at(placeList, 'place', 1) : undefined,
      word: word('place', name),
      name,
      step: placeList.length === 0 ? 0 : (runner('place').step % placeList.length) + 1
    }
  }
}

/** Every step of the page tour turns one page on from where the wall stands, also after a page was turned by hand. */
function useTurning(wall: Wall, shown: Shown, { step }: Runner, act: (action: WallAction) => void): void {
  const before = useRef(step)
  const latest = useRef(shown)
  const on = wall.pagesS !== undefined
  useEffect(() => {
    latest.current = shown
  })
  useEffect(() => {
    if (on && before.current !== step)
      act({ do: 'page', page: (latest.current.page + 1) % latest.current.pages.length })
    before.current = step
  }, [on, step, act])
}
