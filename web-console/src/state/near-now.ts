/** Whether the cameras near a vehicle's present place are offered, and what their key does next. Pure. */
import type { Position } from '../../../gateway/core/geo.ts'
import type { Incident } from '../../../gateway/core/incident.ts'
import type { IncidentCamera } from '../../../gateway/core/incident-camera.ts'
import type { NearNow } from '../../../gateway/core/near-now.ts'

/** Nearer than this the cameras that are shown may still see it. */
const OFFER_M = 200
const M_PER_DEGREE = 111_195

/** Infinite between two grids, which say nothing of each other. */
export function metresBetween(a: Position['point'], b: Position['point']): number {
  if (a.datum !== b.datum) return Number.POSITIVE_INFINITY
  const east = (a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180)
  return Math.hypot(east, a.lat - b.lat) * M_PER_DEGREE
}

export interface NearOffer {
  /** The first look, another one since it has driven on, or back to the cameras of the press. */
  readonly kind: 'look' | 'again' | 'back'
  readonly movedM: number
}

/** Undefined: the cameras of the press are still the nearest, or nobody knows. */
export function nearOffer(
  { position }: Pick<Incident, 'position'>,
  present: Position | undefined,
  near: NearNow | undefined
): NearOffer | undefined {
  const from = near?.at.point ?? position
  const movedM = present && from ? metresBetween(from, present.point) : 0
  if (movedM >= OFFER_M) return { kind: near ? 'again' : 'look', movedM }
  return near && { kind: 'back', movedM }
}

/** In a car they stay in sight; those near where it is now take the other places. */
export function shownCameras(
  { cameras }: Pick<Incident, 'cameras'>,
  near: NearNow | undefined
): readonly IncidentCamera[] {
  return near ? [...cameras.filter(each => each.vehicle), ...near.cameras] : cameras
}
