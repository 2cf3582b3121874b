/** Cameras near the present place of a vehicle that has left the place of its press. POST /api/incidents/:id/near-now. */
import type { Position } from './geo.ts'
import type { IncidentCamera } from './incident-camera.ts'

export interface NearNow {
  /** Where the vehicle was when they were looked up. */
  readonly at: Position
  /** Nearest first, public ones before private ones; a private one opens with a reason only (rule 9). */
  readonly cameras: readonly IncidentCamera[]
}
