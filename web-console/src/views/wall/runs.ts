/** Which tours run on a wall, where, and which of them are held. Pure. */
import type { WallTour } from '../../../../gateway/core/wall.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import type { Place } from './placement.ts'
import { camerasOf, onFreeTiles, openCameras, type TourRun } from './tours.ts'
import { isWatched, type Shown, type Wall } from './wall-state.ts'

/** What stands on a wall at a moment. */
export interface Scene {
  readonly wall: Wall
  readonly shown: Shown
  readonly place: Place
  readonly cameras: ReadonlyMap<string, CameraView>
  readonly tours: readonly WallTour[]
  /** A large picture or a dialog is open: nothing moves behind it. */
  readonly busy: boolean
}

/** Without a tour of its own the alarm place shows each public camera for this long, s. */
const PLACE_DWELL_S = 12

export function tourOf({ tours }: Pick<Scene, 'tours'>, tourId: string | undefined): WallTour | undefined {
  return tours.find(tour => tour.id === tourId)
}

/** The cameras of the alarm place's tour. */
export function placeList(scene: Scene): readonly string[] {
  const tour = tourOf(scene, scene.wall.placeTourId)
  return tour ? camerasOf(tour, scene.cameras) : openCameras([...scene.cameras.values()])
}

export function slotRun({ shown }: Pick<Scene, 'shown'>, slot: number): string {
  return `tile ${shown.page}/${slot}`
}

/** By key: `place`, `free`, `pages` and `slotRun` of each tile with a tour. A tour that somebody watches is held. */
export function runsOf(scene: Scene): Readonly<Record<string, TourRun>> {
  const { wall, shown, place, cameras, busy } = scene
  const still = wall.paused || busy
  const placeHeld = place.kind !== 'tour' || isWatched(wall, 'place')
  const runs: Record<string, TourRun> = {
    place: {
      steps: placeList(scene).length,
      dwellS: tourOf(scene, wall.placeTourId)?.dwellS ?? PLACE_DWELL_S,
      held: still || placeHeld
    }
  }
  const freeTour = tourOf(scene, wall.freeTourId)
  if (freeTour) {
    const { steps } = onFreeTiles(shown.tiles, camerasOf(freeTour, cameras))
    const watched = shown.tiles.some((tile, slot) => tile === null && isWatched(wall, slot))
    runs.free = { steps, dwellS: freeTour.dwellS, held: still || watched }
  }
  if (wall.pagesS !== undefined) {
    const watched = wall.selected !== undefined || Object.keys(wall.zooms).length > 0
    runs.pages = { steps: shown.pages.length, dwellS: wall.pagesS, held: still || watched }
  }
  for (const [slot, tile] of shown.tiles.entries()) {
    const tour = tile?.kind === 'tour' ? tourOf(scene, tile.tourId) : undefined
    const steps = camerasOf(tour, cameras).length
    if (tour) runs[slotRun(scene, slot)] = { steps, dwellS: tour.dwellS, held: still || isWatched(wall, slot) }
  }
  return runs
}
