/** What the settings and the grid say of who goes first. */
import type { Config } from '../config.ts'
import type { GridCellRow } from '../core/unit.ts'
import type { DispatchOptions } from '../dispatch/dispatch.ts'
import { createJurisdiction } from '../dispatch/jurisdiction.ts'
import { createVehicleAt, type VehiclePlaceDeps } from './vehicle-place.ts'

const SECOND_MS = 1_000

export function dispatchRules(
  { dispatch: { bySystem, prefer } }: Pick<Config, 'dispatch'>,
  cells: () => readonly GridCellRow[],
  vehicles: VehiclePlaceDeps
): Required<Pick<DispatchOptions, 'classRule' | 'areaOf' | 'later' | 'vehicleAt'>> {
  return {
    classRule: bySystem,
    areaOf: createJurisdiction(cells),
    vehicleAt: createVehicleAt(vehicles),
    // Read anew each time: they are changed while the gateway runs.
    later: {
      get ownS() {
        return prefer.ownLaterMs / SECOND_MS
      },
      get urgentOwnS() {
        return prefer.urgentOwnLaterMs / SECOND_MS
      },
      get neighbourS() {
        return prefer.neighbourLaterMs / SECOND_MS
      },
      get skillS() {
        return prefer.skillLaterMs / SECOND_MS
      },
      get perOrderS() {
        return prefer.perOrderMs / SECOND_MS
      }
    }
  }
}
