/** Tours 轮巡 by the second: where each stands, when it goes on, and what holds it. Pure. */
import type { WallTile, WallTour } from '../../../../gateway/core/wall.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'

/** One tour that runs somewhere: on the alarm place, a tile, the free tiles, the pages. */
export interface TourRun {
  readonly steps: number
  readonly dwellS: number
  /** Paused, covered by an alarm, or watched: it stays at its picture and keeps the seconds it had left. */
  readonly held: boolean
}

export interface Runner {
  readonly step: number
  readonly leftS: number
}

export type Runners = Readonly<Record<string, Runner>>

/** The next picture is asked for this long before it is shown, s: its first frame is there by then. */
export const AHEAD_S = 4

/** All runners a second (or more) later; those that run no more are forgotten. */
export function ticked(runners: Runners, runs: Readonly<Record<string, TourRun>>, seconds: number): Runners {
  const next: Record<string, Runner> = {}
  for (const [key, run] of Object.entries(runs)) {
    const known = runners[key] ?? { step: 0, leftS: run.dwellS + (runners[key] ? 0 : seconds) }
    next[key] = run.held || run.steps < 2 ? clipped(known, run) : gone(clipped(known, run), run, seconds)
  }
  return next
}

/** A tour that became shorter, or quicker, goes on within its new bounds. */
function clipped({ step, leftS }: Runner, run: TourRun): Runner {
  return { step: run.steps > 0 ? step % run.steps : 0, leftS: Math.min(leftS, run.dwellS + 1) }
}

function gone({ step, leftS }: Runner, run: TourRun, seconds: number): Runner {
  const left = leftS - seconds
  return left > 0 ? { step, leftS: left } : { step: (step + 1) % run.steps, leftS: run.dwellS }
}

/** What the alarm place runs while no tour is chosen for it: public cameras with a picture, else all. */
export function openCameras(cameras: readonly CameraView[]): readonly string[] {
  const open = cameras.filter(camera => camera.ownership === 'public' && camera.health === 'live')
  return (open.length > 0 ? open : cameras).map(camera => camera.id)
}

/** The cameras of a tour that are there; a tour that is gone has none. */
export function camerasOf(tour: WallTour | undefined, known: ReadonlyMap<string, CameraView>): readonly string[] {
  return tour?.cameras.filter(cameraId => known.has(cameraId)) ?? []
}

/** A tour over the free tiles of a page: each step shows as many cameras as there are free tiles, in order. */
export function onFreeTiles(
  page: readonly WallTile[],
  cameras: readonly string[]
): { readonly steps: number; at(step: number): ReadonlyMap<number, string> } {
  const free = page.flatMap((tile, slot) => (tile === null ? [slot] : []))
  const steps = free.length === 0 ? 0 : Math.ceil(cameras.length / free.length)
  return {
    steps,
    at: step =>
      new Map(
        free.flatMap((slot, index) => {
          const camera = steps > 0 ? cameras[(step % steps) * free.length + index] : undefined
          return camera === undefined ? [] : [[slot, camera] as const]
        })
      )
  }
}
