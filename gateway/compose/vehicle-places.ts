/** Whose cabin is seen: the places of in-car video belong to the gravest and newest open presses whose cars answer. Pure. */
import type { CameraId, IncidentId } from '../core/brand.ts'
import type { IncidentCamera } from '../core/incident-camera.ts'
import type { Priority } from '../core/priority.ts'
import type { VehicleCamera } from '../core/vehicle-camera.ts'

export type InsideCamera = IncidentCamera & { readonly vehicle: VehicleCamera }

/** The cameras that one incident wants to see. */
export interface Wish {
  readonly incidentId: IncidentId
  /** False: it is over, and only a clip of it runs to its end. */
  readonly calling: boolean
  readonly priority: Priority
  readonly openedAtMs: number
  readonly presses: number
  readonly cameras: readonly InsideCamera[]
}

/**
 * Why a camera gets only what nobody else wants: its car is off line (`line`), gave no answer or refused (`answer`), or has answered and sent no
 * picture (`picture`).
 */
export type Away = 'line' | 'answer' | 'picture'

export class VehiclePlaces {
  readonly #max: number
  readonly #wishes = new Map<IncidentId, Wish>()
  /** The first one to be served first. */
  readonly #queue: Wish[] = []
  readonly #away = new Map<CameraId, Away>()

  /** So many cameras at once. */
  constructor(max: number) {
    this.#max = max
  }

  get(incidentId: IncidentId): Wish | undefined {
    return this.#wishes.get(incidentId)
  }

  all(): readonly Wish[] {
    return this.#queue.slice()
  }

  /** Takes the place of what this incident wanted before; a wish without cameras is none. True when somebody's place may be another one now. */
  set(wish: Wish): boolean {
    const { incidentId, cameras } = wish
    const before = this.#wishes.get(incidentId)
    const stays = new Set(cameras.map(each => each.cameraId))
    let isBack = false
    for (const { cameraId } of before?.cameras ?? []) if (!stays.has(cameraId)) this.#away.delete(cameraId)
    // A press is the car's own word that it is there.
    if (wish.presses !== before?.presses) for (const cameraId of stays) isBack = this.#away.delete(cameraId) || isBack
    const isSame = before !== undefined && compare(before, wish) === 0
    if (before && cameras.length > 0 && isSame) this.#queue[this.#queue.indexOf(before)] = wish
    else {
      if (before) this.#queue.splice(this.#queue.indexOf(before), 1)
      if (cameras.length > 0) this.#insert(wish)
    }
    if (cameras.length > 0) this.#wishes.set(incidentId, wish)
    else this.#wishes.delete(incidentId)
    const was = before?.cameras ?? []
    return (
      isBack ||
      (before !== undefined && !isSame) ||
      cameras.length !== was.length ||
      cameras.some((each, n) => each.cameraId !== was[n]?.cameraId || each.heard !== was[n]?.heard)
    )
  }

  away(cameraId: CameraId): Away | undefined {
    return this.#away.get(cameraId)
  }

  /** True when it is news; undefined: its car is there. */
  mark(cameraId: CameraId, away: Away | undefined): boolean {
    if (this.#away.get(cameraId) === away) return false
    if (away) this.#away.set(cameraId, away)
    else this.#away.delete(cameraId)
    return true
  }

  /** Who has a place now: what nobody else wants goes to those that are away, so that they are asked again too. */
  held(): ReadonlyMap<CameraId, InsideCamera> {
    const found = new Map<CameraId, InsideCamera>()
    for (const isAway of [false, true])
      for (const { cameras } of this.#queue)
        for (const each of cameras) {
          if (this.#away.has(each.cameraId) !== isAway) continue
          const known = found.get(each.cameraId)
          if (!known && found.size >= this.#max) return found
          if (!known || each.heard) found.set(each.cameraId, each)
        }
    return found
  }

  #insert(wish: Wish): void {
    const at = this.#queue.findIndex(each => compare(wish, each) < 0)
    this.#queue.splice(at === -1 ? this.#queue.length : at, 0, wish)
  }
}

/** Below zero: `a` is served before `b`. Who calls before what is over, the gravest first, of these the newest. */
function compare(a: Wish, b: Wish): number {
  return Number(b.calling) - Number(a.calling) || a.priority - b.priority || b.openedAtMs - a.openedAtMs
}
