/** What every tile and the alarm place show now: where tiles, tours and cameras come together. */
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { placeList, runsOf, type Scene, slotRun, tourOf } from './runs.ts'
import type { TileContent } from './tile.tsx'
import { TourWord } from './tour-word.tsx'
import { AHEAD_S, camerasOf, onFreeTiles, type Runner, type TourRun } from './tours.ts'
import { useTours } from './use-tours.ts'
import type { Shown, Wall, WallAction } from './wall-state.ts'

export interface PlaceTour {
  readonly cameraId: string | undefined
  readonly aheadId: string | undefined
  readonly word: ReactNode
  readonly name: string
  /** From 1; 0 without cameras. */
  readonly step: number
}

export interface Contents {
  readonly tiles: readonly (TileContent | undefined)[]
  readonly place: PlaceTour
}

/** The tours of a scene as they stand. */
interface Running {
  readonly runs: Readonly<Record<string, TourRun>>
  readonly runner: (key: string) => Runner
}

export function useContents(scene: Scene, act: (action: WallAction) => void): Contents {
  const { t } = useTranslation()
  const runs = runsOf(scene)
  const running: Running = { runs, runner: useTours(runs) }
  useTurning(scene.wall, scene.shown, running.runner('pages'), act)
  const numbers = new Map([...scene.cameras.keys()].map((cameraId, index) => [cameraId, index + 1]))
  const tiles = scene.shown.tiles.map((_tile, slot): TileContent | undefined => {
    const { cameraId, ...more } = slotContent(scene, running, slot)
    const camera = cameraId === undefined ? undefined : scene.cameras.get(cameraId)
    return camera && { camera, number: numbers.get(camera.id) ?? 0, ...more }
  })
  const list = placeList(scene)
  const name = tourOf(scene, scene.wall.placeTourId)?.name ?? t('wall:allPublic')
  const place = {
    ...onTour(running, 'place', list),
    word: wordOf(running, 'place', name),
    name,
    step: list.length === 0 ? 0 : (running.runner('place').step % list.length) + 1
  }
  return { tiles, place }
}

interface SlotContent {
  readonly cameraId?: string | undefined
  readonly aheadId?: string | undefined
  readonly tour?: ReactNode
}

function slotContent(scene: Scene, running: Running, slot: number): SlotContent {
  const { wall, shown, cameras } = scene
  const tile = shown.tiles[slot]
  if (tile?.kind === 'camera') {
    // The camera that stands on this tile when the pages turn next.
    const next = shown.pages[(shown.page + 1) % shown.pages.length]?.[slot]
    return {
      cameraId: tile.cameraId,
      aheadId: soon(running, 'pages') && next?.kind === 'camera' ? next.cameraId : undefined
    }
  }
  if (tile?.kind === 'tour') {
    const [key, tour] = [slotRun(scene, slot), tourOf(scene, tile.tourId)]
    return { ...onTour(running, key, camerasOf(tour, cameras)), tour: wordOf(running, key, tour?.name) }
  }
  const freeTour = tourOf(scene, wall.freeTourId)
  if (!freeTour) return {}
  const free = onFreeTiles(shown.tiles, camerasOf(freeTour, cameras))
  const { step } = running.runner('free')
  return {
    cameraId: free.at(step).get(slot),
    aheadId: soon(running, 'free') ? free.at(step + 1).get(slot) : undefined,
    tour: wordOf(running, 'free', freeTour.name)
  }
}

/** True when the next picture is asked for. */
function soon({ runs, runner }: Running, key: string): boolean {
  return runs[key]?.held === false && runner(key).leftS <= AHEAD_S
}

function onTour(running: Running, key: string, list: readonly string[]) {
  const at = (step: number) => list[step % Math.max(1, list.length)]
  const { step } = running.runner(key)
  return { cameraId: at(step), aheadId: soon(running, key) && list.length > 1 ? at(step + 1) : undefined }
}

function wordOf({ runs, runner }: Running, key: string, name: string | undefined): ReactNode {
  const { steps, dwellS, held } = runs[key] ?? { steps: 0, dwellS: 1, held: false }
  return <TourWord name={name} runner={runner(key)} steps={steps} dwellS={dwellS} held={held} />
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
