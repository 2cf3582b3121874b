/** Where the patrol has to go: to the car's newest place while that is told and young, else to the place of the press. */
import type { GeoPoint, Position } from '../../../../gateway/core/geo.ts'
import type { PatrolTask } from '../../../../gateway/core/wire.ts'
import { useNow } from '../../state/clock.ts'
import { useConsole } from '../../state/store.ts'

/** As long as the gateway goes by it. */
const KEPT_MS = 10 * 60_000

export interface TargetPlace {
  readonly point: GeoPoint
  /** Of a moving one only. */
  readonly ageMs?: number
}

/** By the words as by the map: a car that has fallen silent is said where it pressed, not in a street of long ago. */
export function youngOf(moving: Position | undefined, nowMs: number): Position | undefined {
  return moving && nowMs - moving.atMs <= KEPT_MS ? moving : undefined
}

/** The car's newest place while that is told and young. */
export function useMoving(incidentId: string): Position | undefined {
  const moving = useConsole(state => state.vehicles.get(incidentId))
  return youngOf(moving, useNow())
}

export function useTargetPlace({ incidentId, position }: PatrolTask): TargetPlace | undefined {
  const moving = useMoving(incidentId)
  const now = useNow()
  if (moving) return { point: moving.point, ageMs: Math.max(0, now - moving.atMs) }
  return position && { point: position }
}
