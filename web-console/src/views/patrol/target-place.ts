/** Where the patrol has to go: to the car's newest place while that is told and young, else to the place of the press. */
import type { GeoPoint } from '../../../../gateway/core/geo.ts'
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

export function useTargetPlace({ incidentId, position }: PatrolTask): TargetPlace | undefined {
  const moving = useConsole(state => state.vehicles.get(incidentId))
  const now = useNow()
  const ageMs = moving && Math.max(0, now - moving.atMs)
  if (moving && ageMs !== undefined && ageMs <= KEPT_MS) return { point: moving.point, ageMs }
  return position && { point: position }
}
